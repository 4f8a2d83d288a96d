import os
import stat
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sonjuku.flows import bouncing
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.delivery_reports import MOST_BYTES

MOST_MAILS = 5000


class Command(BaseCommand):
    help = (
        "Read delivery reports and mark the letters that did not arrive: a file, - for a pipe, or a Maildir."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="one mail; - reads it from standard input")
        parser.add_argument(
            "--maildir", type=Path, help="read what is new in this Maildir and mark it as seen"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) == bool(options["maildir"]):
            raise CommandError("Give one of: a FILE, - or --maildir DIR.")
        try:
            counts = self._maildir(options["maildir"]) if options["maildir"] else self._one(options["file"])
        except OSError as error:
            # Its name may hold an address, so the kind of error is all that is said.
            raise CommandError(f"cannot read the mail: {error.strerror}") from None
        kinds = (bouncing.BOUNCED, bouncing.DELAYED, bouncing.IGNORED)
        self.stdout.write(" ".join(f"{kind}={counts[kind]}" for kind in kinds))

    def _one(self, name: str) -> Counter[str]:
        if name == "-":
            return Counter([_take(sys.stdin.buffer.read(MOST_BYTES))])
        with Path(name).open("rb") as mail:
            return Counter([_take(mail.read(MOST_BYTES))])

    def _maildir(self, folder: Path) -> Counter[str]:
        """New mail only; each is moved to cur/ as seen once it has been read, so that it is read once."""
        if not (folder / "new").is_dir():
            raise CommandError("This is no Maildir: it has no folder new/.")
        (folder / "cur").mkdir(exist_ok=True)
        counts: Counter[str] = Counter()
        for path in sorted((folder / "new").iterdir())[:MOST_MAILS]:
            # A link could lead anywhere, a pipe would never end.
            if not stat.S_ISREG(os.lstat(path).st_mode):
                continue
            with path.open("rb") as mail:
                counts[_take(mail.read(MOST_BYTES))] += 1
            path.rename(folder / "cur" / f"{path.name}:2,S")
        return counts


def _take(raw: bytes) -> str:
    return bouncing.take(raw, by=Actor(at=timezone.now(), role="system"))
