"""Quarters are released by the tick, once each, also by two workers at once."""

import datetime as dt

import pytest

from sonjuku.flows import releasing, ticking
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.talent.models import Gain, Release, ReleasedFigure
from sonjuku.rooms.talent.tests.conftest import HAGI
from tests.races import at_once


def test_the_tick_releases_what_is_due_once(council, other_council, hold, skills, places, at):
    hold(6, HAGI, skills[:1], issued_at=dt.datetime(2026, 2, 3, tzinfo=dt.UTC))
    report = ticking.tick(at)
    assert report.counts["released"] == 4
    quarters = Release.objects.filter(council=council).values_list("quarter_on", flat=True)
    assert [q.isoformat() for q in quarters] == ["2026-07-01", "2026-04-01", "2026-01-01"]
    assert ticking.tick(at).counts["released"] == 0
    assert Entry.objects.filter(verb="release.created").count() == 4
    first = Release.objects.get(council=council, quarter_on=dt.date(2026, 1, 1))
    assert first.cells.get(skill=skills[0], area_group=None, lg_code=HAGI).number == 6
    assert ReleasedFigure.objects.filter(release__council=other_council).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_release_once(council, hold, skills, places, system):
    hold(6, HAGI, skills[:1])

    found = at_once(lambda _tick: [row.pk for row in releasing.release_due(by=system)], range(4))
    assert Release.objects.count() == 1
    assert {pk for keys in found for pk in keys} == {Release.objects.get().pk}
    assert Gain.objects.count() == 6
