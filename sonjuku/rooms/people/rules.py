"""Decisions about roles, guardians, terms and addresses. No database, no clock."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sonjuku.rooms.people.models import Role
from sonjuku.toolbox.dates import age_on

_CALL_WORK = {
    "desk",
    "calls.read",
    "calls.write",
    "applications.read",
    "applications.write",
    "selection.run",
    "checkin.write",
    "letters.read",
    "letters.write",
    "forms.write",
}
_OFFICE_WORK = _CALL_WORK | {"people.read", "journal.read", "council.write", "school.read", "aggregates.read"}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.Kind.ADMINISTRATOR: frozenset(_OFFICE_WORK | {"roles.write"}),
    Role.Kind.SECRETARIAT: frozenset(_OFFICE_WORK),
    Role.Kind.BODY_STAFF: frozenset(_CALL_WORK),
    # Judges never run the selection, and those who run it never judge.
    Role.Kind.REVIEWER: frozenset({"desk", "selection.review"}),
    Role.Kind.SCHOOL_CONTACT: frozenset({"desk", "school.read"}),
    Role.Kind.PREFECTURE_OFFICER: frozenset({"desk", "aggregates.read"}),
}

# WCAG 2.2 AA for text: a council's colour carries white text.
MINIMUM_CONTRAST = 4.5


def may(role_kind: str, permission: str) -> bool:
    """Whether a role of this kind has this permission; unknown kinds (member, public) have none."""
    return permission in PERMISSIONS.get(role_kind, frozenset())


def needs_guardian(
    *,
    date_of_birth: date | None,
    school_stage: str,
    day: date,
    required_under: int,
    required_stages: Sequence[str],
) -> bool:
    """Whether a guardian must consent on that day: too young, *or* at a school stage (an 18-year-old pupil).

    Without a date of birth only the stage can tell.
    """
    too_young = date_of_birth is not None and age_on(date_of_birth, day) < required_under
    return too_young or school_stage in required_stages


def same_address(a: str, b: str) -> bool:
    """Whether two e-mail addresses reach one box: case, width and a `+tag` do not count. Empty matches nothing."""
    one, other = _mailbox(a), _mailbox(b)
    return bool(one) and one == other


def _mailbox(address: str) -> str:
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    local, at, domain = text.rpartition("@")
    return f"{local.split('+')[0]}@{domain}" if at else text


def covered_from(terms: Iterable[tuple[date, date | None]], day: date) -> bool:
    """Whether terms (first day, last day or None), end to end, cover every day from `day` on without an end."""
    for starts_on, ends_on in sorted(terms, key=lambda term: term[0]):
        if starts_on > day:
            return False
        if ends_on is None:
            return True
        day = max(day, ends_on + timedelta(days=1))
    return False


def contrast_with_white(colour: str) -> float:
    """WCAG contrast of `#rrggbb` against white, 1 to 21. Raises ValueError for anything else."""
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError("not_a_colour")
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
