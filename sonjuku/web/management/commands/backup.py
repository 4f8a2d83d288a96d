from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from sonjuku.rooms.journal.actions import beat
from sonjuku.web.management.backup.manifest import KEEP_SEPARATELY, Unusable
from sonjuku.web.management.backup.taking import take, unfinished
from sonjuku.web.vitals import BACKUP


class Command(BaseCommand):
    help = "Back up the database and the uploaded files into a new folder below DIR; the site may go on (docs/operate/backup.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "dir", type=Path, metavar="DIR", help="where the backups lie; readable by its owner only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            place, manifest = take(options["dir"], connection=connection, storage=storages["private"], at=at)
        except Unusable as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error.strerror}.") from None
        beat(BACKUP, at)
        self.stdout.write(f"{place}")
        self.stdout.write(f"rows={sum(manifest.tables.values())} files={len(manifest.files)}")
        self.stdout.write(f"Not in it, keep these separately: {', '.join(KEEP_SEPARATELY)}")
        for left in unfinished(options["dir"]):
            self.stdout.write(f"Left by an interrupted backup, delete it: {left}")
