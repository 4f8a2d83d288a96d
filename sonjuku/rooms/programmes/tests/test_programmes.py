import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes import actions, queries, rules
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.refusals import Refused

ROLES = [
    ("津山市", "地域課題・ニーズの集約、地域内調整、フィールドの提供"),
    ("津山商工会議所", "地域企業の課題・ニーズの集約・提言、地域企業との橋渡し"),
    ("西日本電信電話株式会社", "事業全体の企画・調整、IT環境整備"),
    ("アデコ株式会社", "人材育成及び雇用創出支援"),
    ("AKKODiSコンサルティング株式会社", "デジタル人材の育成・提供、地域DX推進・伴走支援、伴走型課題解決"),
    (
        "株式会社IRODORI",
        "官民連携を通じた地域課題解決の仕組みの構築及び市民対話ツール「Local Dialogue」の提供",
    ),
    ("株式会社スカラパートナーズ", "ワーケーションの企画・運営"),
]


@pytest.fixture
def agreement(council: Any, secretariat: Any) -> Any:
    agreement = actions.create_agreement(
        by=secretariat,
        council=council,
        slug="workation",
        title="連携協定",
        signed_on=dt.date(2023, 5, 22),
        starts_on=dt.date(2023, 5, 22),
        ends_on=dt.date(2026, 3, 31),
        ends_provisionally=True,
    )
    for ordinal, (name, role_text) in enumerate(ROLES, 1):
        body = Body.objects.create(council=council, type="company", name=name)
        covers = ["DX", "伴走支援"] if ordinal == 5 else []
        actions.set_party(
            by=secretariat,
            agreement=agreement,
            ordinal=ordinal,
            body=body,
            role_text=role_text,
            covers=covers,
        )
    return agreement


@pytest.mark.parametrize(
    ("topic", "ordinals"),
    [
        ("need: 人材育成", [4, 5]),
        ("ニーズ：人材の育成", [4, 5]),
        ("市民対話", [6]),
        ("うちの会社のDXを手伝ってほしい", [5]),
        ("ワーケーション", [7]),
        ("雇用創出", [4]),
        ("宇宙開発", []),
        ("", []),
    ],
)
def test_a_request_reaches_the_parties_whose_role_covers_it(
    agreement: Any, topic: str, ordinals: Any
) -> None:
    assert [party.ordinal for party in queries.parties_for(agreement, topic)] == ordinals


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (dt.date(2023, 5, 21), "future"),
        (dt.date(2023, 5, 22), "active"),
        (dt.date(2025, 12, 30), "active"),
        (dt.date(2025, 12, 31), "ending"),
        (dt.date(2026, 3, 31), "ending"),
        (dt.date(2026, 4, 1), "ended"),
        (dt.date(2026, 11, 20), "ended"),
    ],
)
def test_an_agreements_state_is_computed_on_a_day(agreement: Any, day: Any, status: str) -> None:
    assert agreement.status_on(day) == status


def test_alerts_come_ninety_and_thirty_days_before_unless_it_is_renewed(
    agreement: Any, council: Any, secretariat: Any
) -> None:
    def levels(day: dt.date) -> list[tuple[int, int]]:
        return [(alert.level, alert.days_left) for alert in queries.alerts(council, day)]

    assert levels(dt.date(2025, 12, 30)) == []
    assert levels(dt.date(2025, 12, 31)) == [(90, 90)]
    assert levels(dt.date(2026, 3, 1)) == [(30, 30)]
    assert levels(dt.date(2026, 4, 1)) == []
    renewal = actions.create_agreement(
        by=secretariat,
        council=council,
        slug="workation-2",
        title="連携協定（更新）",
        signed_on=dt.date(2026, 3, 1),
        starts_on=dt.date(2026, 4, 1),
        renews=agreement,
    )
    assert levels(dt.date(2026, 3, 1)) == []
    assert queries.renewal_of(agreement, dt.date(2026, 11, 20)) == renewal
    assert queries.renewal_of(agreement, dt.date(2026, 3, 31)) is None


@pytest.fixture
def lines(council: Any, secretariat: Any) -> Any:
    Audience.objects.create(code="citizen", title="市民", title_en="Citizens")
    return [
        actions.create_line(by=secretariat, council=council, slug=f"line-{n}", ordinal=n, title=f"事業{n}")
        for n in range(1, 5)
    ]


def test_the_lines_counts_sum_to_the_total(lines: Any, council: Any, secretariat: Any) -> None:
    for n, line in enumerate([lines[0], lines[2], lines[2]]):
        programme = actions.create_programme(
            by=secretariat, line=line, slug=f"p-{n}", title=f"活動{n}", audiences=["citizen"]
        )
        actions.set_year(by=secretariat, programme=programme, fiscal_year=2026)
        actions.set_year(by=secretariat, programme=programme, fiscal_year=2025 - n)
    report = queries.line_report(council, 2026)
    assert [count for _line, count in report.lines] == [1, 0, 2, 0]
    assert sum(count for _line, count in report.lines) == report.total
    assert queries.line_report(council, 2025).total == 1
    assert queries.line_report(council).total == 3


def test_a_provisional_name_is_shown_and_renaming_keeps_the_slug(lines: Any, secretariat: Any) -> None:
    line = actions.change_line(
        by=secretariat, line=lines[2], title="萩IT松下村塾", title_en="Hagi IT Academy", is_provisional=True
    )
    assert rules.title_of(line) == "萩IT松下村塾（仮称）"
    assert rules.title_of(line, "en") == "Hagi IT Academy (provisional)"
    actions.change_line(by=secretariat, line=line, title="IT人材育成事業", is_provisional=False)
    line.refresh_from_db()
    assert (rules.title_of(line), line.slug) == ("IT人材育成事業", "line-3")
    with pytest.raises(ValueError, match="slug_is_fixed"):
        actions.change_line(by=secretariat, line=line, slug="new")


def test_a_programme_names_at_least_one_audience(lines: Any, secretariat: Any) -> None:
    with pytest.raises(Refused, match="no_audience"):
        actions.create_programme(by=secretariat, line=lines[0], slug="p", title="活動", audiences=[])


def test_the_lineage_survives_a_rename_with_its_yearly_figures(lines: Any, secretariat: Any) -> None:
    old = actions.create_programme(
        by=secretariat, line=lines[0], slug="old", title="生涯学習プログラム", audiences=["citizen"]
    )
    new = actions.create_programme(
        by=secretariat,
        line=lines[0],
        slug="new",
        title="デジタルアカデミア",
        audiences=["citizen"],
        predecessor=old,
    )
    actions.set_year(by=secretariat, programme=new, fiscal_year=2020, reported_applications=338)
    actions.change_programme(by=secretariat, programme=new, title="西海デジタルアカデミア")
    assert queries.lineage(new) == [new, old]
    assert new.years.get(fiscal_year=2020).reported_applications == 338


@pytest.mark.parametrize(
    ("lg_code", "outside", "region"),
    [
        ("332038", False, "other"),
        ("330001", True, "other"),
        ("131041", True, "capital"),
        ("271004", True, "kansai"),
        ("", None, "other"),
        ("332039", None, "other"),
    ],
)
def test_the_municipality_decides_who_is_from_outside(lg_code: str, outside: Any, region: str) -> None:
    assert rules.out_of_area(lg_code, ["332038"]) is outside
    assert rules.region_of(lg_code) == region


def test_staff_of_another_council_write_nothing(secretariat: Any, other_council: Any) -> None:
    with pytest.raises(Refused, match="other_council"):
        actions.create_line(by=secretariat, council=other_council, slug="x", ordinal=1, title="x")
