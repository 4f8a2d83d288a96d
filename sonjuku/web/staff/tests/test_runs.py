"""The pages of a selection run: what each says at each step, what stays sealed, what one press does and a second does not."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.journal.models import Actor, Entry
from tests import drawing

pytestmark = pytest.mark.django_db


def at(name: str, run: SelectionRun, *more: str) -> str:
    return reverse(f"staff:{name}", args=["hagi", run.code, *more])


def text_of(response: Any) -> str:
    """Headings may break between phrases."""
    return str(response.content.decode()).replace("<wbr>", "")


def shown(client: Client, name: str, run: SelectionRun, *more: str, **query: Any) -> str:
    response = client.get(at(name, run, *more), query)
    assert response.status_code == 200
    return text_of(response)


def fresh(run: SelectionRun) -> SelectionRun:
    return SelectionRun.objects.get(pk=run.pk)


@pytest.fixture
def call(running: Any, now: dt.datetime) -> Call:
    """One lottery with two places whose closing time has passed."""
    made: Call = running(
        state=Call.State.CLOSED,
        closes_at=now - dt.timedelta(hours=1),
        capacity=2,
        title="冬の講座",
        check_days=0,
    )
    return made


@pytest.fixture
def run(call: Call) -> SelectionRun:
    return drawing.run_of(call)


@pytest.fixture
def three(call: Call, apply_to: Any) -> list[Application]:
    """Three people of different names, phones and addresses."""
    return [
        apply_to(
            call,
            {
                "family_name_kana": f"ミホン{number}",
                "phone": f"083800000{number}",
                "address": f"江向{number}",
            },
        )
        for number in range(3)
    ]


@pytest.fixture
def second(council: Any, make_staff: Any, log_in: Any) -> Client:
    """Another account of the secretariat."""
    return log_in(make_staff(council, "second@example.jp", "secretariat"))


@pytest.fixture
def frozen(acting: Actor, run: SelectionRun, three: list[Application]) -> SelectionRun:
    return drawing.freeze(acting, run)


@pytest.fixture
def drawn(acting: Actor, frozen: SelectionRun) -> SelectionRun:
    return drawing.draw(acting, frozen, "38421.17")


def test_a_draw_from_the_freeze_to_the_announcement(
    desk: Client, second: Client, run: SelectionRun, three: list[Application]
) -> None:
    assert "一覧を固定する" in shown(desk, "run", run)
    assert desk.post(at("run_action", run, "draw")).status_code == 302
    assert fresh(run).state == "prepared"

    shown(desk, "run_action", run, "freeze")
    assert fresh(run).state == "prepared", "a look at the question does nothing"
    desk.post(at("run_action", run, "freeze"))
    held = fresh(run)
    assert held.state == "frozen"
    page = shown(desk, "run", run)
    assert all(held.list_hash[place : place + 8] in page for place in range(0, 64, 8))
    assert "数の入力へ進む" in page

    desk.post(at("run_seed", run), {"value": "38421.17"})
    assert "もう一人の入力を待っています" in shown(desk, "run", run)
    other = shown(second, "run_seed", run)
    assert "一人が入力しました" in other
    assert "38421.17" not in other, "the second person reads it for themselves"
    second.post(at("run_seed", run), {"value": "38421.71"})
    assert "二人が入力した数が違います" in shown(desk, "run_seed", run)
    desk.post(at("run_action", run, "draw"))
    assert fresh(run).state == "frozen"
    second.post(at("run_seed", run), {"value": "38421.17"})
    assert "二人の数がそろいました" in shown(desk, "run_seed", run)

    desk.post(at("run_action", run, "draw"))
    once = fresh(run)
    assert once.state == "drawn"
    again = desk.post(at("run_action", run, "draw"), follow=True)
    assert "もう済んでいます" in text_of(again)
    assert fresh(run).drawn_at == once.drawn_at
    page = shown(desk, "run", run)
    assert "発表前" in page
    assert "検査：問題なし" in page
    assert {row.state for row in Application.objects.all()} == {"submitted"}

    desk.post(at("run_action", run, "announce"))
    assert sorted(Application.objects.values_list("state", flat=True)) == ["offered", "offered", "waitlisted"]
    page = shown(desk, "run", run)
    assert "発表前" not in page
    assert "次にすること" not in page


def test_body_staff_may_run_their_own_selection(
    council: Any, make_staff: Any, log_in: Any, run: SelectionRun, three: list[Application]
) -> None:
    host = log_in(make_staff(council, "host@example.jp", "body_staff"))
    assert host.post(at("run_action", run, "freeze")).status_code == 302
    assert fresh(run).state == "frozen"


@pytest.mark.parametrize(
    "name",
    [
        "run",
        "run_seed",
        "run_witnesses",
        "run_doubles",
        "run_notice",
        "run_record",
        "run_screen",
        "run_phone",
    ],
)
def test_pages_are_the_same_secret_for_other_councils_and_reviewers_and_write_nothing(
    council: Any,
    other_council: Any,
    make_staff: Any,
    log_in: Any,
    desk: Client,
    drawn: SelectionRun,
    name: str,
) -> None:
    before = Entry.objects.count()
    shown(desk, name, drawn)
    assert Entry.objects.count() == before
    stranger = log_in(make_staff(other_council, "stranger@example.jp", "secretariat"))
    assert stranger.get(at(name, drawn)).status_code == 404
    elsewhere = reverse(f"staff:{name}", args=["aomori", drawn.code])
    assert stranger.get(elsewhere).status_code == 404
    reviewer = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    assert reviewer.get(at(name, drawn)).status_code == 404


def test_the_selection_address_of_a_draw_leads_to_its_run(
    desk: Client, call: Call, run: SelectionRun
) -> None:
    response = desk.get(reverse("staff:selection", args=["hagi", call.code]))
    assert response["Location"] == at("run", run)


def test_a_rehearsal_shows_numbers_and_writes_nothing(
    desk: Client, run: SelectionRun, three: list[Application]
) -> None:
    page = shown(desk, "run", run, rehearse=1)
    assert "試し抽選の結果" in page
    assert fresh(run).seed == ""
    assert not Application.objects.exclude(verdict="").exists()


def test_a_wrong_number_is_refused_beside_what_was_typed(desk: Client, frozen: SelectionRun) -> None:
    response = desk.post(at("run_seed", frozen), {"value": "３８４２１"})
    assert response.status_code == 422
    assert "半角" in text_of(response)
    assert not frozen.typed_numbers.exists()


def test_a_beacon_must_be_the_json_of_the_named_round(desk: Client, frozen: SelectionRun) -> None:
    SelectionRun.objects.filter(pk=frozen.pk).update(seed_kind="drand", drand_round=123)
    for text, words in (
        ("not json", "乱数の形ではありません"),
        ('{"round": 123}', "乱数の形ではありません"),
        ('{"round": 124, "signature": "aa", "randomness": "bb"}', "第 123 ラウンドの乱数ではありません"),
        ('{"round": 123, "signature": "aa", "randomness": "bb"}', "署名が正しくありません"),
    ):
        response = desk.post(at("run_seed", frozen), {"beacon": text})
        assert response.status_code == 422
        assert words in text_of(response)
    assert fresh(frozen).beacon is None


def test_witnesses_are_kept_and_stand_on_the_papers(desk: Client, frozen: SelectionRun) -> None:
    rows = {"row-TOTAL_FORMS": 2, "row-INITIAL_FORMS": 0, "row-0-name": "立会 花子", "row-0-affiliation": "市民代表", "row-1-name": ""}  # fmt: skip
    desk.post(at("run_witnesses", frozen), rows)
    assert list(frozen.witnesses.values_list("name", "affiliation")) == [("立会 花子", "市民代表")]
    for name in ("run_notice", "run_record", "run_screen"):
        assert "立会 花子" in shown(desk, name, frozen)


# Doubles


@pytest.fixture
def alike(call: Call, apply_to: Any) -> list[Application]:
    """A family of three at one telephone."""
    return [
        apply_to(
            call, {"family_name_kana": f"カゾク{number}", "phone": "0838-00-0000", "address": f"土原{number}"}
        )
        for number in range(3)
    ]


def test_one_pair_is_settled_by_one_press(desk: Client, run: SelectionRun, alike: list[Application]) -> None:
    page = shown(desk, "run_doubles", run)
    assert page.count("未確認") == 3
    first, second, third = alike
    pair = {"first": first.pk, "second": second.pk}
    desk.post(at("run_doubles", run), {**pair, "different": 1})
    assert not run.double_checks.get().is_same_person
    desk.post(at("run_doubles", run), {"first": first.pk, "second": third.pk, "keep": first.pk})
    third.refresh_from_db()
    assert (third.verdict, third.ineligible_reasons) == ("ineligible", ["double"])
    assert Application.objects.get(pk=first.pk).verdict == ""


def test_the_rest_are_different_people_after_a_question(
    desk: Client, run: SelectionRun, alike: list[Application]
) -> None:
    assert "一覧を固定する" not in shown(desk, "run", run).split("次にすること")[1].split("手順")[0]
    asked = shown(desk, "run_doubles", run, all=1)
    assert "すべて別の人として記録しますか" in asked
    assert not run.double_checks.exists()
    desk.post(at("run_doubles", run), {"all": 1})
    assert run.double_checks.filter(is_same_person=False).count() == 3
    assert "未確認" not in shown(desk, "run_doubles", run)


def test_a_forged_pair_is_not_found(desk: Client, run: SelectionRun, three: list[Application]) -> None:
    pair = {"first": three[0].pk, "second": three[1].pk, "different": 1}
    assert desk.post(at("run_doubles", run), pair).status_code == 404
    assert desk.post(at("run_doubles", run), {"first": "x", "second": ""}).status_code == 404
    assert not run.double_checks.exists()


# What went wrong


def test_a_void_run_goes_on_as_another_with_a_reason_in_public(desk: Client, drawn: SelectionRun) -> None:
    given = {"reason": "一覧に誤りがありました", "seed_kind": "number", "seed_source": "12月24日の公開の数"}
    missing = desk.post(at("run_action", drawn, "void"), {**given, "reason": ""})
    assert missing.status_code == 422
    same = desk.post(at("run_action", drawn, "void"), {**given, "seed_source": drawn.seed_source})
    assert same.status_code == 422
    assert fresh(drawn).state == "drawn"
    desk.post(at("run_action", drawn, "void"), given)
    again = SelectionRun.objects.get(corrects=drawn)
    assert fresh(drawn).state == "voided"
    page = shown(desk, "run", drawn)
    assert "一覧に誤りがありました" in page
    assert at("run", again) in page
    assert "発表前" not in page


def test_a_correction_stays_on_the_page(desk: Client, drawn: SelectionRun) -> None:
    desk.post(at("run_action", drawn, "correct"), {"reason": "日付の書き誤り", "reason_en": "A wrong date"})
    assert drawn.corrections.get().reason_en == "A wrong date"
    assert "日付の書き誤り" in shown(desk, "run", drawn)


# Paper, screen, telephone


def test_the_notice_prints_the_hash_in_groups_and_no_name(desk: Client, frozen: SelectionRun) -> None:
    page = shown(desk, "run_notice", frozen)
    assert "".join(f"<span>{frozen.list_hash[p : p + 8]}</span>" for p in range(0, 64, 8)) in page
    assert "3 件" in page
    assert "見本" not in page


def test_screen_and_record_show_codes_in_order_and_no_name(
    desk: Client, drawn: SelectionRun, three: list[Application]
) -> None:
    order = drawn.order.split()
    for name in ("run_screen", "run_record"):
        page = shown(desk, name, drawn)
        assert sorted(order, key=page.index) == order
        assert "見本" not in page
        assert "38421.17" in page
    assert "抽選に加わった 3、席を得た 2、待つ 1" in shown(desk, "run_record", drawn)
    before = shown(desk, "run_screen", drawn)
    assert drawn.seed in before


def test_before_the_draw_the_screen_shows_the_list_only(desk: Client, frozen: SelectionRun) -> None:
    page = shown(desk, "run_screen", frozen)
    assert "これから、公表された数で抽選します" in page
    assert 'id="order"' not in page


def test_the_telephone_says_nothing_before_the_announcement(
    desk: Client, drawn: SelectionRun, three: list[Application]
) -> None:
    before = Entry.objects.count()
    for response in (
        desk.get(at("run_phone", drawn)),
        desk.post(at("run_phone", drawn), {"code": three[0].code}),
    ):
        page = text_of(response)
        assert "それまでは、お答えできません" in page
        assert three[0].code not in page
        assert "抽選番号は" not in page
    assert Entry.objects.count() == before


def test_the_telephone_reads_the_result_and_the_look_is_journaled(
    desk: Client, acting: Actor, drawn: SelectionRun, three: list[Application]
) -> None:
    actions.announce(by=acting, run=drawn)
    one = Application.objects.get(state="waitlisted")
    code = one.run_code or one.code
    wide = code.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"}).lower()
    page = desk.post(at("run_phone", drawn), {"code": f" {wide} "}).content.decode()
    assert "抽選番号は3番のうち" in page
    assert "The lottery number is" in page
    assert "いま、補欠の1番目です" in page
    assert "見本" not in page
    look = Entry.objects.get(verb="application.viewed", subject_id=one.pk)
    assert look.for_person_id == one.person_id
    sheet = desk.post(at("run_phone", drawn), {"code": code, "sheet": 1}).content.decode()
    assert "応対した人" in sheet
    assert (
        "この選考にはありません" in desk.post(at("run_phone", drawn), {"code": "0000-0000"}).content.decode()
    )
