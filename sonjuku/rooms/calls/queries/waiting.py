"""Places in line, counted in one way for every page, letter and telephone."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from sonjuku.rooms.calls.models import Application, Call, SeatPool

A = Application.State


class Waiting(NamedTuple):
    """A place in line for one option, from 1: how many who wait for it now stand before, in the published order, plus one.

    Whoever was offered a place, left or has one elsewhere in the run waits no longer, so the number falls as time goes by.
    A held seat that comes free goes first to whoever it is held for, wherever they stand.
    """

    option: str
    option_en: str
    place: int


def waiting_places(application: Application) -> list[Waiting]:
    """Its places in line now, in the order of its wishes; [] when it does not wait."""
    if application.state != A.WAITLISTED or application.rank is None:
        return []
    line = _line(application.call).filter(rank__lt=application.rank)
    mine = _options(application.wishes, application.option)
    if application.call.selection == Call.Selection.RANKED:
        ahead = Counter(option for row in line.iterator() for option in _options(*row))
    else:
        ahead = Counter({mine[0]: line.filter(option=mine[0]).count()})
    return _told(mine, ahead, _english(application.call_id))


def waiting_places_in(calls: Iterable[Call]) -> dict[UUID, list[Waiting]]:
    """`waiting_places` of everybody who waits for these calls, in one read each."""
    found = {}
    for call in calls:
        english, ahead = _english(call.pk), Counter[str]()
        for key, wishes, option in _line(call).order_by("rank").values_list("id", "wishes", "option"):
            mine = _options(wishes, option)
            found[key] = _told(mine, ahead, english)
            ahead.update(mine)
    return found


def _line(call: Call) -> Any:
    rows = Application.objects.filter(call_id=call.pk, state=A.WAITLISTED, rank__isnull=False)
    return rows.values_list("wishes", "option")


def _options(wishes: list[str], option: str) -> list[str]:
    return wishes or [option]


def _told(mine: list[str], ahead: Counter[str], english: dict[str, str]) -> list[Waiting]:
    return [Waiting(option, english.get(option) or option, ahead[option] + 1) for option in mine]


def _english(call_id: UUID) -> dict[str, str]:
    return dict(SeatPool.objects.filter(call_id=call_id).values_list("option", "option_en"))
