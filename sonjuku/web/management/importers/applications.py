"""sonjuku import applications FILE --call COUNCIL/CODE"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.flows import intake
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Call, ImportBatch
from sonjuku.rooms.calls.rules.columns import QUESTION, TARGETS, WHOLE_FILE, targets
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused

HELP = "applications from a CSV or XLSX file, all or none (docs/operate/import-applications.md)"
S = ImportBatch.State


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--call", required=True, metavar="COUNCIL/CODE", help="the call, e.g. hagi/course-2026-1"
    )
    parser.add_argument(
        "--column", action="append", default=[], metavar="HEADING=TARGET",
        help=f"what a column is, over the proposal: {', '.join(TARGETS)}, {QUESTION}KEY, or nothing to leave it out",
    )  # fmt: skip
    parser.add_argument("--option", default="", help="the call's option that rows without one are for")
    parser.add_argument(
        "--consented",
        action="store_true",
        help="every applicant has agreed to the use of their data (needed to import)",
    )
    parser.add_argument(
        "--receipts", action="store_true", help="send each applicant a receipt (off by default)"
    )
    parser.add_argument(
        "--guardian-paper", action="store_true", help="the signed consents of all guardians are in the office"
    )


def run(stdout: OutputWrapper, options: dict[str, Any]) -> None:
    by = Actor(at=timezone.now(), role="system")
    call = _call(options["call"])
    if not (options["consented"] or options["dry_run"]):
        raise CommandError(_("全員の同意を確かめてから、--consented を付けて実行してください。"))
    data = _bytes(options["file"])
    try:
        batch = _all_or_nothing(stdout, by, call, data, options)
    except Refused as error:
        raise CommandError(f"{error.message} {error.next_step}".strip()) from None
    if batch is None:
        stdout.write(_("調べただけで、何も書き込んでいません。"))
        return
    while intake.write_letters(by=by, batch=batch):
        pass
    stdout.write(_("%(number)s 件が登録されました。") % {"number": batch.rows_promoted})


def _call(text: str) -> Call:
    slug, _slash, code = text.partition("/")
    call = Call.objects.select_related("council").filter(council__slug=slug, code=code).first()
    if call is None:
        raise CommandError(
            _("この募集はありません：%(call)s。協議会/募集 の形で指定してください。") % {"call": text}
        )
    return call


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


@transaction.atomic
def _all_or_nothing(
    stdout: OutputWrapper, by: Actor, call: Call, data: bytes, options: dict[str, Any]
) -> ImportBatch | None:
    """Stage, check and take in one transaction; anything wrong undoes all of it. None after a dry run."""
    batch = intake.open_file(by=by, call=call, file_name=options["file"].name, data=data)
    mapping = {**_mapping(batch, options["column"]), WHOLE_FILE: options["option"]}
    _tell_columns(stdout, batch, mapping)
    batch = actions.set_mapping(by=by, batch=batch, mapping=mapping, questions=intake.questions_of(call))
    while batch.state == S.CHECKING:
        batch = actions.check_next(by=by, batch=batch, sheet=intake.sheet_of(batch, by))
        stdout.write(_("点検：%(done)s / %(all)s 行") % {"done": batch.rows_checked, "all": batch.rows_total})
    if batch.rows_wrong:
        raise CommandError("\n".join(_report(batch, by)))
    if options["dry_run"]:
        transaction.set_rollback(True)
        return None
    batch = actions.ask_to_promote(
        by=by, batch=batch, sends_receipts=options["receipts"], guardian_paper=options["guardian_paper"]
    )
    return intake.promote(by=by, batch=batch)


def _mapping(batch: ImportBatch, given: list[str]) -> dict[str, str]:
    mapping = dict(batch.mapping)
    known, useless = targets(intake.questions_of(batch.call)), intake.useless_for(batch.call)
    for text in given:
        heading, _sign, target = text.rpartition("=")
        if heading not in batch.header or (target and (target not in known or target in useless)):
            raise CommandError(_("この列の指定は使えません：%(text)s") % {"text": text})
        mapping.pop(str(batch.header.index(heading)), None)
        if target:
            mapping[str(batch.header.index(heading))] = target
    return mapping


def _tell_columns(stdout: OutputWrapper, batch: ImportBatch, mapping: dict[str, str]) -> None:
    words = targets(intake.questions_of(batch.call))
    stdout.write(_("文字の種類：%(encoding)s") % {"encoding": batch.encoding})
    for number, heading in enumerate(batch.header):
        target = mapping.get(str(number), "")
        stdout.write(f"  {heading} → {words[target] if target else _('取り込まない')}")


def _report(batch: ImportBatch, by: Actor) -> list[str]:
    """The faults by row and column; never what stands in a cell, since output is often kept."""
    rows = batch.rows.exclude(codes="").order_by("number")
    lines = [_("取り込めませんでした。直すところ：")]
    for line in intake.lines_of(rows, intake.sheet_of(batch, by)):
        for fault in line.faults:
            column = (
                "" if fault.column is None else _("「%(column)s」") % {"column": batch.header[fault.column]}
            )
            lines.append(
                _("%(row)s 行目%(column)s：%(words)s")
                % {"row": line.row.number, "column": column, "words": fault.message}
            )
    return [*lines, _("何も書き込んでいません。")]
