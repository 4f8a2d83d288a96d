import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import hold, hold_lock, is_first, is_held, record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent, Guardian, Person, Role
from sonjuku.rooms.people.rules import same_address
from sonjuku.toolbox.kana import tidy_name
from sonjuku.toolbox.refusals import Refused


@writes
def name_guardian(
    *, by: Actor, person: Person, name: str, relation: str, email: str = "", phone: str = ""
) -> Guardian:
    """The guardian a person names; naming the same one again returns the same row.

    Refused("same_address") if the e-mail is the person's own: then nobody could tell who answered.
    """
    own = [person.email, person.account.email if person.account else ""]
    if any(same_address(email, address) for address in own):
        raise Refused(
            "same_address",
            _("保護者のメールアドレスが、本人のものと同じです。"),
            _("保護者のアドレスを入力するか、紙やQRコードで同意を受けてください。"),
        )
    guardian, created = Guardian.objects.get_or_create(
        council_id=person.council_id,
        person=person,
        name=tidy_name(name),
        relation=relation.strip(),
        email=email.strip(),
        phone=phone.strip(),
    )
    if created:
        record(by=by, verb="guardian.named", subject=guardian, for_person_id=person.id)
    return guardian


@writes
def ask_consent(
    *,
    by: Actor,
    person: Person,
    purpose: str,
    about_id: uuid.UUID | None,
    text: str,
    text_version: str,
    receivers: list[str],
    items: list[str],
    due_at: datetime | None = None,
    guardian: Guardian | None = None,
) -> Consent:
    """Write down what is asked, of whom, in which words. One standing consent per person, purpose and row:

    asking again returns it as it stands, answered or not; only after a withdrawal is a new one made.
    """
    hold_lock(person)
    standing = Consent.objects.filter(
        person=person, purpose=purpose, about_id=about_id, withdrawn_at__isnull=True
    ).first()
    if standing is not None:
        return standing
    consent = Consent.objects.create(
        council_id=person.council_id,
        person=person,
        guardian=guardian,
        purpose=purpose,
        about_id=about_id,
        text=text,
        text_version=text_version,
        receivers=receivers,
        items=items,
        given_by=Consent.GivenBy.GUARDIAN if purpose == Consent.Purpose.GUARDIAN else Consent.GivenBy.SELF,
        asked_at=by.at,
        due_at=due_at,
    )
    hold(consent)
    record(by=by, verb="consent.asked", subject=consent, for_person_id=person.id)
    return consent


@writes
def take_consent(
    *,
    by: Actor,
    person: Person,
    purpose: str,
    about_id: uuid.UUID,
    channel: str,
    text: str,
    text_version: str,
    receivers: list[str],
    items: list[str],
) -> Consent:
    """Asked and given in one, as with a tick on a page. One that stands already is answered as `answer_consent` says."""
    hold_lock(person)
    asked = Consent.objects.filter(
        person=person, purpose=purpose, about_id=about_id, withdrawn_at__isnull=True
    )
    standing = None if is_first(f"consent {purpose}", about_id) else asked.first()
    if standing is not None:
        return answer_consent(by=by, consent=standing, given=True, channel=channel)
    consent = Consent.objects.create(
        council_id=person.council_id,
        person=person,
        purpose=purpose,
        about_id=about_id,
        text=text,
        text_version=text_version,
        receivers=receivers,
        items=items,
        asked_at=by.at,
        given_at=by.at,
        channel=channel,
        entered_by=by.account_id if by.role in Role.Kind.values else None,
    )
    record(by=by, verb="consent.asked", subject=consent, for_person_id=person.id)
    record(by=by, verb="consent.given", subject=consent, for_person_id=person.id, field_names=["channel"])
    return consent


@writes
def answer_consent(
    *,
    by: Actor,
    consent: Consent,
    given: bool,
    channel: str,
    checked: str = "",
    name: str = "",
    relation: str = "",
) -> Consent:
    """Record yes or no. The same answer again changes nothing; the contrary one is Refused("consent_answered").

    For a guardian: `name` and `relation` as they wrote them, `checked` a Guardian.Checked (how guardianship was
    checked; without it, the guardian's own declaration). The due date is the caller's matter.
    """
    # One that was asked for in this very action is nobody else's yet.
    if not is_held(consent):
        consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is not None:
        raise Refused("consent_withdrawn", _("この同意は取り消されています。"), _("事務局へご連絡ください。"))
    if consent.given_at is not None or consent.refused_at is not None:
        if given == (consent.given_at is not None):
            return consent
        raise Refused(
            "consent_answered",
            _("すでに別の回答をいただいています。"),
            _("回答を変えるときは、事務局へご連絡ください。"),
        )
    if given:
        consent.given_at = by.at
    else:
        consent.refused_at = by.at
    consent.channel = channel
    consent.entered_by = by.account_id if by.role in Role.Kind.values else None
    consent.save(update_fields=["given_at", "refused_at", "channel", "entered_by"])
    if consent.guardian is not None:
        _check_guardian(by, consent.guardian, checked, name, relation)
    record(
        by=by,
        verb="consent.given" if given else "consent.refused",
        subject=consent,
        for_person_id=consent.person_id,
        field_names=["channel"],
    )
    return consent


def _check_guardian(by: Actor, guardian: Guardian, checked: str, name: str, relation: str) -> None:
    guardian.name = tidy_name(name) or guardian.name
    guardian.relation = relation.strip() or guardian.relation
    guardian.checked = checked or Guardian.Checked.DECLARED
    guardian.checked_by = by.account_id
    guardian.checked_at = by.at
    guardian.save(update_fields=["name", "relation", "checked", "checked_by", "checked_at"])


@writes
def withdraw_consent(*, by: Actor, consent: Consent) -> Consent:
    """End a consent from now on; what happened under it stays. A second time changes nothing."""
    consent = Consent.objects.select_for_update().get(pk=consent.pk)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = by.at
        consent.save(update_fields=["withdrawn_at"])
        record(by=by, verb="consent.withdrawn", subject=consent, for_person_id=consent.person_id)
    return consent
