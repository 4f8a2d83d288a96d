"""What this site's own tables say of a credential: whose key signed it, and whether it still holds."""

import contextlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F

from sonjuku.protocols.openbadges import dids, endorsing, proofs, status
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.models import Award, Endorsement, IssuerKey, StatusList


def did_document(did: str) -> dict[str, Any] | None:
    """The document of an issuer of this site by its did:web: all keys that are not struck out. None where none ever was."""
    rows = IssuerKey.objects.filter(council__slug=slug_of(did)).select_related("council")
    keys = [
        key for key in rows.order_by("created_at", "pk") if rules.did_web_of(key, settings.SITE_URL) == did
    ]
    return dids.document(did, [key.did for key in keys if key.struck_at is None]) if keys else None


def slug_of(did: str) -> str:
    """The council in the name of one of our issuers; "" for another site's."""
    before = dids.did_web(f"{settings.SITE_URL}/c/") + ":"
    slug = did.removeprefix(before).partition(":")[0] if did.startswith(before) else ""
    return slug if slug.isprintable() else ""


def key_of(methods: Sequence[str], issuer: str) -> IssuerKey | None:
    """The key of this site among these verification methods, where the issuer is its did:key or its own did:web.

    Another site's did:web may name a key of its own as it likes.
    """
    parts = (method.partition("#") for method in methods)
    ours = [name for did, _, name in parts if did == issuer and name.isalnum()]
    if not ours:
        return None
    rows = IssuerKey.objects.filter(did__in=[f"did:key:{name}" for name in ours]).select_related("council")
    # A struck key taints the badge whatever else signed it.
    found = rows.order_by(F("struck_at").desc(nulls_last=True))
    return next((row for row in found if issuer in (row.did, rules.did_web_of(row, settings.SITE_URL))), None)


def told(document: Mapping[str, Any], issuer: str, at: datetime, known: Mapping[str, Any]) -> str | None:
    """What our lists and our register say of a badge of ours: see rules.report."""
    award = _registered(document, issuer)
    if _is_taken_back(document, issuer):
        return "revoked"
    if award and award.status != "valid":
        return award.status
    rows = {url: row for url in urls_of(document) if (row := _list_at(url))}
    try:
        found = status.status_of(document, {url: _served(url, row) for url, row in rows.items()}, at, known)
    except status.StatusRefused as error:
        return error.reason
    if not rows and not award:
        return None
    return found or ("suspended" if any(_is_suspended(document, row) for row in rows.values()) else "")


def urls_of(document: Mapping[str, Any]) -> list[str]:
    """The addresses of the status lists that a credential names."""
    entries = [entry for entry in status.entries_of(document) if isinstance(entry, Mapping)]
    return [str(entry.get("statusListCredential", "")) for entry in entries]


def _list_at(url: str) -> StatusList | None:
    """The list of this site that is served at this address."""
    before, _slash, purpose = url.rpartition("/")
    with contextlib.suppress(ValueError):
        row = (
            StatusList.objects.filter(pk=uuid.UUID(before.rpartition("/")[2]))
            .select_related("council")
            .first()
        )
        if row and rules.list_address(settings.SITE_URL, row.council.slug, row, purpose) == url:
            return row
    return None


def _served(url: str, row: StatusList) -> dict[str, Any]:
    served: dict[str, Any] = (
        row.suspension if url.endswith(f"/{StatusList.Purpose.SUSPENSION}") else row.revocation
    )
    return served


def _is_suspended(document: Mapping[str, Any], row: StatusList) -> bool:
    # A badge names one list (Open Badges 3.0 knows no more) and has the same place in both.
    places = [int(entry["statusListIndex"]) for entry in status.entries_of(document)]
    return any(rules.is_marked(bytes(row.suspended), place) for place in places)


def _registered(document: Mapping[str, Any], issuer: str) -> Award | None:
    with contextlib.suppress(ValueError):
        key = uuid.UUID(str(document.get("id", "")).removeprefix("urn:uuid:"))
        row = Award.objects.filter(pk=key).first()
        if row and row.credential.get("issuer", {}).get("id") == issuer:
            return row
    return None


def _is_taken_back(document: Mapping[str, Any], issuer: str) -> bool:
    """Whether it is an endorsement of ours that its council revoked: the old ones name no list, the register knows."""
    if proofs.kind_reason(document, (endorsing.ENDORSEMENT,)):
        return False
    with contextlib.suppress(ValueError):
        key = uuid.UUID(str(document.get("id", "")).removeprefix("urn:uuid:"))
        row = Endorsement.objects.filter(pk=key, state=Endorsement.State.REVOKED).first()
        return bool(row and row.credential and row.credential["issuer"]["id"] == issuer)
    return False
