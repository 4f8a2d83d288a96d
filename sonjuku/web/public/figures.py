"""What a council has achieved, in numbers: what was reported and what this site counted, never mixed."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.programmes.models import ProgrammeYear
from sonjuku.toolbox.dates import fiscal_year_label, format_date
from sonjuku.web.public.bilingual import language, titled

# Below this a number could point at a person.
FEWEST = 5
MOST_REPORTED = 2


def figures(council: Council, day: date) -> list[dict[str, Any]]:
    """Cards of {value, label, note, is_demo}: reported applications by year, then what was counted here on this day."""
    return [*_reported(council), *_counted(council, day)]


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


def _counted(council: Council, day: date) -> list[dict[str, Any]]:
    completed = Participation.objects.filter(council=council, state=Participation.State.COMPLETED).count()
    public = Award.objects.filter(council=council, visibility=Award.Visibility.PUBLIC).count()
    on = format_date(day, language(), year=True)
    counted = [
        (completed, _("修了した人"), _("%(day)s現在。このサイトで数えました。") % {"day": on}),
        (public, _("公開中のバッジ"), _("%(day)s現在。本人が公開を選んだものだけです。") % {"day": on}),
    ]
    return [
        {"value": shown(number), "label": label, "note": note, "is_demo": council.is_demo}
        for number, label, note in counted
        if number
    ]
