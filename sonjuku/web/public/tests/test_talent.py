"""The talent map, its files, the results: what they show, and what an attacker with all of them can find."""

import datetime as dt
import json
import re
from html.parser import HTMLParser
from itertools import product

import pytest
from django.urls import reverse
from django.utils import timezone

from sonjuku.engines import suppression
from sonjuku.rooms.talent import actions
from sonjuku.rooms.talent.models import ReportedTotal
from sonjuku.rooms.talent.rules import COUNCIL, OUTSIDE, Area, Place, applicant_figures, skill_cells
from sonjuku.rooms.talent.tests.conftest import ABU, HAGI, NAGATO, QUARTER

pytestmark = pytest.mark.django_db
SMALL = {1, 2, 3, 4}
NEXT = dt.date(2026, 10, 1)
IN_NEXT = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
SKILLS = ("s-0", "s-1")
HOMES = (HAGI, "131130", ABU, NAGATO)


def get(client, name, query="", english=False):
    path = reverse(f"public:{name}", args=["hagi"])
    return client.get(("/en" if english else "") + path + query)


@pytest.fixture
def release(council, system, places):
    def make(quarter_on=QUARTER):
        by = system.now(dt.datetime(2027, 1, 5, tzinfo=dt.UTC))
        return actions.release(by=by, council=council, quarter_on=quarter_on)

    return make


def test_the_map_shows_numbers_from_five_and_says_what_it_counts(client, release, hold, skills):
    hold(12, HAGI, skills[:1])
    hold(3, ABU, skills[:1])
    hold(4, NAGATO, skills[:1])
    release()
    words = get(client, "map").content.decode()
    assert "2026年7〜9月" in words
    assert "スキル0" in words
    assert re.search(r'shade-2" data-label="萩市">12<', words)
    assert re.search(r'shade-1" data-label="北浦">7<', words)
    assert "本人が公開に同意した証明だけ" in words
    inside = get(client, "map", "?group=north").content.decode()
    assert inside.count("非公表</span>") == 2
    assert "阿武町" in inside
    english = get(client, "map", english=True).content.decode()
    assert "Hagi City" in english
    assert "Jul–Sep 2026" in english


def test_an_empty_map_says_when_it_fills(client, council):
    words = get(client, "map").content.decode()
    assert "まだ出せる数がありません" in words
    assert get(client, "results").status_code == 200


@pytest.mark.parametrize(
    "query", ["?quarter=x", "?quarter=2020-01-01&group=nowhere", "?period=fyx", "?group=%00"]
)
def test_an_address_that_means_nothing_shows_the_newest(client, release, hold, skills, query):
    hold(6, HAGI, skills[:1])
    release()
    assert "2026年7〜9月" in get(client, "map", query).content.decode()
    assert "2026年7〜9月" in get(client, "results", query).content.decode()


def test_files_say_what_the_page_says(client, release, hold, skills):
    hold(6, HAGI, skills[:1])
    hold(2, ABU, skills[:1])
    release()
    csv = get(client, "map_csv")
    assert csv["Content-Type"].startswith("text/csv")
    lines = csv.content.decode("utf-8-sig").split("\r\n")
    assert f"2026-07-01,s-0,スキル0,,{HAGI},6,0,0" in lines
    assert f"2026-07-01,s-0,スキル0,北浦,{ABU},,0,1" in lines
    data = json.loads(get(client, "map_json").content)
    cells = {(c["area"], c["lg_code"]): (c["number"], c["at_least"]) for c in data["cells"]}
    assert cells["", HAGI] == (6, False)
    assert cells["north", ABU] == (None, False)
    # Elsewhere and the group together hide two: the total would say so.
    assert cells["", ""] == (6, True)


def test_growth_is_told_from_published_numbers(client, release, hold, skills):
    hold(6, HAGI, skills[:1])
    release()
    hold(12, HAGI, skills[:1], issued_at=IN_NEXT)
    release(NEXT)
    words = get(client, "map").content.decode()
    assert "最近伸びているスキル" in words
    assert "6人から12人" in words
    assert "最近伸びているスキル" not in get(client, "map", "?quarter=2026-07-01").content.decode()
    assert ">18<" in get(client, "map", "?quarter=all").content.decode()


def test_reported_totals_stand_beside_and_are_not_added(client, council, release, hold, skills):
    hold(6, HAGI, skills[:1])
    release()
    ReportedTotal.objects.create(
        council=council, lg_code=ABU, skill=skills[0], quarter_on=QUARTER, number=50, source="阿武町の報告"
    )
    words = get(client, "map").content.decode()
    assert "阿武町の報告" in words
    assert "報告値" in words
    assert ">56<" not in words


def test_results_show_people_and_applications(client, release, applied, council, make_call, places):
    first = applied(6, HAGI)
    applied(5, "131130")
    applied(0, HAGI, to=make_call(council), people=[row.person for row in first])
    release()
    words = get(client, "results").content.decode()
    assert "<b>11</b><span>申し込んだ人（実人数）</span>" in words
    assert "<b>17</b><span>申込み（延べ）</span>" in words
    assert "2026年9月30日" in words
    assert get(client, "results", "?period=fy2026").status_code == 200


@pytest.mark.parametrize("name", ["map", "results"])
def test_more_rows_take_no_more_statements(
    client, release, hold, applied, skills, name, django_assert_max_num_queries, council
):
    hold(6, HAGI, skills[:1])
    applied(6, HAGI)
    release()
    get(client, name)
    with django_assert_max_num_queries(10) as one:
        get(client, name)
    hold(6, ABU, skills[1:2], issued_at=IN_NEXT)
    hold(12, NAGATO, skills[:1], issued_at=IN_NEXT)
    release(NEXT)
    with django_assert_max_num_queries(10) as three:
        get(client, name)
    # Notes on growth need the quarter before.
    assert len(three) <= len(one) + 1


# The attacker


class Table(HTMLParser):
    """The numbers of the heat table by skill and column, as a reader sees them."""

    def __init__(self, html):
        super().__init__()
        self.rows, self._row, self._label, self._text = {}, None, None, ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "th" and attrs.get("class") == "lead-cell":
            self._label = "skill"
        elif tag == "td":
            self._label = attrs.get("data-label")
        if tag in ("th", "td"):
            self._text = ""

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        if tag == "th" and self._label == "skill":
            self._row = self._text.strip()
        elif tag == "td" and self._row and self._label:
            self.rows[self._row, self._label] = number(self._text)
        if tag in ("th", "td"):
            self._label = None


def number(text):
    """(number or None, is at least)."""
    digits = re.search(r"[\d,]+", text)
    return (int(digits[0].replace(",", "")), "以上" in text) if digits else (None, False)


def everything(client, quarters):
    """All that the site publishes, as one set of facts by quarter, skill and place; a fact that two sources tell
    differently fails."""
    facts = {}

    def tell(key, value):
        assert facts.setdefault(key, value) == value, key

    for cell in json.loads(get(client, "map_json").content)["cells"]:
        key = cell["quarter_on"], cell["skill"], (bool(cell["area"]), cell["lg_code"])
        tell(key, (cell["number"], cell["at_least"]))
    for line in get(client, "map_csv").content.decode("utf-8-sig").split("\r\n")[1:-1]:
        day, skill, _title, area, code, count, least, hidden = line.split(",")
        tell((day, skill, (bool(area), code)), (int(count) if count else None, least == "1"))
        assert (hidden == "1") == (not count)
    names = {
        "全体": (False, ""), "萩市": (False, HAGI), "域外・不明": (False, OUTSIDE), "北浦": (True, ""),
        "阿武町": (True, ABU), "長門市": (True, NAGATO),
    }  # fmt: skip
    for quarter in quarters:
        for group in ("", "&group=north"):
            html = get(client, "map", f"?quarter={quarter}{group}").content.decode()
            for (skill, column), value in Table(html).rows.items():
                if column in names and not (group and column == "全体"):
                    tell((str(quarter), f"s-{skill[-1]}", names[column]), value)
    return facts


AREA = Area((("north", (ABU, NAGATO)),), (HAGI,))


def seen_as(cells):
    return {
        (bool(place.group), place.lg_code): (cell.number, cell.is_at_least) for place, cell in cells.items()
    }


def people_of(tables):
    """Made-up people for tables by set of skills."""
    return {
        (tuple(skills), home, n): (frozenset(skills), home)
        for skills, table in tables.items()
        for home, count in zip(HOMES, table, strict=True)
        for n in range(count)
    }


def published_of(tables, skill):
    cells, _holders = skill_cells(AREA, people_of(tables))
    return seen_as({place: cell for (one, place), cell in cells.items() if one == skill})


def attack(facts, quarter, top=5):
    """Every pair of tables (a alone, a with b) that the published facts allow, to somebody who knows the code; returns
    the sums of cells that are one small number in all of them."""
    rows = {
        skill: {key[2]: v for key, v in facts.items() if key[:2] == (str(quarter), skill)} for skill in SKILLS
    }
    every = list(product(range(top + 1), repeat=len(HOMES)))
    both = [t for t in every if published_of({("s-0", "s-1"): t}, "s-1") == rows["s-1"]]
    alone = [t for t in every if published_of({("s-0",): t, ("s-0", "s-1"): both[0]}, "s-0") == rows["s-0"]]
    assert both
    assert alone
    found = []
    for tables in (both, alone):
        for chosen in product((0, 1), repeat=len(HOMES)):
            sums = {sum(n for n, is_in in zip(t, chosen, strict=True) if is_in) for t in tables}
            if len(sums) == 1 and sums <= SMALL:
                found.append((chosen, sums))
    return found


WORLDS = [
    ((5, 0, 3, 1), (2, 1, 0, 0)), ((0, 2, 4, 4), (5, 5, 1, 5)), ((1, 1, 1, 2), (3, 0, 3, 3)),
    ((4, 0, 5, 1), (0, 4, 2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("both", "alone"), WORLDS)
def test_an_attacker_with_every_page_and_file_pins_no_small_number(
    client, release, hold, skills, both, alone
):
    for when, order in ((None, 1), (IN_NEXT, -1)):
        for home, n, m in zip(HOMES, both[::order], alone[::order], strict=True):
            issued = {"issued_at": when} if when else {}
            hold(n, home, skills[:2], **issued)
            hold(m, home, skills[:1], **issued)
        release(NEXT if when else QUARTER)
    facts = everything(client, [QUARTER, NEXT])
    assert attack(facts, QUARTER) == attack(facts, NEXT) == []


def test_without_complementary_suppression_the_same_attacker_succeeds(
    client, release, hold, skills, monkeypatch
):
    monkeypatch.setattr(suppression, "may_show_sum", lambda shape, rest: True)
    for home, n, m in zip(HOMES, *WORLDS[0], strict=True):
        hold(n, home, skills[:2])
        hold(m, home, skills[:1])
    release()
    assert attack(everything(client, [QUARTER]), QUARTER)


@pytest.mark.parametrize("world", [(5, 3, 1, 2, 1), (0, 5, 4, 4, 3), (6, 2, 2, 2, 0), (3, 1, 0, 0, 2)])
def test_an_attacker_pins_no_small_number_of_applicants(client, release, applied, council, make_call, world):
    rows = [row for home, n in zip(HOMES, world, strict=False) for row in applied(n, home)]
    for _ in range(world[4]):
        applied(0, HAGI, to=make_call(council), people=[rows[0].person])
    release()
    html = get(client, "results").content.decode()
    total = number(re.search(r"<b>([^<]+)</b><span>申込み（延べ）", html)[1])
    cells = dict(
        re.findall(r'<th scope="row">([^<]+)(?:<small.*?</small>)?</th><td class="n">(.*?)</td>', html)
    )
    # What the towns of the group show stands in small print; zero and hidden are left out alike.
    towns = {name: int(n) for name, n in re.findall(r"(阿武町|長門市) (\d+)", html)}
    told = (total, number(re.search(r"<b>([^<]+)</b><span>申し込んだ人", html)[1]), *(
        number(cells[name]) for name in ("萩市", "域外・不明", "北浦")
    ), towns)  # fmt: skip
    tables = [t for t in product(range(7), repeat=5) if shown_results(t) == told]
    assert world in tables
    for chosen in product((0, 1), repeat=5):
        sums = {sum(n for n, is_in in zip(t, chosen, strict=True) if is_in) for t in tables}
        assert len(sums) > 1 or not sums & SMALL


RESULTS = {}


def shown_results(table):
    """What the page would say of this table, kept: 16,807 of them are asked for again and again."""
    if table not in RESULTS:
        people = {
            (home, n): (1, home) for home, count in zip(HOMES, table, strict=False) for n in range(count)
        }
        if people:
            first = next(iter(people))
            people[first] = (1 + table[4], first[0])
        elif table[4]:
            return RESULTS.setdefault(table, None)
        total, cells = applicant_figures(AREA, people)
        parts = (COUNCIL, Place(None, HAGI), Place(None, OUTSIDE), Place("north", ""))
        towns = {n: cells[Place("north", c)].number for n, c in (("阿武町", ABU), ("長門市", NAGATO))}
        RESULTS[table] = (
            tuple(total), *(tuple(cells[place]) for place in parts), {n: v for n, v in towns.items() if v}
        )  # fmt: skip
    return RESULTS[table]


def test_nothing_changes_from_day_to_day(client, release, hold, applied, skills, council):
    hold(6, HAGI, skills[:1])
    applied(6, HAGI)
    release()
    before = {
        name: get(client, name).content for name in ("map", "map_csv", "map_json", "results", "council")
    }
    hold(1, HAGI, skills[:1])
    applied(1, HAGI, at=timezone.now())
    after = {name: get(client, name).content for name in before}
    assert before == after
