"""sonjuku import council FILE.yaml"""

from typing import Any

from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from sonjuku.flows.importing import ImportProblems, Report, import_council
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.vocabulary.actions import load_vocabulary
from sonjuku.rooms.vocabulary.models import Audience

HELP = "a council from a YAML file (docs/operate/import-council.md)"


def add_arguments(parser: CommandParser) -> None:
    """Nothing but the file."""


def run(stdout: OutputWrapper, options: dict[str, Any]) -> None:
    by = Actor(at=timezone.now(), role="system")
    if not Audience.objects.exists():
        load_vocabulary(by=by)
    try:
        report = import_council(
            options["file"], by=by, today=timezone.localdate(), dry_run=options["dry_run"]
        )
    except OSError as error:
        raise CommandError(f"{options['file']}: {error.strerror}") from None
    except ImportProblems as found:
        lines = [f"  {problem}" for problem in found.problems]
        raise CommandError(
            "\n".join([_("取り込めませんでした。直すところ："), *lines, _("何も書き込んでいません。")])
        ) from None
    _tell(stdout, report)


def _tell(stdout: OutputWrapper, report: Report) -> None:
    for kind in sorted({*report.created, *report.changed, *report.unchanged}):
        counts = {
            "kind": kind,
            "created": report.created[kind],
            "changed": report.changed[kind],
            "unchanged": report.unchanged[kind],
        }
        stdout.write(_("%(kind)s：新規 %(created)d・更新 %(changed)d・変更なし %(unchanged)d") % counts)
    stdout.write(_("調べただけで、何も書き込んでいません。") if report.dry_run else _("取り込みました。"))
