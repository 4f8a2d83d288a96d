"""What one recipient of a mailing gets: the values of the merge fields, and previews as real recipients."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sonjuku.flows import claiming
from sonjuku.flows.noticing import facts_for
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.letters import merging, queries, rules
from sonjuku.rooms.letters.models import Mailing, Unsubscription
from sonjuku.rooms.letters.wording import Draft
from sonjuku.rooms.participation.models import Obligation, Participation
from sonjuku.toolbox.dates import format_date, format_deadline

A = Application.State


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a segment means; of those, without an address, unsubscribed, and with nothing for some merge field."""

    meant: int
    unreachable: int
    unsubscribed: int
    lacking: int

    def going(self, is_duty: bool) -> int:
        return self.meant if is_duty else self.meant - self.unsubscribed


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as this applicant will get it; `lacking`: labels of merge fields that are empty for them."""

    application: Application
    language: str
    draft: Draft
    lacking: list[Any]


def without_unsubscribed(rows: QuerySet[Application]) -> QuerySet[Application]:
    return rows.exclude(Exists(_unsubscribed()))


def reach(rows: QuerySet[Application], used: Collection[str] = ()) -> Reach:
    """Count the recipients in one statement. `used`: keys of the merge fields in the text."""
    nowhere = Q(person__email="") & (Q(person__account__isnull=True) | Q(person__account__email=""))
    lacks = _lacks(used)
    numbers = rows.order_by().annotate(news_stopped=Exists(_unsubscribed())).aggregate(
        meant=Count("pk"),
        unreachable=Count("pk", filter=nowhere),
        unsubscribed=Count("pk", filter=Q(news_stopped=True)),
        **({"lacking": Count("pk", filter=lacks)} if lacks else {}),
    )  # fmt: skip
    return Reach(**{"lacking": 0, **numbers})


def previews(
    *,
    by: Actor,
    mailing: Mailing,
    call: Call,
    rows: QuerySet[Application],
    codes: Sequence[str],
    most: int = 3,
) -> list[Preview]:
    """The letters of the named applicants; without codes of the first one and of one whom a merge field fails.

    `mailing` need not be saved. Codes that are not among the recipients give nothing.
    """
    used = merging.fields_in(mailing.subject, mailing.body)
    if codes:
        chosen = list(rows.filter(code__in=codes)[:most])
    else:
        lacks = _lacks(used)
        found_lacking = rows.filter(lacks).first() if lacks else None
        chosen = [row for row in (rows.first(), found_lacking) if row is not None]
        chosen = list({row.pk: row for row in chosen}.values())
    found = []
    for row, outgoing in zip(chosen, outgoing_of(call, chosen, used), strict=True):
        language = row.person.language if row.person.language in rules.LANGUAGES else "ja"
        draft = queries.preview(
            "staff_message" if mailing.is_duty else "news",
            letters.mailing_context(mailing, outgoing),
            call.council,
            language,
            path="/me/",
        )
        lacking = [merging.FIELDS[key].label for key in merging.lacking(used, outgoing.values)]
        found.append(Preview(row, language, draft, lacking))
    return found


def outgoing_of(call: Call, rows: Iterable[Application], used: Collection[str]) -> list[letters.Outgoing]:
    """Each application as a recipient; a fixed number of statements. Rows come with person and account."""
    rows = list(rows)
    english = {pool.option: pool.option_en or pool.option for pool in call.seat_pools.all()}
    owed = _owed(rows) if "owed" in used else {}
    return [
        letters.Outgoing(
            person=row.person,
            context=facts_for(call, row),
            values=_values(call, row, english, owed.get(row.pk, [])),
            # Whoever has no account yet first makes the record their own.
            path=f"/me/applications/{row.pk}/" if row.person.account_id else claiming.link(row.person),
            about_id=row.pk,
        )
        for row in rows
    ]


def _values(call: Call, row: Application, english: dict[str, str], owed: list[Obligation]) -> dict[str, str]:
    lang = row.person.language if row.person.language in rules.LANGUAGES else "ja"
    is_english = lang == "en"

    def words(thing: Any, name: str) -> str:
        return (is_english and getattr(thing, f"{name}_en")) or getattr(thing, name)

    mode = Call.Mode(call.webinar_status)
    return {
        "name": row.person.full_name,
        "call": words(call, "title"),
        "code": row.code,
        "date": format_date(call.starts_on, lang, year=True) if call.starts_on else "",
        "venue": words(call, "venue") if mode != Call.Mode.ONLINE else "",
        # The address of the meeting is for those who take part.
        "online": call.webinar_url if row.state == A.ACCEPTED and mode != Call.Mode.ON_SITE else "",
        "option": english.get(row.option, row.option) if is_english else row.option,
        "confirm_by": format_deadline(row.confirm_by, lang, year=True)
        if row.state == A.OFFERED and row.confirm_by
        else "",
        "result_on": format_date(call.result_on, lang, year=True) if call.result_on else "",
        "owed": (", " if is_english else "、").join(words(each.rule, "title") for each in owed),
    }


def _lacks(used: Collection[str]) -> Q:
    """Applications that have nothing for one of these fields. What the call itself lacks is everybody's."""
    conditions = {
        "option": Q(option=""),
        "confirm_by": ~Q(state=A.OFFERED) | Q(confirm_by__isnull=True),
        "online": ~Q(state=A.ACCEPTED) | Q(call__webinar_url="") | Q(call__webinar_status=Call.Mode.ON_SITE),
        "venue": Q(call__venue="") | Q(call__webinar_status=Call.Mode.ONLINE),
        "date": Q(call__starts_on__isnull=True),
        "result_on": Q(call__result_on__isnull=True),
        "owed": Q(owes=False),
    }
    # An empty Q is false: then nobody lacks anything.
    return reduce(or_, [conditions[key] for key in used if key in conditions], Q())


def _owed(rows: Sequence[Application]) -> dict[UUID, list[Obligation]]:
    found: dict[UUID, list[Obligation]] = {}
    open_ones = Obligation.objects.filter(
        participation__application__in=[row.pk for row in rows], participation__state=Participation.State.ACTIVE,
        done_at__isnull=True, waived_at__isnull=True,
    ).select_related("rule", "participation").order_by("rule__ordinal", "id")  # fmt: skip
    for each in open_ones:
        found.setdefault(each.participation.application_id, []).append(each)  # type: ignore[arg-type]
    return found


def _unsubscribed() -> Any:
    return Unsubscription.objects.filter(person=OuterRef("person"), council=OuterRef("council"))
