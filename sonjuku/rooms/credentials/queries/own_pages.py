"""What an address of this site leads to, for whoever verifies: the credential behind a public page."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from sonjuku.protocols.openbadges.reading import Unreadable
from sonjuku.rooms.credentials.models import Award, Endorsement
from sonjuku.rooms.credentials.queries import shares

_LANGUAGE = "(?:/en|/ja-easy)?"
_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/.].*)?"
_BADGE_PATH = re.compile(rf"{_LANGUAGE}/badges/{_ID}")
_ENDORSEMENT_PATH = re.compile(rf"{_LANGUAGE}/endorsements/{_ID}")
_LINK_PATH = re.compile(
    rf"{_LANGUAGE}/b/(?P<token>[\w-]+)(?:/|/record\.json|/(?P<laid>endorsements/)?{_ID})?", re.ASCII
)


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


def credential_at(address: str, at: datetime) -> bytes | None:
    """The credential behind a page of this site, the bytes that the page itself gives out to whoever has its address.

    Raises reading.Unreadable: link_over, link_to_many.
    """
    return next((found for look in _PAGES if (found := look(address, at)) is not None), None)


def _badge(address: str, at: datetime) -> bytes | None:
    key = _key(_BADGE_PATH, address)
    award = public_award(key) if key else None
    return wire_text(award).encode() if award else None


def _endorsement(address: str, at: datetime) -> bytes | None:
    key = _key(_ENDORSEMENT_PATH, address)
    public = Endorsement.objects.filter(visibility=Endorsement.Visibility.PUBLIC)
    return _laid(public.filter(pk=key).first() if key else None)


def _shared(address: str, at: datetime) -> bytes | None:
    """What a holder's link shows, as long as it opens: its token is the permission."""
    match = _match(_LINK_PATH, address)
    link = shares.link_of(match["token"]) if match else None
    if not (match and link):
        return None
    if not link.opens(at):
        raise Unreadable("link_over")
    key = uuid.UUID(match["id"]) if match["id"] else link.award_id
    if key is None:
        raise Unreadable("link_to_many")
    if match["laid"]:
        return _laid(shares.endorsements_behind(link).filter(pk=key).first())
    award = shares.awards_behind(link).filter(pk=key).first()
    return wire_text(award).encode() if award else None


def _laid(row: Endorsement | None) -> bytes | None:
    return (
        json.dumps(row.credential, ensure_ascii=False, indent=2).encode() if row and row.credential else None
    )


# One for each kind of page; an address is looked at by each until one knows it.
_PAGES: list[Callable[[str, datetime], bytes | None]] = [_badge, _endorsement, _shared]


def _key(path: re.Pattern[str], address: str) -> uuid.UUID | None:
    match = _match(path, address)
    return uuid.UUID(match["id"]) if match else None


def _match(path: re.Pattern[str], address: str) -> re.Match[str] | None:
    return path.fullmatch(urlsplit(address.strip()).path) if is_ours(address) else None


def _place(address: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(address.strip())
        return (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", None
