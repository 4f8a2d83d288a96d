# ruff: noqa: N999 (the command is called import)
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sonjuku.web.management.importers import KINDS, importer


class Command(BaseCommand):
    help = "Import a file: sonjuku import KIND FILE [--dry-run]."

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True, metavar="KIND")
        for kind in KINDS:
            own = kinds.add_parser(kind, help=importer(kind).HELP)
            own.add_argument("file", type=Path)
            own.add_argument("--dry-run", action="store_true", help="check and tell, write nothing")
            importer(kind).add_arguments(own)

    def handle(self, *args: Any, **options: Any) -> None:
        importer(options["what"]).run(self.stdout, options)
