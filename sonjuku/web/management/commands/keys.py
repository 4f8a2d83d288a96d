import os
from getpass import getpass
from typing import Any

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

    def handle(self, *args: Any, **options: Any) -> None:
        {"list": self._list, "reseal": self._reseal, "register": self._register}[options["what"]](options)

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

    def _register(self, options: dict[str, Any]) -> None:
        council = Council.objects.filter(slug=options["council"]).first()
        if council is None:
            raise CommandError("There is no such council.")
        body = Body.objects.filter(council=council, name=options["body"]).first() if options["body"] else None
        if options["body"] and body is None:
            raise CommandError("The council has no body of this name.")
        by = Actor(at=timezone.now(), role="system", council_id=council.id)
        try:
            key = credentials.register_key(by=by, council=council, did=options["did"], body=body)
        except Refused as refused:
            raise CommandError(f"{refused.message}{refused.next_step}") from None
        self.stdout.write(f"In use: {key.did}")
