"""A record that staff made from paper becomes its person's own: a signed link, a login, the date of birth."""

from datetime import date
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people.actions import check_claim, claim_person
from sonjuku.rooms.people.models import Account, Person
from sonjuku.toolbox.dates import at_tokyo, day_of
from sonjuku.toolbox.refusals import Refused

SALT = "claim"
TRIES_A_DAY = 5


def link(person: Person) -> str:
    """The path on the slip and in the letters of a person without an account."""
    return f"/claim/{signing.dumps(person.id.hex, salt=SALT)}/"


def find(token: str) -> Person | None:
    """The record a link stands for; None for a forged link."""
    try:
        person_id = UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError):
        return None
    return Person.objects.select_related("council").filter(pk=person_id).first()


def claim(*, by: Actor, person: Person, account: Account, date_of_birth: date) -> Person:
    """Bind the record to the account of whoever holds its link and knows its date of birth.

    Refused: claimed, has_record, no_birth_date, too_many (five wrong dates for this record today), wrong_birth_date.
    """
    check_claim(person, account)
    if person.date_of_birth is None:
        raise Refused(
            "no_birth_date",
            _("この記録には生年月日がないため、ご本人かどうかを確かめられません。"),
            _("問合せ先にご連絡ください。"),
        )
    # Counted in the journal, not in a cache: every server process sees the same number.
    wrong = Entry.objects.filter(for_person_id=person.id, verb="person.claim_failed")
    if wrong.filter(at__gte=at_tokyo(day_of(by.at))).count() >= TRIES_A_DAY:
        raise Refused(
            "too_many",
            _("生年月日が何度も合わなかったため、今日は受け付けません。"),
            _("明日もう一度お試しいただくか、問合せ先にご連絡ください。"),
        )
    if date_of_birth != person.date_of_birth:
        record(by=by, verb="person.claim_failed", subject=person, for_person_id=person.id)
        raise Refused(
            "wrong_birth_date",
            _("生年月日が、受付のときの記録と合いません。"),
            _("もう一度お確かめください。"),
        )
    return claim_person(by=by, person=person, account=account)
