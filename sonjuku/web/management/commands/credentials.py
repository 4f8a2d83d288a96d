from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sonjuku.protocols.openbadges.keys import KeyRefused
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.queries import councils
from sonjuku.web.management.backup.manifest import Unusable
from sonjuku.web.management.keeping.exporting import export


class Command(BaseCommand):
    help = "Badges: write a site of plain files on which they still verify when this program is gone (docs/operate/outlive.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        site = what.add_parser(
            "export-site", help="write or bring up to date a folder that any host of files can serve"
        )
        site.add_argument("dir", type=Path, metavar="DIR", help="a new folder, or one written by this before")
        site.add_argument("--council", metavar="SLUG", help="this council's alone (its name in addresses)")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen: list[Council] = [c for c in councils() if options["council"] in (None, c.slug)]
        if options["council"] and not chosen:
            raise CommandError("There is no such council.")
        try:
            counts = export(options["dir"], chosen, self.stdout.write)
        except Unusable as error:
            raise CommandError(str(error)) from None
        except KeyRefused:
            raise CommandError(
                "A key doesn't open with SONJUKU_KEYS_SECRET. The folder is unfinished; run this again with the right one."
            ) from None
        except OSError as error:
            raise CommandError(
                f"The folder could not be written: {error.strerror}. Run this again, it goes on from there."
            ) from None
        self.stdout.write(
            f"{options['dir']}: written={counts.written} unchanged={counts.unchanged} removed={counts.removed}"
        )
