"""Shared reads about lines of work, programmes and agreements."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes.models import Agreement, BusinessLine, Party, Programme
from sonjuku.rooms.programmes.rules import LONGEST_ALERT, alert_level, covers_topic


@dataclass(frozen=True, slots=True)
class LineReport:
    """How many programmes each line of work has, and how many there are in all (counted apart, not summed)."""

    lines: list[tuple[BusinessLine, int]]
    total: int


@dataclass(frozen=True, slots=True)
class Alert:
    agreement: Agreement
    level: int
    days_left: int


def lines(council: Council) -> QuerySet[BusinessLine]:
    return BusinessLine.objects.filter(council=council)


def programmes(council: Council) -> QuerySet[Programme]:
    return (
        Programme.objects.filter(council=council)
        .select_related("business_line", "predecessor")
        .prefetch_related("audiences", "years__contractor")
    )


def lineage(programme: Programme) -> list[Programme]:
    """The programme and its predecessors, newest first; a circle ends where it closes."""
    chain: list[Programme] = []
    current: Programme | None = programme
    while current is not None and current not in chain:
        chain.append(current)
        current = current.predecessor
    return chain


def line_report(council: Council, fiscal_year: int | None = None) -> LineReport:
    """Programmes per line of work: those that ran in the fiscal year, or all."""
    counted = Programme.objects.filter(council=council)
    if fiscal_year is None:
        rows = lines(council).annotate(count=Count("programmes"))
    else:
        counted = counted.filter(years__fiscal_year=fiscal_year)
        in_year = Q(programmes__years__fiscal_year=fiscal_year)
        rows = lines(council).annotate(count=Count("programmes", filter=in_year))
    # A grouped query drops the model's own ordering.
    return LineReport(lines=[(line, line.count) for line in rows.order_by("ordinal")], total=counted.count())


def agreements(council: Council) -> QuerySet[Agreement]:
    return Agreement.objects.filter(council=council).prefetch_related("parties__body", "matters")


def agreement(council: Council, slug: str) -> Agreement | None:
    return agreements(council).filter(slug=slug).select_related("renews").first()


def parties_for(agreement: Agreement, topic: str) -> list[Party]:
    """The parties whose role takes a request typed in plain words, in the order of their numbers."""
    parties = agreement.parties.select_related("body")
    return [party for party in parties if covers_topic(topic, party.role_text, party.covers)]


def renewal_of(agreement: Agreement, day: date) -> Agreement | None:
    """The agreement that carries this one on, if it is in force on that day."""
    in_force = {Agreement.Status.ACTIVE, Agreement.Status.ENDING}
    return next((row for row in agreement.renewals.all() if row.status_on(day) in in_force), None)


def undecided(council: Council | None = None) -> QuerySet[Agreement]:
    """Agreements with an end and nothing recorded about what follows, soonest first; of all councils without one."""
    rows = Agreement.objects.filter(ends_on__isnull=False, renewals__isnull=True, lapses_on_purpose=False)
    rows = rows.filter(council=council) if council else rows.select_related("council")
    return rows.order_by("ends_on", "slug")


def alerts(council: Council | None, day: date) -> list[Alert]:
    """Those whose end has come within one of their lead times (`alert_days`), soonest first."""
    found = []
    for row in undecided(council).filter(ends_on__gte=day, ends_on__lte=day + timedelta(days=LONGEST_ALERT)):
        level = alert_level(row.ends_on, day, row.alert_days)
        if level is not None and row.ends_on is not None:
            found.append(Alert(agreement=row, level=level, days_left=(row.ends_on - day).days))
    return found


def ended(council: Council, day: date) -> QuerySet[Agreement]:
    """Those that are past their end and nobody has recorded what follows."""
    return undecided(council).filter(ends_on__lt=day)
