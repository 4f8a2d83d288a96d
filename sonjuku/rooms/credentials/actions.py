"""Defining achievements, keeping the issuer's key, awarding and showing."""

import secrets
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import build, keys, proofs
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.actions import answer_consent, ask_consent, withdraw_consent
from sonjuku.rooms.people.models import Consent, Council, Person
from sonjuku.rooms.people.queries import consent_for
from sonjuku.rooms.vocabulary.models import Skill
from sonjuku.toolbox.refusals import Refused

# The wording below; a change of it is a new version.
TEXT_VERSION = "badge-1"
_PURPOSES = {
    Award.Visibility.PUBLIC: Consent.Purpose.BADGE_PUBLIC,
    Award.Visibility.COUNCIL: Consent.Purpose.PROVISION,
}


@writes
def define_achievement(
    *,
    by: Actor,
    council: Council,
    title: str,
    description: str,
    criteria: str,
    call: Call | None = None,
    skills: Iterable[Skill] = (),
    **fields: Any,
) -> Achievement:
    """What completing `call` awards. `fields`: type, title_en, description_en, criteria_en."""
    if call is not None and call.council_id != council.id:
        raise Refused("other_council", _("ほかの協議会の募集です。"), _("この協議会の募集を選んでください。"))
    achievement = Achievement.objects.create(
        council=council, call=call, title=title, description=description, criteria=criteria, **fields
    )
    achievement.skills.set(skills)
    record(by=by, verb="achievement.defined", subject=achievement)
    return achievement


@writes
def change_achievement(
    *, by: Actor, achievement: Achievement, skills: Iterable[Skill] | None = None, **fields: Any
) -> Achievement:
    """Refused("already_awarded") once someone holds it: what a signature covers cannot change."""
    if achievement.awards.exists():
        raise Refused(
            "already_awarded",
            _("このバッジを受け取った人がいるため、内容を変えられません。"),
            _("内容を変えるときは、新しいバッジを作ってください。"),
        )
    for name, value in fields.items():
        setattr(achievement, name, value)
    achievement.save(update_fields=list(fields))
    if skills is not None:
        achievement.skills.set(skills)
    record(by=by, verb="achievement.changed", subject=achievement, field_names=fields)
    return achievement


@writes
def copy_achievements(*, by: Actor, source: Call, target: Call) -> list[Achievement]:
    """Define the source's achievements anew for a cloned call: next year's badge is a badge of its own."""
    kept = ("title", "description", "criteria", "type", "title_en", "description_en", "criteria_en")
    return [
        define_achievement(
            by=by,
            council=target.council,
            call=target,
            skills=one.skills.all(),
            **{name: getattr(one, name) for name in kept},
        )
        for one in source.achievements.prefetch_related("skills")
    ]


@writes
def ensure_key(*, by: Actor, council: Council) -> IssuerKey:
    """The council's signing key in use, made at its first award and sealed with settings.KEYS_SECRET."""
    Council.objects.select_for_update().get(pk=council.pk)
    found = IssuerKey.objects.filter(council=council, retired_at__isnull=True).order_by("created_at").last()
    if found is not None:
        return found
    key = keys.new_key()
    row = IssuerKey.objects.create(
        council=council,
        did=key.did,
        private_key=keys.seal(key, settings.KEYS_SECRET).encode(),
        created_at=by.at,
    )
    record(by=by, verb="issuer_key.created", subject=row)
    return row


@writes
def set_custodian(*, by: Actor, key: IssuerKey, custodian: str) -> IssuerKey:
    """Note which office answers for the key; the journal keeps when. Refused: other_council."""
    if by.council_id is not None and by.council_id != key.council_id:
        raise Refused("other_council", _("ほかの協議会の鍵は変えられません。"))
    row = IssuerKey.objects.select_for_update().get(pk=key.pk)
    if row.custodian != custodian:
        row.custodian = custodian
        row.save(update_fields=["custodian"])
        record(by=by, verb="issuer_key.entrusted", subject=row, field_names=["custodian"])
    return row


@writes
def award(*, by: Actor, participation: Participation) -> list[Award]:
    """Sign the achievements of the call for whoever completed it; those already held are returned as they are.

    Refused("not_completed") before completion. A new award is private until its holder decides.
    """
    place = Participation.objects.select_related("call", "person", "council").get(pk=participation.pk)
    if place.state != Participation.State.COMPLETED:
        raise Refused(
            "not_completed",
            _("まだ修了していないため、バッジを渡せません。"),
            _("足りないものを確かめてください。"),
        )
    # One at a time per person: two check-ins at once must not sign twice.
    Person.objects.select_for_update().get(pk=place.person_id)
    held = {row.achievement_id: row for row in Award.objects.filter(person=place.person)}
    listed = place.call.achievements.prefetch_related("skills__framework")
    return [held.get(one.id) or _sign(by, place, one) for one in listed]


def _sign(by: Actor, place: Participation, achievement: Achievement) -> Award:
    row = ensure_key(by=by, council=place.council)
    key = keys.open_sealed(bytes(row.private_key).decode(), settings.KEYS_SECRET)
    award = Award(
        council=place.council,
        achievement=achievement,
        person=place.person,
        participation=place,
        issuer_key=row,
        issued_at=by.at,
    )
    unsigned = build.achievement_credential(
        id=award.id,
        issuer=build.Issuer(row.did, place.council.title, f"{settings.SITE_URL}/c/{place.council.slug}/"),
        achievement=rules.wire_achievement(achievement, list(achievement.skills.all())),
        subject=_subject(place.person),
        valid_from=by.at,
    )
    award.credential = proofs.sign(unsigned, key, by.at)
    award.save(force_insert=True)
    record(by=by, verb="award.issued", subject=award, for_person_id=place.person_id)
    return award


def _subject(person: Person) -> Any:
    address = person.email or (person.account.email if person.account else "")
    return build.HashedEmail(address, secrets.token_hex(16)) if address else uuid4()


@writes
def set_visibility(*, by: Actor, award: Award, visibility: str) -> Award:
    """Who may see a badge: the holder's word only. Showing it is a recorded consent, hiding it withdraws that.

    Refused: not_holder, no_such_choice.
    """
    row = (
        Award.objects.select_for_update(of=("self",))
        .select_related("person", "council", "achievement")
        .get(pk=award.pk)
    )
    if by.account_id is None or row.person.account_id != by.account_id:
        raise Refused("not_holder", _("バッジの公開は、受け取った本人だけが決められます。"))
    if visibility not in Award.Visibility.values:
        raise Refused("no_such_choice", _("選べない公開範囲です。"), _("もう一度選んでください。"))
    if row.visibility == visibility:
        return row
    row.visibility = visibility
    row.save(update_fields=["visibility"])
    for level, purpose in _PURPOSES.items():
        consent = consent_for(row.id, purpose)
        if level == visibility:
            _consent(by, row, purpose)
        elif consent is not None and consent.holds:
            withdraw_consent(by=by, consent=consent)
    record(by=by, verb="award.shown", subject=row, for_person_id=row.person_id, field_names=["visibility"])
    return row


def _consent(by: Actor, award: Award, purpose: str) -> None:
    public = purpose == Consent.Purpose.BADGE_PUBLIC
    items = [_("表示名"), _("バッジの名前と内容"), _("発行者"), _("取得日")]
    consent = ask_consent(
        by=by,
        person=award.person,
        purpose=purpose,
        about_id=award.id,
        text=_("バッジのページを、選んだ範囲の人に見せることに同意します。いつでも取り消せます。"),
        text_version=TEXT_VERSION,
        receivers=[_("だれでも") if public else award.council.title],
        items=items,
    )
    answer_consent(by=by, consent=consent, given=True, channel=Consent.Channel.WEB)
