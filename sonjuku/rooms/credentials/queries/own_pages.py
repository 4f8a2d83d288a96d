"""What an address of this site leads to, for whoever verifies: the credential behind a public page."""

import json
import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings

from sonjuku.rooms.credentials.models import Award, Endorsement

_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/.].*)?"
_BADGE_PATH = re.compile(rf"(?:/en|/ja-easy)?/badges/{_ID}")
_ENDORSEMENT_PATH = re.compile(rf"(?:/en|/ja-easy)?/endorsements/{_ID}")


def public_award(award_id: uuid.UUID) -> Award | None:
    """The award if its holder made it public, else None."""
    rows = Award.objects.filter(pk=award_id, visibility=Award.Visibility.PUBLIC)
    return rows.select_related("achievement__council", "council", "person", "issuer_key__body").first()


def wire_text(award: Award) -> str:
    """The signed credential as the file that leaves the house: the same bytes every time."""
    return json.dumps(award.credential, ensure_ascii=False, indent=2)


def is_ours(address: str) -> bool:
    """Whether an address is one of this site, which is never asked over the network."""
    return _place(address) == _place(settings.SITE_URL)


def award_at(address: str) -> Award | None:
    """The public award that an address of this site leads to; None for any other address or a hidden award."""
    key = _key(_BADGE_PATH, address)
    return public_award(key) if key else None


def credential_at(address: str) -> bytes | None:
    """The credential behind a public page of this site, the bytes that the page itself gives out."""
    return next((found for look in _PAGES if (found := look(address)) is not None), None)


def _badge(address: str) -> bytes | None:
    award = award_at(address)
    return wire_text(award).encode() if award else None


def _endorsement(address: str) -> bytes | None:
    key = _key(_ENDORSEMENT_PATH, address)
    public = Endorsement.objects.exclude(credential=None).filter(visibility=Endorsement.Visibility.PUBLIC)
    row = public.filter(pk=key).first() if key else None
    return json.dumps(row.credential, ensure_ascii=False, indent=2).encode() if row else None


# One for each kind of page; an address is looked at by each until one knows it.
_PAGES: list[Callable[[str], bytes | None]] = [_badge, _endorsement]


def _key(path: re.Pattern[str], address: str) -> uuid.UUID | None:
    if not is_ours(address):
        return None
    match = path.fullmatch(urlsplit(address.strip()).path)
    return uuid.UUID(match["id"]) if match else None


def _place(address: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(address.strip())
        return (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", None
