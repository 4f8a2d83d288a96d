"""Importing the five councils of the sources, and files with faults."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sonjuku.flows.importing import ImportProblems, import_council
from sonjuku.flows.importing.reading import read
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council, Membership
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.programmes import rules as programme_rules
from sonjuku.rooms.vocabulary.actions import load_vocabulary
from sonjuku.toolbox.dates import wareki

TODAY = dt.date(2026, 11, 20)
DEMO = Path(settings.BASE_DIR) / "demo"


@pytest.fixture
def vocabulary(system: Any, db: Any) -> None:
    load_vocabulary(by=system)


@pytest.fixture
def load(vocabulary: Any, system: Any) -> Any:
    return lambda slug: import_council(DEMO / f"{slug}.yaml", by=system, today=TODAY, demo=True)


def test_hagi_has_fifteen_members_of_seven_types(load: Any) -> None:
    council = load("hagi").council
    assert len(people.members_on(council, TODAY)) == 15
    assert set(people.body_types_on(council, TODAY)) == {
        "municipality",
        "board_of_education",
        "chamber_of_commerce",
        "society_of_commerce",
        "high_school",
        "university",
        "company",
    }
    schools = [
        row.body.establishment for row in people.members_on(council, TODAY) if row.body.type == "high_school"
    ]
    assert sorted(schools) == ["県立", "県立", "私立"]
    assert people.members_on(council, dt.date(2020, 4, 29)) == []


def test_hagi_was_founded_on_a_thursday(load: Any) -> None:
    council = load("hagi").council
    assert council.founded_on == dt.date(2020, 4, 30)
    assert wareki(council.founded_on) == "令和2年4月30日(木)"


def test_hagis_four_lines_hold_every_programme(load: Any) -> None:
    council = load("hagi").council
    for year in (2020, 2026, None):
        report = programmes.line_report(council, year)
        assert len(report.lines) == 4
        assert sum(count for _line, count in report.lines) == report.total > 0
    training = programmes.lines(council).get(slug="training")
    assert programme_rules.title_of(training).endswith("（仮称）")


def test_tsuyama_has_seven_parties_with_their_roles_and_has_ended(load: Any) -> None:
    council = load("tsuyama").council
    agreement = programmes.agreement(council, "workation-2023")
    parties = list(agreement.parties.all())
    assert [party.ordinal for party in parties] == [1, 2, 3, 4, 5, 6, 7]
    assert all(party.representative_name and party.representative_title for party in parties)
    assert {party.representative_on for party in parties} == {dt.date(2023, 5, 22)}
    ntt = parties[2].body
    assert (ntt.name, ntt.branch) == ("西日本電信電話株式会社", "岡山支店")
    assert [party.ordinal for party in programmes.parties_for(agreement, "need: 人材育成")] == [4, 5]
    assert agreement.status_on(TODAY) == "ended"
    assert programmes.renewal_of(agreement, TODAY) is None
    assert agreement.ends_provisionally


def test_the_roles_stand_word_for_word_as_in_the_release(load: Any) -> None:
    agreement = programmes.agreement(load("tsuyama").council, "workation-2023")
    assert [party.role_text for party in agreement.parties.all()] == [
        "地域課題・ニーズの集約、地域内調整、フィールドの提供",
        "地域企業の課題・ニーズの集約・提言、地域企業との橋渡し",
        "事業全体の企画・調整、IT環境整備",
        "人材育成及び雇用創出支援",
        "デジタル人材の育成・提供、地域DX推進・伴走支援、伴走型課題解決",
        "官民連携を通じた地域課題解決の仕組みの構築及び市民対話ツール「Local Dialogue」の提供",
        "ワーケーションの企画・運営",
    ]


def test_a_prefecture_stands_over_its_municipality(load: Any) -> None:
    prefecture = load("hokkaido").council
    municipality = load("kitami").council
    assert list(people.children_of(prefecture)) == [municipality]
    restricted = Call.objects.get(council=prefecture, is_restricted=True)
    assert restricted.restriction_reason
    assert restricted.restriction_approver
    review = Call.objects.get(council=prefecture, selection="review")
    assert review.criteria.count() == 4
    assert review.min_reviewers == 2


def test_aomoris_past_is_finished_and_its_next_event_closes_the_day_before(load: Any) -> None:
    council = load("aomori").council
    past = Call.objects.filter(council=council, series="#交流しようぜ2024")
    # One event a place: Misawa and Hirosaki, written together in the source, are two.
    assert past.count() == 6
    assert set(past.values_list("state", flat=True)) == {"finished"}
    ueno = past.get(code="koryu-2024-ueno")
    assert ueno.closes_at == dt.datetime(2024, 11, 1, 15, 0, tzinfo=dt.UTC)
    live = Call.objects.get(council=council, code="koryu-tokyo")
    assert live.starts_on == dt.date(2026, 11, 28)
    assert live.closes_at == dt.datetime(2026, 11, 27, 15, 0, tzinfo=dt.UTC)


def test_saikai_keeps_its_lineage_and_its_reported_figure(load: Any) -> None:
    council = load("saikai").council
    academia = programmes.programmes(council).get(slug="academia")
    before = programmes.lineage(academia)[1]
    assert [year.fiscal_year for year in before.years.order_by("fiscal_year")] == [2016, 2017, 2018, 2019]
    assert academia.years.get(fiscal_year=2020).reported_applications == 338
    assert Call.objects.get(council=council, code="academia-2020").historic_applications == 338


@pytest.mark.parametrize("slug", ["hagi", "hokkaido", "tsuyama", "aomori", "saikai"])
def test_each_council_has_live_calls_of_both_kinds_marked_as_demo(load: Any, slug: str) -> None:
    council = load(slug).council
    assert council.is_demo
    live = Call.objects.filter(council=council, state="open")
    assert len(live) >= 2
    assert all(call.is_demo for call in live)
    assert not Call.objects.filter(council=council, state="finished", is_demo=True).exists()
    assert live.filter(selection="first_come").exists()
    assert live.filter(selection__in=["lottery", "review"]).exists()
    assert all(call.title_en for call in Call.objects.filter(council=council))


def test_hagis_calls_show_every_kind_the_sources_name(load: Any) -> None:
    council = load("hagi").council
    course = Call.objects.get(council=council, code="it-passport-winter")
    questions = Question.objects.filter(version=course.form_version)
    assert course.form_version.frozen_at is not None
    assert questions.filter(kind="file").exists()
    assert questions.filter(show_if_question__isnull=False).count() == 2
    assert course.closes_at == dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC)
    assert sum(pool.capacity for pool in course.seat_pools.all()) == 40
    assert course.achievements.get().skills.exists()
    laptop = Call.objects.get(council=council, code="laptop-winter")
    assert laptop.state == "announced"
    booth = Call.objects.get(council=council, code="programming-booth").booth
    assert booth.host_body.name == "萩商工会議所"
    assert booth.slots.count() == 4
    symposium = Call.objects.get(council=council, code="symposium")
    assert symposium.occasions.get().speakers.count() == 3


def test_a_second_run_makes_nothing_and_changes_nothing(load: Any) -> None:
    load("hagi")
    models = (Body, Membership, Call, Question)
    before = [model.objects.count() for model in models]
    report = load("hagi")
    assert not report.created
    assert not report.changed
    assert [model.objects.count() for model in models] == before


MINIMAL: dict[str, Any] = {
    "council": {"slug": "mihon", "title": "見本協議会", "lg_code": "352047"},
    "bodies": [{"key": "city", "type": "municipality", "name": "見本市", "member_from": "2020-04-30"}],
    "lines": [{"slug": "learn", "title": "学び"}],
    "programmes": [{"slug": "juku", "line": "learn", "title": "塾", "audiences": ["citizen"]}],
    "calls": [
        {
            "code": "one",
            "programme": "juku",
            "kind": "course",
            "title": "講座",
            "summary": "はじめの説明",
            "opens_at": "-1d",
            "closes_at": "+5d",
        }
    ],
}


def test_texts_are_brought_up_to_date_and_terms_of_a_standing_call_are_not(
    vocabulary: Any, system: Any
) -> None:
    import_council(MINIMAL, by=system, today=TODAY)
    again = {
        **MINIMAL,
        "council": {**MINIMAL["council"], "title": "新しい名前の協議会"},
        "calls": [{**MINIMAL["calls"][0], "summary": "新しい説明", "closes_at": "+50d"}],
    }
    report = import_council(again, by=system, today=TODAY)
    assert dict(report.changed) == {"council": 1, "calls": 1}
    call = Call.objects.get(code="one")
    assert call.summary == "新しい説明"
    assert call.closes_at == dt.datetime(2026, 11, 25, 15, 0, tzinfo=dt.UTC)
    assert Council.objects.get().title == "新しい名前の協議会"
    assert not Council.objects.get().is_demo


def test_classes_of_a_draw_come_in_their_order(vocabulary: Any, system: Any) -> None:
    classes = [
        {"kind": "residence_in", "values": ["352047"], "title": "市内の方", "title_en": "Residents"},
        {"kind": "score", "minimum": 80, "title": "点が高い方"},
        {"kind": "first_time", "title": "初めての方"},
    ]
    draw = {**MINIMAL["calls"][0], "selection": "lottery", "classes": classes}
    import_council({**MINIMAL, "calls": [draw]}, by=system, today=TODAY)
    rules = Call.objects.get(code="one").priority_rules
    assert list(rules.values_list("kind", "title", "minimum")) == [
        ("residence_in", "市内の方", None), ("score", "点が高い方", 80), ("first_time", "初めての方", None),
    ]  # fmt: skip
    wrong = {**draw, "classes": [{"kind": "credential", "title": "証明"}]}
    with pytest.raises(ImportProblems):
        import_council({**MINIMAL, "calls": [wrong]}, by=system, today=TODAY)


def test_a_dry_run_tells_and_writes_nothing(vocabulary: Any, system: Any) -> None:
    report = import_council(MINIMAL, by=system, today=TODAY, dry_run=True)
    assert report.created["calls"] == 1
    assert not Council.objects.exists()


FAULTY = """\
council:
  slug: mihon
  title: 見本協議会
  lg_code: 352048
bodies:
  - {key: city, type: compny, name: 見本市}
  - {key: city, type: company, name: 見本社}
lines:
  - {slug: learn, title: 学び}
programmes:
  - slug: juku
    line: lern
    title: 塾
    audiences: []
calls:
  - code: one
    programme: juku
    kind: course
    titel: 講座
    opens_at: 2026-11-25
    closes_at: 2026-11-20
    starts_on: 2026-11-21(日)
"""


def test_every_fault_is_told_with_its_line_and_nothing_is_written(
    vocabulary: Any, system: Any, tmp_path: Path
) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    with pytest.raises(ImportProblems) as caught:
        import_council(path, by=system, today=TODAY)
    found = {(problem.line, problem.path) for problem in caught.value.problems}
    assert {
        (4, "council.lg_code"),
        (6, "bodies[1].type"),
        (7, "bodies[2].key"),
        (12, "programmes[1].line"),
        (14, "programmes[1].audiences"),
        (16, "calls[1].title"),
        (16, "calls[1].closes_at"),
        (19, "calls[1].titel"),
        (22, "calls[1].starts_on"),
    } == found
    hints = {problem.path: problem.message for problem in caught.value.problems}
    assert "learn" in hints["programmes[1].line"]
    assert "title" in hints["calls[1].titel"]
    assert not Council.objects.exists()


def test_what_a_room_refuses_undoes_the_whole_file(vocabulary: Any, system: Any) -> None:
    """Opening this call fails: it says neither fee nor venue nor whom to ask."""
    wrong = {**MINIMAL, "calls": [{**MINIMAL["calls"][0], "state": "open"}]}
    with pytest.raises(ImportProblems) as caught:
        import_council(wrong, by=system, today=TODAY)
    assert caught.value.problems[0].path == "calls[1]（one）"
    assert not Council.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "council: [",
        "- a\n- b",
        "council: &x {slug: a}\nbodies: *x",
        "council: {slug: a}\ncouncil: {slug: b}",
        "council: " + "[" * 40 + "]" * 40,
        "council: !!python/object/apply:os.getcwd []",
        "",
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_words(
    vocabulary: Any, system: Any, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportProblems):
        import_council(path, by=system, today=TODAY)
    assert not Council.objects.exists()


def test_a_file_too_large_or_in_another_encoding_is_refused(
    vocabulary: Any, system: Any, tmp_path: Path
) -> None:
    large, other = tmp_path / "large.yaml", tmp_path / "sjis.yaml"
    large.write_bytes(b"#" * (2 * 1024 * 1024 + 1))
    other.write_bytes("council: {title: 見本}".encode("cp932"))
    for path in (large, other):
        with pytest.raises(ImportProblems):
            import_council(path, by=system, today=TODAY)


def test_a_code_keeps_its_leading_zero(vocabulary: Any, system: Any, tmp_path: Path) -> None:
    path = tmp_path / "zero.yaml"
    path.write_text(
        "council: {slug: misawa, title: 見本, lg_code: 022071}\nbodies: [{key: city, type: municipality, name: 三沢市}]\n",
        encoding="utf-8",
    )
    assert import_council(path, by=system, today=TODAY).council.lg_code == "022071"


def test_the_command_tells_the_lines_to_correct_and_brings_its_own_vocabulary(
    db: Any, tmp_path: Path, capsys: Any
) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("import", "council", str(path))
    assert "4行目 council.lg_code" in str(caught.value)
    with pytest.raises(CommandError):
        call_command("import", "council", str(tmp_path / "missing.yaml"))
    assert not Council.objects.exists()
    call_command("import", "council", str(DEMO / "tsuyama.yaml"), "--dry-run")
    assert not Council.objects.exists()
    call_command("import", "council", str(DEMO / "tsuyama.yaml"))
    assert not Council.objects.get(slug="tsuyama").is_demo
    assert "agreements" in capsys.readouterr().out


def test_a_folded_japanese_sentence_has_no_space_in_it(tmp_path):
    path = tmp_path / "folded.yaml"
    path.write_text(
        "a: >-\n  協議会を\n  立ち上げ\n  IT人材と\n  data を\nb: 北海道 協議会\n", encoding="utf-8"
    )
    assert read(path) == {"a": "協議会を立ち上げ IT人材と data を", "b": "北海道 協議会"}
