"""Everything that a person holds of one council in one signed file (CLR 2.0)."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import records
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.actions._shared import refuse_if, subject_of
from sonjuku.rooms.credentials.actions.keys import ensure_key, signer
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.credentials.queries.shares import credentials_to_carry
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council, Person


def learner_record(*, by: Actor, person: Person) -> dict[str, Any]:
    """The badges and endorsements that aren't revoked, each with its own proof, sealed by the council at this moment.

    Nothing is kept; only the council's first key is made where it has none. `person.council` and `person.account` must be
    loaded. Refused: nothing_held, too_many, no_signer. Raises SigningFailed, and keys.KeyRefused as `signer` does.
    """
    members = credentials_to_carry(person)
    refuse_if(not members, "nothing_held", _("まだ、持ち出せるバッジがありません。"))
    refuse_if(
        len(members) > records.MOST_MEMBERS, "too_many",
        _("バッジが多すぎて、1つのファイルにまとめられません。"), _("バッジのページから、1つずつ受け取ってください。"),
    )  # fmt: skip
    return seal_record(by, person, members, "学びの記録")


def seal_record(by: Actor, person: Person, members: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """The council's signature around signed members, each as it is. Refused("no_signer"); raises as `signer` does."""
    key = _key(by, person.council)
    signing = signer(key)
    document = records.build(
        id=uuid.uuid4(), issuer=rules.issuer(key, signing.did, settings.SITE_URL), subject=subject_of(person),
        members=members, valid_from=by.at, name=f"{person.council.title} {name}",
    )  # fmt: skip
    return records.sign(document, signing, by.at, own=True)


def _key(by: Actor, council: Council) -> IssuerKey:
    """The key in use, without the lock that making one takes: whoever reads must not wait for each other."""
    rows = IssuerKey.objects.filter(council=council, body=None, retired_at=None).select_related(
        "council", "body"
    )
    return rows.order_by("created_at").last() or ensure_key(by=by, council=council)
