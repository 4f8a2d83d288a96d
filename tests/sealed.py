"""A key that signs, and what it signed, for tests/world.py; the links that lead there."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings

from sonjuku.protocols.openbadges import build, endorsing, keys, proofs
from sonjuku.rooms.credentials.models import Award, IssuerKey, ShareLink
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.rules import token_hash


def signing_key(council: Council, now: dt.datetime) -> tuple[IssuerKey, Any]:
    """The row, and the key itself."""
    made = keys.new_key()
    sealed = keys.seal(made, settings.KEYS_SECRET).encode()
    return IssuerKey.objects.create(council=council, did=made.did, private_key=sealed, created_at=now), made


def badge(key: Any, now: dt.datetime) -> dict[str, Any]:
    unsigned = build.achievement_credential(
        id=uuid.uuid4(), issuer=build.Issuer(key.did, "協議会"), subject=uuid.uuid4(), valid_from=now,
        achievement=build.Achievement(uuid.uuid4().urn, "ITの基礎", "学んだ", "修了"),
    )  # fmt: skip
    return proofs.sign(unsigned, key, now)


def endorsement(key: Any, now: dt.datetime) -> dict[str, Any]:
    unsigned = endorsing.endorsement_credential(
        id=uuid.uuid4(), issuer=build.Issuer(key.did, "協議会"), target=uuid.uuid4().urn,
        target_digest=endorsing.digest(b""), comment="認めます。", valid_from=now,
    )  # fmt: skip
    return proofs.sign(unsigned, key, now)


def share(award: Award, now: dt.datetime) -> dict[Any, Any]:
    """A link to everything the holder has."""
    link = ShareLink.objects.create(
        council=award.council, person=award.person, token_hash=token_hash("shared"), created_at=now,
        expires_at=now + dt.timedelta(days=7),
    )  # fmt: skip
    return {"link_id": link.id, ("public:shared_file", "kind"): "png"}
