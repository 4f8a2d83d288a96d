from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from sonjuku.protocols.openbadges import keys
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.letters.models import Letter
from sonjuku.web.management.backup.manifest import Unusable
from sonjuku.web.management.backup.restoring import pending, restore


class Command(BaseCommand):
    help = "Bring a backup back into an empty database and an empty folder of files (docs/operate/backup.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR", help="one backup: the folder with manifest.json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["dir"], connection=connection, storage=storages["private"])
        except Unusable as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"The backup could not be read or written: {error.strerror}.") from None
        self.stdout.write(f"Restored what was backed up at {manifest.made_at}.")
        self.stdout.write(f"rows={sum(manifest.tables.values())} files={len(manifest.files)}")
        if pending(connection):
            self.stdout.write("The program is newer than the backup: run `sonjuku migrate` now.")
            return
        if not _keys_open():
            self.stdout.write(
                "SONJUKU_KEYS_SECRET is not the one of the backup: badges cannot be signed, second factors fail."
            )
        waiting = Letter.objects.filter(state=Letter.State.QUEUED).count()
        self.stdout.write(f"Letters that wait and go out once a worker runs: {waiting}")


def _keys_open() -> bool:
    try:
        for row in IssuerKey.objects.exclude(private_key=b""):
            keys.open_sealed(bytes(row.private_key).decode(), settings.KEYS_SECRET)
    except keys.KeyRefused:
        return False
    return True
