"""Decisions about roles, guardians, terms and addresses. No database, no clock."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from sonjuku.rooms.people.models import Consent, DataRequest, Role
from sonjuku.toolbox.dates import age_on

# The actor's role when a program acts through an ApiToken; no person can hold it.
MACHINE = "machine"

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
    "news.write",
}
_OFFICE_WORK = _CALL_WORK | {
    "people.read",
    "journal.read",
    "council.write",
    "school.read",
    "aggregates.read",
    "privacy.write",
    "news.approve",
    "handover.read",
}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.Kind.ADMINISTRATOR: frozenset(_OFFICE_WORK | {"roles.write", "machines.write"}),
    Role.Kind.SECRETARIAT: frozenset(_OFFICE_WORK),
    Role.Kind.BODY_STAFF: frozenset(_CALL_WORK),
    # Judges never run the selection, and those who run it never judge.
    Role.Kind.REVIEWER: frozenset({"desk", "selection.review"}),
    Role.Kind.SCHOOL_CONTACT: frozenset({"desk", "school.read"}),
    Role.Kind.PREFECTURE_OFFICER: frozenset({"desk", "aggregates.read"}),
    # A token acts with its body's eyes and never sees a sealed verdict; its scopes narrow this further.
    MACHINE: frozenset(
        {"calls.read", "calls.write", "applications.read", "applications.write", "letters.read"}
    ),
}

# What scanners of leaked secrets look for.
TOKEN_PREFIX = "sjk_"  # noqa: S105 (no secret, the start of each)
TOKEN_LIVES = timedelta(days=366)

# WCAG 2.2 AA for text: a council's colour carries white text.
MINIMUM_CONTRAST = 4.5


def may(role_kind: str, permission: str) -> bool:
    """Whether a role of this kind has this permission; unknown kinds (member, public) have none."""
    return permission in PERMISSIONS.get(role_kind, frozenset())


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256 in hex. A random token of 256 bits needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


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


# Requests about personal data (domain B11)

OPEN_REQUESTS = {DataRequest.State.RECEIVED, DataRequest.State.CHECKING}
DUE_SOON = timedelta(days=7)
# Withdrawn by the person alone; a guardian's word is the guardian's.
WITHDRAWABLE = set(Consent.Purpose.values) - {Consent.Purpose.GUARDIAN}


def answer_by(received_on: date, days: int | None) -> date | None:
    """The last day to answer; the day on which the request came in is not counted. None where no period is set."""
    return None if days is None else received_on + timedelta(days=days)


def urgency(state: str, due_on: date | None, day: date) -> str:
    """ "late" past the last day, "soon" within a week of it, else ""; nothing presses once it is answered."""
    if state not in OPEN_REQUESTS or due_on is None:
        return ""
    if due_on < day:
        return "late"
    return "soon" if due_on <= day + DUE_SOON else ""


# Keeping and disposing (domain B11)

# What the rules of the law's records of giving ask of private bodies, until the council sets another.
PROVISION_YEARS = 3


def disposal_day(fiscal_year: int, years: int) -> date:
    """The first day on which a record of that fiscal year may go: `years` whole fiscal years after its own."""
    return date(fiscal_year + 1 + years, 4, 1)


def keep_provision_until(given_on: date, years: int) -> date:
    """The last day a record of giving is kept; 29 February counts as 28 where the year has none."""
    day = 28 if (given_on.month, given_on.day) == (2, 29) else given_on.day
    return given_on.replace(year=given_on.year + years, day=day)


# A consent of these purposes, that names the receiver, allows giving data to it (法27条1項).
PROVIDING = {Consent.Purpose.APPLICATION, Consent.Purpose.PROVISION, Consent.Purpose.SCHOOL_STATUS}


def allows_giving(consent: Consent, names: Collection[str]) -> bool:
    """Whether this consent, as it stands, lets data go to a receiver of one of these names.

    An early consent to the school's status names no receiver: it means the person's own school.
    """
    if not consent.holds or consent.purpose not in PROVIDING:
        return False
    own_school = consent.purpose == Consent.Purpose.SCHOOL_STATUS and not consent.receivers
    return own_school or not set(names).isdisjoint(consent.receivers)


CONFORMITY = re.compile(r"適合|\bconform(s|ant|ance|ity)?\b", re.IGNORECASE)


def claims_conformity(text: str) -> bool:
    """Whether a text uses the word for what only an assessment may say; 「不適合」 claims the opposite."""
    return bool(CONFORMITY.search(text.replace("不適合", "")))
