"""What a council has achieved, in numbers: what was reported and what this site counted, never mixed."""

from typing import Any

from django.utils.translation import gettext as _

from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes.models import ProgrammeYear
from sonjuku.rooms.talent import queries as talent
from sonjuku.rooms.talent.models import ReleasedFigure
from sonjuku.rooms.talent.rules import next_quarter, total_of
from sonjuku.toolbox.dates import ONE_DAY, fiscal_year_label, format_date
from sonjuku.web.public.bilingual import language, reader, titled
from sonjuku.web.public.talent_map import cell

M = ReleasedFigure.Measure

# Below this a number could point at a person.
FEWEST = 5
MOST_REPORTED = 2


def figures(council: Council) -> list[dict[str, Any]]:
    """Cards of {value, label, note, is_demo}: reported applications by year, then what was counted here."""
    return [*_reported(council), *_counted(council)]


def shown(number: int) -> str:
    """`5未満` for a small number that is not nought."""
    return _("%(fewest)d未満") % {"fewest": FEWEST} if 0 < number < FEWEST else f"{number:,}"


def _reported(council: Council) -> list[dict[str, Any]]:
    rows = ProgrammeYear.objects.filter(council=council, reported_applications__gt=0)
    return [
        {
            "value": shown(row.reported_applications or 0),
            "label": _("%(year)sの応募者") % {"year": fiscal_year_label(row.fiscal_year, language())},
            "name": titled(row.programme),
            "note": _("主催者が報告した人数です。"),
        }
        for row in rows.select_related("programme").order_by("-fiscal_year")[:MOST_REPORTED]
    ]


def _counted(council: Council) -> list[dict[str, Any]]:
    """As of the last finished quarter: what changes from one day to the next would tell of one person."""
    figures = talent.sums([council], (M.COMPLETED, M.HOLDERS))
    completed = figures[council.id, M.COMPLETED]
    if not completed:
        return []
    on = format_date(next_quarter(completed[-1][0]) - ONE_DAY, reader(), year=True)
    holders = total_of(number for _day, _place, number in figures[council.id, M.HOLDERS])
    counted = [
        (completed[-1][2], _("修了した人"), _("%(day)sまで。このサイトで数えました。") % {"day": on}),
        (holders, _("証明の公開に同意した人"), _("%(day)sまで。人材マップに出した数です。") % {"day": on}),
    ]
    return [
        {"value": cell(number)["text"], "label": label, "note": note, "is_demo": council.is_demo}
        for number, label, note in counted
        if number.number
    ]
