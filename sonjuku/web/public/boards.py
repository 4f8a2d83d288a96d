"""Calls as cards: their order on a board, what narrows it, the line that says for whom they are."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, DateTimeField, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.web.public.bilingual import joined
from sonjuku.web.templatetags.sonjuku_ui import tr

S = Call.State
LIVE = (S.OPEN, S.ANNOUNCED)
PAST = (S.CLOSED, S.DECIDED, S.FINISHED)
# What the state filter offers: several states under one word of the public.
PHASES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "open": (_("受付中"), (S.OPEN,)),
    "soon": (_("これから受付"), (S.ANNOUNCED,)),
    "past": (_("受付を終えたもの"), PAST),
}


def board(actor: Actor, council: Council | None = None) -> QuerySet[Call]:
    """What this reader may see: open calls by deadline, then announced ones, then the past, newest first.

    Every row has `phase` (0 open, 1 announced, 2 past), `capacity` and `seats_left`.
    """
    rows = calls.with_seats(calls.calls_visible_to(actor))
    if council is not None:
        rows = rows.filter(council=council)
    return (
        rows.annotate(
            phase=Case(
                When(state=S.OPEN, then=Value(0)),
                When(state=S.ANNOUNCED, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            turn=Case(
                When(state=S.OPEN, then=F("closes_at")),
                When(state=S.ANNOUNCED, then=F("opens_at")),
                default=Value(None),
                output_field=DateTimeField(),
            ),
        )
        .order_by(
            "phase",
            F("turn").asc(nulls_last=True),
            F("starts_on").desc(nulls_last=True),
            "-closes_at",
            "code",
        )
        .prefetch_related("audiences")
    )


def with_audience(rows: Iterable[Call]) -> list[Call]:
    """The rows as the card part wants them: with `audience_line`."""
    cards = list(rows)
    for call in cards:
        call.audience_line = joined(tr(a, "title") for a in call.audiences.all())  # type: ignore[attr-defined]
    return cards


def narrowed(rows: QuerySet[Call], chosen: QueryDict) -> QuerySet[Call]:
    """The rows that fit `kind`, `mode`, `state`, `audience` and `series` of the address; unknown values narrow nothing."""
    if (kind := chosen.get("kind")) in Call.Kind.values:
        rows = rows.filter(kind=kind)
    if (mode := chosen.get("mode")) in Call.Mode.values:
        rows = rows.filter(webinar_status=mode)
    if (phase := chosen.get("state")) in PHASES:
        rows = rows.filter(state__in=PHASES[phase][1])
    if series := chosen.get("series", "")[:80]:
        rows = rows.filter(series=series)
    if audiences := vocabulary.audience_with_children(chosen.get("audience", "")[:30]):
        through = Call.audiences.through.objects.filter(call_id=OuterRef("pk"), audience_id__in=audiences)
        rows = rows.filter(Exists(through))
    return rows


def filters(chosen: QueryDict) -> list[dict[str, Any]]:
    """The select boxes of the filter bar: name, label, and choices of (value, label, is chosen)."""
    audiences = [(a.code, tr(a, "title")) for a in vocabulary.audiences()]
    boxes: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("state", _("受付の状況"), [(key, label) for key, (label, _states) in PHASES.items()]),
        ("kind", _("種類"), list(Call.Kind.choices)),
        ("audience", _("対象"), audiences),
        ("mode", _("開催方法"), list(Call.Mode.choices)),
    ]
    return [
        {
            "name": name,
            "label": label,
            "choices": [(value, words, value == chosen.get(name)) for value, words in choices],
        }
        for name, label, choices in boxes
    ]
