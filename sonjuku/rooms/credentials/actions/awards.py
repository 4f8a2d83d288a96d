"""Awarding: a signature under what somebody has done. One person or many, each achievement once."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import build
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.actions._shared import subject_of
from sonjuku.rooms.credentials.actions.keys import ensure_key, signer
from sonjuku.rooms.credentials.actions.sealing import seal_all
from sonjuku.rooms.credentials.actions.status import take_places
from sonjuku.rooms.credentials.models import Achievement, Award, IssuerKey, Route
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.refusals import Refused


class Claim(NamedTuple):
    """Somebody who is to have an achievement: by which place in a course, if any, and what shows it.

    `evidence` goes into the credential for good: it names nobody.
    """

    person_id: UUID
    participation_id: UUID | None = None
    evidence: tuple[build.Evidence, ...] = ()


@writes
def award(*, by: Actor, participation: Participation) -> list[Award]:
    """Sign the achievements of the call for whoever completed it; those already held are returned as they are.

    Refused("not_completed") before completion. A new award is private until its holder decides.
    """
    place = Participation.objects.select_related("call").get(pk=participation.pk)
    if place.state != Participation.State.COMPLETED:
        raise Refused(
            "not_completed",
            _("まだ修了していないため、バッジを渡せません。"),
            _("足りないものを確かめてください。"),
        )
    # One at a time per person: two check-ins at once must not sign twice.
    Person.objects.select_for_update().get(pk=place.person_id)
    # The newest, where one was revoked and recognised anew.
    rows = Award.objects.filter(person_id=place.person_id).order_by("issued_at")
    held = {row.achievement_id: row for row in rows}
    claim = Claim(place.person_id, place.pk)
    found = []
    for one in place.call.achievements.all():
        found += [held[one.id]] if one.id in held else award_many(by=by, achievement=one, claims=[claim])
    return found


@writes
def award_many(
    *,
    by: Actor,
    achievement: Achievement,
    claims: Sequence[Claim],
    route: str = Route.COURSE,
    narrative: str = "",
    renews: bool = False,
) -> list[Award]:
    """Award an achievement to each of these persons who never had it; gives the new awards alone.

    `narrative` (with the claim's own evidence) stands in each credential: it names nobody. `renews`: also to whom it was
    revoked, for people have judged them anew; a rule or a list never gives back what was revoked. All or none; for more
    than some hundreds there are batches. Refused: other_council (one of the persons belongs to another council).
    """
    wanted = {claim.person_id: claim for claim in claims}
    locked = Person.objects.select_for_update(of=("self",)).select_related("account").filter(pk__in=wanted)
    persons = {person.pk: person for person in locked.order_by("pk")}
    if any(person.council_id != achievement.council_id for person in persons.values()):
        raise Refused(
            "other_council", _("ほかの協議会の人には渡せません。"), _("この協議会の人を選んでください。")
        )
    had = Award.objects.filter(achievement=achievement, person__in=persons)
    held = set((had.filter(revoked_at=None) if renews else had).values_list("person_id", flat=True))
    new = [
        (persons[claim.person_id], claim)
        for claim in wanted.values()
        if claim.person_id in persons.keys() - held
    ]
    if not new:
        return []
    key = ensure_key(by=by, council=achievement.council, body=achievement.issuer_body)
    awards = _sign(by, achievement, key, new, route, narrative)
    Award.objects.bulk_create(awards, batch_size=500)
    record_many(by=by, verb="award.issued", subjects=awards)
    return awards


def _sign(
    by: Actor,
    achievement: Achievement,
    key: IssuerKey,
    new: Sequence[tuple[Person, Claim]],
    route: str,
    narrative: str,
) -> list[Award]:
    signing = signer(key)
    wire = rules.wire_achievement(
        achievement, list(achievement.alignments.select_related("skill__framework"))
    )
    issuer = rules.issuer(key, signing.did, settings.SITE_URL)
    places = take_places(by=by, key=key, signing=signing, number=len(new))
    awards, unsigned = [], []
    for (person, claim), place in zip(new, places, strict=True):
        made = Award(
            council=achievement.council, achievement=achievement, person=person,
            participation_id=claim.participation_id, issuer_key=key, route=route, issued_at=by.at,
            status_list=place.row, status_index=place.number,
        )  # fmt: skip
        awards.append(made)
        unsigned.append(
            build.achievement_credential(
                id=made.id, issuer=issuer, achievement=wire, subject=subject_of(person), valid_from=by.at,
                evidence=[*rules.evidence_of(route, narrative), *claim.evidence], status=place.entry,
            )
        )  # fmt: skip
    for made, credential in zip(awards, seal_all(unsigned, signing, by.at), strict=True):
        made.credential = credential
    return awards


@writes
def resign_next(*, by: Actor, size: int) -> list[Award]:
    """Sign anew what struck keys signed, up to `size` badges: the same id, day and words, the key in use, a new place.

    A badge that was revoked stays as it is; a suspended one waits for its reinstatement.
    """
    rows = Award.objects.filter(
        issuer_key__struck_at__isnull=False, revoked_at__isnull=True, suspended_at__isnull=True
    )
    first = rows.select_related("issuer_key__council", "issuer_key__body").order_by("issuer_key_id").first()
    if first is None:
        return []
    # The key first, as everywhere; the badges are then read as they are under it.
    key = ensure_key(by=by, council=first.issuer_key.council, body=first.issuer_key.body)
    awards = list(
        rows.select_for_update(of=("self",)).select_related("achievement", "council", "person__account")
        .filter(issuer_key_id=first.issuer_key_id).order_by("pk")[:size]
    )  # fmt: skip
    signing = signer(key)
    issuer = rules.issuer(key, signing.did, settings.SITE_URL)
    places = take_places(by=by, key=key, signing=signing, number=len(awards))
    unsigned = [
        rules.renamed(each.credential, issuer, place.entry)
        for each, place in zip(awards, places, strict=True)
    ]
    for each, place, credential in zip(awards, places, seal_all(unsigned, signing, by.at), strict=True):
        each.issuer_key, each.credential = key, credential
        each.status_list, each.status_index = place.row, place.number
        record(by=by, verb="award.resigned", subject=each, for_person_id=each.person_id)
    Award.objects.bulk_update(
        awards, ["issuer_key", "credential", "status_list", "status_index"], batch_size=200
    )
    return awards
