import hashlib
import os
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from sonjuku.protocols.openbadges.keys import KeyRefused
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.webhooks import actions as webhooks
from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.toolbox.sealing import SealBroken
from sonjuku.web.accounts import reseal_factors

OLD_SECRET = "SONJUKU_OLD_KEYS_SECRET"  # noqa: S105 (the name of a variable)
PASSPHRASE = "SONJUKU_HANDOVER_PASSPHRASE"  # noqa: S105 (the name of a variable)


class Command(BaseCommand):
    help = (
        "Keys: list them, seal all secrets anew, use a key that another program keeps (docs/operate/keys.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        what.add_parser("list", help="every issuer's keys, without their secret")
        what.add_parser("reseal", help="after SONJUKU_KEYS_SECRET was changed; asks for the one before")
        register = what.add_parser(
            "register", help="use a key that SONJUKU_SIGNER keeps; the one before retires"
        )
        register.add_argument("council", help="the council's name in addresses")
        register.add_argument("did", help="did:key:z6Mk…")
        register.add_argument(
            "--body", help="the name of the body that signs with it, instead of the council"
        )

        for name, about in (
            (
                "hand-over",
                "write a council's keys into FILE under a passphrase, for the body that goes on with them",
            ),
            ("take-over", "take the keys of FILE, from another installation, for this council"),
        ):
            way = what.add_parser(name, help=f"{about} (docs/operate/handover-keys.md)")
            way.add_argument("council", help="the council's name in addresses")
            way.add_argument("file", type=Path, metavar="FILE")
            way.add_argument(
                "--confirm", metavar="WORD", help="what the first call, which changes nothing, says"
            )

    def handle(self, *args: Any, **options: Any) -> None:
        {
            "list": self._list, "reseal": self._reseal, "register": self._register,
            "hand-over": self._hand_over, "take-over": self._take_over,
        }[options["what"]](options)  # fmt: skip

    def _list(self, options: dict[str, Any]) -> None:
        for key in IssuerKey.objects.select_related("council", "body").order_by("council", "created_at"):
            kept = "here" if key.private_key else "-" if key.struck_at else "outside"
            self.stdout.write(f"{key.council.slug} {key.body or '-'} {key.state} {kept} {key.did}")

    def _reseal(self, options: dict[str, Any]) -> None:
        old = os.environ.get(OLD_SECRET) or getpass("The secret before: ")
        by = Actor(at=timezone.now(), role="system")
        try:
            with transaction.atomic():
                keys = credentials.reseal(by=by, old_secret=old)
                hooks = webhooks.reseal(by=by, old_secret=old)
                factors = reseal_factors(old)
        except (KeyRefused, SealBroken):
            raise CommandError(
                "Something opens neither with the secret before nor with SONJUKU_KEYS_SECRET. Nothing was changed."
            ) from None
        self.stdout.write(f"Sealed anew: keys={keys} webhooks={hooks} second_factors={factors}")

    def _hand_over(self, options: dict[str, Any]) -> None:
        council, file = _council(options), options["file"]
        rows = IssuerKey.objects.filter(council=council)
        if options["confirm"] != council.slug:
            self.stdout.write(
                f"{rows.count()} keys of {council.slug}, with which anybody can sign in its name."
            )
            self.stdout.write(f"Nothing was written. To write them into {file}: --confirm {council.slug}")
            return
        by, passphrase = (
            Actor(at=timezone.now(), role="system", council_id=council.id),
            _passphrase(twice=True),
        )
        try:
            # Before the keys are wrapped: a file that can't be written must not stand in the journal as handed over.
            with transaction.atomic(), open(file, "xb", opener=_owner_only) as target:
                parcel = credentials.hand_over(by=by, council=council, passphrase=passphrase)
                target.write(parcel)
        except (Refused, KeyRefused) as error:
            file.unlink()
            raise CommandError(
                getattr(error, "message", "A key doesn't open with SONJUKU_KEYS_SECRET.")
            ) from None
        except OSError as error:
            raise CommandError(f"{file} could not be written: {error.strerror}.") from None
        self.stdout.write(f"Written: {file}. Its word, to be told apart from the file: {_word(parcel)}")

    def _take_over(self, options: dict[str, Any]) -> None:
        council = _council(options)
        try:
            parcel = options["file"].read_bytes()
            handed = credentials.open_parcel(parcel, _passphrase())
            if options["confirm"] != _word(parcel):
                self.stdout.write(
                    f"{len(handed.dids)} keys and {handed.lists} lists of {handed.council} at {handed.site}:"
                )
                self.stdout.writelines(handed.dids)
                self.stdout.write(
                    "Nothing was changed. To take them: --confirm and the word that the giver told you."
                )
                return
            by = Actor(at=timezone.now(), role="system", council_id=council.id)
            taken = credentials.take_over(by=by, council=council, handed=handed)
        except Refused as refused:
            raise CommandError(f"{refused.message}{refused.next_step}") from None
        except OSError as error:
            raise CommandError(f"The file could not be read: {error.strerror}.") from None
        self.stdout.write(f"Taken: {taken} keys.")
        if handed.site != settings.SITE_URL:
            self.stdout.write(
                f"Their lists and did:web names are below {handed.site}: that address must go on."
            )

    def _register(self, options: dict[str, Any]) -> None:
        council = _council(options)
        body = Body.objects.filter(council=council, name=options["body"]).first() if options["body"] else None
        if options["body"] and body is None:
            raise CommandError("The council has no body of this name.")
        by = Actor(at=timezone.now(), role="system", council_id=council.id)
        try:
            key = credentials.register_key(by=by, council=council, did=options["did"], body=body)
        except Refused as refused:
            raise CommandError(f"{refused.message}{refused.next_step}") from None
        self.stdout.write(f"In use: {key.did}")


def _council(options: dict[str, Any]) -> Council:
    council = Council.objects.filter(slug=options["council"]).first()
    if council is None:
        raise CommandError("There is no such council.")
    return council


def _word(parcel: bytes) -> str:
    return hashlib.sha256(parcel).hexdigest()[:12]


def _passphrase(twice: bool = False) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is None:
        given = getpass("Passphrase: ")
        if twice and getpass("Again: ") != given:
            raise CommandError("The two differ.")
    return given


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
