"""派遣依頼: a letter to a 校長 about the pupils of the school who take part. A name needs consent."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet

from sonjuku.flows.papers.saying import NOT_YET, document_number, in_japanese, said, signatory
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body, Consent
from sonjuku.toolbox.dates import day_of, wareki
from sonjuku.toolbox.docx import Block, Heading, Paper, Table, Text


class Pupils(NamedTuple):
    """`named` may be told to the school; of the others only how many they are."""

    named: list[Participation]
    others: int


def schools(call: Call) -> list[tuple[Body, int]]:
    """The schools whose pupils take part, and how many."""
    rows = _places(call).filter(person__school__isnull=False).order_by()
    found = dict(rows.values_list("person__school").annotate(number=Count("id")))
    return [(body, found[body.id]) for body in Body.objects.filter(pk__in=found).order_by("name", "branch")]


def _places(call: Call) -> QuerySet[Participation]:
    kept = (Participation.State.ACTIVE, Participation.State.COMPLETED)
    return Participation.objects.filter(
        call=call, state__in=kept, capacity=Participation.Capacity.PARTICIPANT
    )


def pupils(call: Call, school: Body) -> Pupils:
    """Names only of those who agreed that the school learns how they stand, or that it is given their data."""
    rows = _places(call).filter(person__school=school).select_related("person")
    places = list(rows.order_by("person__family_name_kana", "person__given_name_kana", "id"))
    agreed = _agreed(places, school)
    named = [place for place in places if place.person_id in agreed]
    return Pupils(named, len(places) - len(named))


def _agreed(places: Iterable[Participation], school: Body) -> set[UUID]:
    about = {place.person_id: place.application_id for place in places}
    rows = Consent.objects.filter(
        person_id__in=about,
        purpose__in=(Consent.Purpose.SCHOOL_STATUS, Consent.Purpose.PROVISION),
        given_at__isnull=False,
        withdrawn_at__isnull=True,
    )
    # A consent for another application says nothing about this one; one for another receiver nothing about the school.
    return {
        row.person_id for row in rows if row.about_id in (None, about[row.person_id]) and _tells(row, school)
    }


def _tells(consent: Consent, school: Body) -> bool:
    """Whether this school is a receiver; an early consent to the school's status names none."""
    named = school.name in consent.receivers or str(school) in consent.receivers
    return named or (consent.purpose == Consent.Purpose.SCHOOL_STATUS and not consent.receivers)


@in_japanese
def dispatch(call: Call, school: Body, *, at: datetime) -> Paper:
    known, terms, found = said(call, at), paper_queries.paper_terms(call), pupils(call, school)
    number = document_number(terms)
    blocks: list[Block] = [
        *([Text(number, "right")] if number else []),
        Text(wareki(day_of(at), weekday=False), "right"),
        Text(f"{school}長　様"),
        *(Text(line, "right") for line in signatory(call, terms)),
        Heading(f"「{call.title}」への生徒の派遣について（依頼）", 0),
        Text("　日ごろから、当協議会の事業にご協力いただき、ありがとうございます。"),
        Text(
            "　このたび、次のとおり事業を行います。貴校の生徒の参加について、ご配慮くださるようお願いします。"
        ),
        Text("記", "center"),
        Table(
            [
                ["事業", call.title],
                ["とき", "\n".join(known.occasions) or known.period or NOT_YET],
                ["ところ", known.venue or known.mode],
                ["参加する生徒", _who(found)],
                ["費用", known.fee or NOT_YET],
                ["問合せ先", "\n".join(known.contact)],
            ],
            heads=True,
            shares=(1, 4),
        ),
        Text("以上", "right"),
    ]
    return Paper(f"派遣依頼 {school}", blocks, author=call.council.title, at=at)


def _who(found: Pupils) -> str:
    names = [place.person.full_name for place in found.named]
    total = len(names) + found.others
    if not names:
        return f"{total}人"
    others = f"\nほか{found.others}人（氏名をお伝えする同意がない生徒）" if found.others else ""
    return f"{total}人\n" + "、".join(names) + others
