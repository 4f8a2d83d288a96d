import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Account, Body, Council, Membership, Role
from sonjuku.rooms.programmes.models import BusinessLine
from sonjuku.rooms.vocabulary.models import Audience, Municipality
from sonjuku.web.management import opening

pytestmark = pytest.mark.django_db
ANSWERS = [
    "みほん協議会", "Sample Council", "mihon", "萩市", "令和2年4月30日", "1 萩市", "5 萩商工会議所", "", "企業誘致推進課",
    "萩市企業誘致推進課", "0838-00-0000", "平日8:30〜17:15", "", "藍", "情報発信事業", "人材育成事業", "", "Admin@Example.jp", "はい",
]  # fmt: skip


@pytest.fixture
def answer(monkeypatch: Any) -> Any:
    """Runs the command with these lines typed; returns what it said."""

    def run(lines: list[str], *options: str) -> str:
        typed = iter(lines)

        def type_next(prompt: str = "") -> str:
            try:
                return next(typed)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", type_next)
        out = StringIO()
        call_command("init", *options, stdout=out)
        return out.getvalue()

    return run


def nothing_written() -> bool:
    return not (
        Council.objects.exists()
        or Account.objects.exists()
        or Entry.objects.exists()
        or Audience.objects.exists()
    )


def test_a_council_is_opened_by_answering(answer):
    said = answer(ANSWERS)
    council = Council.objects.get()
    assert (council.slug, council.title, council.lg_code) == ("mihon", "みほん協議会", "352047")
    assert (council.founded_on, council.colour) == (dt.date(2020, 4, 30), "#1f3a68")
    assert (council.contact_phone, council.is_demo) == ("0838-00-0000", False)
    assert list(BusinessLine.objects.values_list("ordinal", "title")) == [
        (1, "情報発信事業"),
        (2, "人材育成事業"),
    ]
    members = Membership.objects.filter(council=council).select_related("body")
    assert [(m.body.name, m.body.type, m.joined_on) for m in members] == [
        ("萩市", "municipality", dt.date(2020, 4, 30)), ("萩商工会議所", "chamber_of_commerce", dt.date(2020, 4, 30)),
    ]  # fmt: skip
    office = Body.objects.get(branch="企業誘致推進課")
    assert office.parent.name == "萩市"
    assert set(Role.objects.values_list("kind", "body__branch", "account__email")) == {
        ("administrator", "企業誘致推進課", "admin@example.jp"), ("secretariat", "企業誘致推進課", "admin@example.jp"),
    }  # fmt: skip
    assert Municipality.objects.filter(lg_code="352047").exists()
    assert Letter.objects.get().to_address == "admin@example.jp"
    for address in ("/c/mihon/", "/c/mihon/desk/", "/accounts/login/code/", "/accounts/2fa/print/"):
        assert f"http://localhost:8000{address}" in said


def test_the_administrator_logs_in_by_code_and_is_led_to_a_second_factor(answer, client):
    answer(ANSWERS)
    client.post("/accounts/login/code/", {"email": "admin@example.jp"})
    code = re.search(r"^ {4}(\S+)$", mail.outbox[0].body, re.M)
    assert code is not None
    client.post("/accounts/login/code/confirm/", {"code": code[1]})
    assert "_auth_user_id" in client.session
    assert "/2fa/" in client.get("/c/mihon/desk/")["Location"]
    assert client.get("/c/mihon/").status_code == 200


@pytest.mark.parametrize("typed", [0, 1, 7, len(ANSWERS) - 1])
def test_an_interrupted_opening_leaves_nothing(answer, typed):
    with pytest.raises(CommandError, match="何も書き込んでいません"):
        answer(ANSWERS[:typed])
    assert nothing_written()


def test_no_at_the_end_leaves_nothing(answer):
    with pytest.raises(CommandError, match="やめました"):
        answer([*ANSWERS[:-1], "いいえ"])
    assert nothing_written()


@pytest.mark.django_db(transaction=True)
def test_a_failure_at_the_last_step_leaves_nothing(answer, monkeypatch):
    def fail(**fields: Any) -> None:
        raise RuntimeError("mail room on fire")

    monkeypatch.setattr("sonjuku.flows.opening.queue", fail)
    with pytest.raises(RuntimeError):
        answer(ANSWERS)
    assert nothing_written()


def test_a_wrong_answer_is_explained_and_asked_again(answer):
    lines = [
        "",
        *ANSWERS[:2],
        "みほん",
        *ANSWERS[2:3],
        "府中市",
        *ANSWERS[3:4],
        "むかし",
        *ANSWERS[4:5],
        "99 団体",
        "みほんの会",
        *ANSWERS[5:-2],
        "admin",
        *ANSWERS[-2:],
    ]
    said = answer(lines)
    for words in (
        "ここは必要です",
        "半角の英小文字",
        "東京都府中市、広島県府中市",
        "日付として読めません",
        "種類の番号、空白",
        "メールアドレスの形",
    ):
        assert words in said
    assert Council.objects.get().lg_code == "352047"


def test_a_slip_is_put_right_at_the_end(answer):
    lines = [*ANSWERS[:-1], "１", "なおした協議会", "6", "萩市", "萩高校", "", "はい"]
    said = answer(lines)
    assert Council.objects.get().title == "なおした協議会"
    bodies = Body.objects.filter(memberships__isnull=False).values_list("name", "type")
    assert set(bodies) == {("萩市", "municipality"), ("萩高校", "high_school")}
    assert said.count("登録する内容") == 3
    assert " 1 協議会の名前: なおした協議会" in said


@pytest.mark.parametrize("said", ["0", "15", "99"])
def test_a_number_of_no_question_ends_it(answer, said):
    with pytest.raises(CommandError, match="やめました"):
        answer([*ANSWERS[:-1], said])
    assert nothing_written()


def test_the_summary_names_the_place(answer):
    assert " 4 どの市町村: 山口県萩市（352047）" in answer(ANSWERS).replace(
        "（または都道府県）の協議会か", ""
    )


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("萩市", "municipality"), ("山口県", "prefecture"), ("萩商工会議所", "chamber_of_commerce"), ("阿武町商工会", "society_of_commerce"),
        ("萩市教育委員会", "board_of_education"), ("山口県立萩高等学校", "high_school"), ("至誠館大学", "university"),
        ("株式会社みほん", "company"), ("みほん有限会社", "company"), ("NPO法人みほん", "npo"), ("みほん 株式会社", "company"),
    ],
)  # fmt: skip
def test_a_telling_name_needs_no_type(name, type):
    assert opening.member(name) == opening.Member(type, name)


def test_a_type_that_is_said_wins():
    assert opening.member("9 道の駅みほん村") == opening.Member("company", "道の駅みほん村")


def test_a_slug_in_use_says_what_to_do(answer, council):
    lines = [*ANSWERS[:2], "hagi", *ANSWERS[2:]]
    assert "このアドレスの協議会は、もうあります。別のアドレスを選んでください" in answer(lines)
    assert set(Council.objects.values_list("slug", flat=True)) == {"hagi", "mihon"}


def test_an_account_that_stands_is_used(answer, make_account):
    standing = make_account("admin@example.jp")
    answer(ANSWERS)
    assert Account.objects.get() == standing


def test_in_english(answer):
    said = answer([*ANSWERS[:-1], "yes"], "--language", "en")
    assert "Name of the council" in said
    assert "First login" in said
    assert Account.objects.get().language == "en"


FILE = """
title: みほん協議会
slug: mihon
municipality: 青森県
members:
  - 1 青森市
  - {type: npo, name: みほんの会}
contact_office: 事務局
contact_phone: 017-000-0000
contact_hours: 平日
administrator: admin@example.jp
"""


def test_from_a_file(answer, tmp_path):
    path = tmp_path / "answers.yaml"
    path.write_text(FILE, encoding="utf-8")
    answer([], "--answers", str(path), "--yes")
    council = Council.objects.get()
    assert (council.lg_code, council.founded_on) == ("020001", None)
    assert [m.body.type for m in Membership.objects.all()] == ["municipality", "npo"]


def test_a_file_is_told_all_that_is_wrong_at_once(answer, tmp_path):
    path = tmp_path / "answers.yaml"
    path.write_text(
        FILE.replace("slug: mihon", "slug: X").replace("admin@example.jp", "admin") + "farbe: rot\n"
    )
    with pytest.raises(CommandError) as error:
        answer([], "--answers", str(path), "--yes")
    assert [line.split(":")[0] for line in str(error.value).splitlines()] == [
        "farbe", "slug", "administrator", "何も書き込んでいません。",
    ]  # fmt: skip
    assert nothing_written()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("萩市", "352047"),
        ("山口県萩市", "352047"),
        ("阿武町", "355020"),
        ("山口県阿武郡阿武町", "355020"),
        ("札幌市", "011002"),
        ("青森県", "020001"),
        ("352047", "352047"),
    ],
)
def test_places_by_name(name, code):
    assert opening.municipality(name) == code


@pytest.mark.parametrize(
    ("answer", "said"), [("萩町", "見つかりません"), ("", "見つかりません"), ("府中市", "都道府県から")]
)
def test_places_that_are_none(answer, said):
    with pytest.raises(opening.Unclear, match=said):
        opening.municipality(answer)


@pytest.mark.parametrize("answer", ["#ffffff", "黄", "red", "#12"])
def test_colours_that_are_not_taken(answer):
    with pytest.raises(opening.Unclear):
        opening.colour(answer)


def test_every_named_colour_is_dark_enough():
    assert [opening.colour(name) for name in opening.COLOURS] == list(opening.COLOURS.values())
