"""sonjuku import events FILE.csv --council SLUG"""

from typing import Any

from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.flows import events_in
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes.models import Programme
from sonjuku.toolbox.refusals import Refused

HELP = "events as drafts from a CSV or XLSX list of 32 or 50 columns (docs/operate/import-events.md)"


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--council", required=True, metavar="SLUG", help="the council that the events are of")
    parser.add_argument(
        "--programme",
        default="",
        metavar="SLUG",
        help="what the events belong to; needed if there are several",
    )


def run(stdout: OutputWrapper, options: dict[str, Any]) -> None:
    council = people.council(options["council"])
    if council is None:
        raise CommandError(_("協議会 %(slug)s はありません。") % {"slug": options["council"]})
    programme, host = _programme(council, options["programme"]), _host(council)
    sheet = _read(options["file"])
    _say_remarks(stdout, sheet)
    if sheet.wrong:
        raise CommandError(
            _("%(count)d 件の間違いがあります。何も書き込んでいません。") % {"count": len(sheet.wrong)}
        )
    if options["dry_run"]:
        steps = events_in.preview(council, host, sheet)
    else:
        by = Actor(at=timezone.now(), role="system")
        steps = events_in.import_events(by=by, council=council, programme=programme, host=host, sheet=sheet)
    for step in steps:
        stdout.write(f"{step.event.line}\t{step.become.label}\t{step.event.title}")
    for label, count in events_in.tally(steps):
        stdout.write(f"{label}: {count}")
    stdout.write(
        _("調べただけで、何も書き込んでいません。")
        if options["dry_run"]
        else _("取り込みました。公開はしていません。")
    )


def _programme(council: Council, slug: str) -> Programme:
    rows = list(programmes.programmes(council))
    chosen = [row for row in rows if row.slug == slug] if slug else rows
    if len(chosen) == 1:
        return chosen[0]
    if not rows:
        raise CommandError(
            _("この協議会にはまだ事業がありません。先に、事務局の画面で募集を一つつくってください。")
        )
    names = ", ".join(sorted(row.slug for row in rows))
    raise CommandError(_("どの事業の催しかを --programme で選んでください：%(names)s") % {"names": names})


def _host(council: Council) -> Body:
    host = events_in.default_host(council, timezone.localdate())
    if host is None:
        raise CommandError(
            _("事務局の役割を持つ人がいないため、だれも下書きを見られません。先に役割を登録してください。")
        )
    return host


def _read(path: Any) -> events_in.Sheet:
    try:
        return events_in.read(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except Refused as refused:
        raise CommandError(f"{refused.message}{refused.next_step}") from None


def _say_remarks(stdout: OutputWrapper, sheet: events_in.Sheet) -> None:
    if sheet.unknown:
        stdout.write(_("使わない列：%(names)s") % {"names": "、".join(sheet.unknown)})
    for remark in sheet.remarks:
        sign = "×" if remark.is_wrong else "・"
        stdout.write(
            _("%(sign)s %(line)d行目「%(column)s」：%(words)s")
            % {"sign": sign, "line": remark.line, "column": remark.column, "words": remark.words}
        )
