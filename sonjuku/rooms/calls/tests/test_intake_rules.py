"""Columns and cells of a sheet: no database."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.calls.rules import cells
from sonjuku.rooms.calls.rules.cells import FAULTS, CellFault
from sonjuku.rooms.calls.rules.columns import doubled, header_hash, missing, propose
from sonjuku.rooms.calls.rules.intake import Sheet, read_row, same_person
from sonjuku.rooms.forms.models import Question
from sonjuku.toolbox.text import search_text

AT = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)


def question(key, kind="text", **fields):
    return Question(key=key, ordinal=1, kind=kind, title=fields.pop("title", key), **fields)


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("タイムスタンプ", "received_at"), ("受付日時", "received_at"), ("申込日時", "received_at"), ("Timestamp", "received_at"),
        ("氏名", "full_name"), ("お名前（必須）", "full_name"), ("ご氏名 *", "full_name"), ("姓", "family_name"), ("名", "given_name"),
        ("氏名（姓）", "family_name"), ("氏名（フリガナ）", "full_name_kana"), ("ふりがな", "full_name_kana"),
        ("セイ", "family_name_kana"), ("姓（カナ）", "family_name_kana"), ("メイ", "given_name_kana"),
        ("ﾒｰﾙｱﾄﾞﾚｽ", "email"), ("E-mail", "email"), ("メールアドレス（確認用）", ""), ("生年月日", "date_of_birth"),
        ("ご住所", "address"), ("郵便番号", "postal_code"), ("電話番号", "phone"), ("学校名", "school"), ("続柄", "guardian_relation"),
        ("保護者氏名", "guardian_name"), ("保護者の電話番号", "guardian_phone"), ("保護者フリガナ", ""), ("備考", ""), ("", ""),
        ("第1希望", "wish_1"), ("第２希望（任意）", "wish_2"), ("希望するコース [第三希望]", "wish_3"), ("第十志望", "wish_10"),
        ("2nd choice", "wish_2"), ("Wish 3", "wish_3"), ("第11希望", ""), ("第1希望の理由", ""), ("この募集の希望の順", "wish_rank"),
        ("希望順位", "wish_rank"), ("Family name (kana)", "family_name_kana"), ("School stage", "school_stage"),
        ("対象者の区分", "audience"),
    ],
)  # fmt: skip
def test_a_heading_tells_its_target(heading, target):
    assert propose([heading], []) == ({"0": target} if target else {})


def test_the_municipality_beside_a_whole_address_is_not_put_behind_it():
    assert propose(["住所", "市区町村"], []) == {"0": "address"}
    assert propose(["都道府県", "市区町村", "番地"], []) == {"0": "address", "1": "address", "2": "address"}


def test_questions_come_before_the_words_of_the_house_and_no_target_twice():
    asked = [question("tel", title="連絡先の電話番号"), question("cv", "file", title="履歴書")]
    header = ["連絡先の電話番号", "電話番号", "携帯電話", "都道府県", "市区町村", "履歴書"]
    assert propose(header, asked) == {"0": "q:tel", "1": "phone", "3": "address", "4": "address"}


def test_a_name_must_be_there_and_only_once():
    assert missing({"0": "full_name"}) == ["full_name_kana"]
    assert missing({"0": "family_name", "1": "given_name", "2": "full_name_kana"}) == []
    assert doubled({"0": "full_name", "1": "family_name", "2": "phone", "3": "phone"}) == [
        "full_name",
        "phone",
    ]
    assert doubled({"0": "address", "1": "address"}) == []
    assert header_hash(["氏名（必須）", "ＴＥＬ"]) == header_hash(["氏名", "tel"])


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2024/04/01 9:05:33", "2024-04-01T00:05:33+00:00"), ("2024/04/01 午前 9:05:33 GMT+9", "2024-04-01T00:05:33+00:00"),
        ("2024/04/01 9:05", "2024-04-01T00:05:00+00:00"), ("2024-04-01T00:05:00Z", "2024-04-01T00:05:00+00:00"),
        ("2024-04-01T09:05:00+09:00", "2024-04-01T00:05:00+00:00"), ("2024-04-01 21:00:00", "2024-04-01T12:00:00+00:00"),
        ("2024/04/01 午後 1:02:03", "2024-04-01T04:02:03+00:00"), ("令和6年4月1日 13時30分", "2024-04-01T04:30:00+00:00"),
        ("2024/4/1", "2024-03-31T15:00:00+00:00"), ("R6.4.1", "2024-03-31T15:00:00+00:00"), ("２０２４／４／１　９：０５", "2024-04-01T00:05:00+00:00"),
    ],
)  # fmt: skip
def test_moments_as_form_tools_write_them(text, clock):
    assert cells.instant(text) == dt.datetime.fromisoformat(clock)


@pytest.mark.parametrize(
    "text", ["昨日", "2024/13/1 9:00", "2024/4/1 25:00", "9:05", "2024/04/01 9:05:61", "4/1"]
)
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(CellFault):
        cells.instant(text)


def test_cells_are_read_as_offices_write_them():
    assert cells.split_name("見本　太郎") == ("見本", "太郎")
    assert cells.split_name("Anna Maria Rossi") == ("Anna", "Maria Rossi")
    assert cells.kana("ﾐﾎﾝ たろう") == "ミホン タロウ"
    assert [
        cells.birth(text).isoformat() for text in ("S60.4.1", "昭和60年4月1日", "１９８５年４月１日")
    ] == ["1985-04-01"] * 3
    assert cells.phone("0838ー25ー0000") == "0838-25-0000"
    assert (cells.phone("9012345678"), cells.postal_code("600000")) == ("09012345678", "060-0000")
    assert cells.postal_code("〒７５８－００４１") == "758-0041"
    assert (cells.area_in("山口県萩市大字江向510"), cells.area_in("萩市江向"), cells.area_in("江向")) == (
        "352047",
        "352047",
        "",
    )
    assert cells.area_in("府中市宮西町") == ""  # there are two
    assert [cells.school_stage(t) for t in ("高校2年", "社会人", "大学生", "中学校")] == [
        "high",
        "none",
        "college",
        "junior_high",
    ]
    assert cells.several("A、B, 市内; C", ["A", "B, 市内", "C"]) == ["B, 市内", "A", "C"]


HEAD = [
    "full_name",
    "full_name_kana",
    "date_of_birth",
    "email",
    "received_at",
    "guardian_name",
    "guardian_relation",
]
GOOD = ["見本 太郎", "みほん たろう", "1990-05-05", "taro@example.jp", "2026/11/18 9:00", "", ""]


def sheet(mapping=HEAD, **fields):
    call = Call(opens_at=AT - dt.timedelta(days=5), closes_at=AT + dt.timedelta(days=5))
    return Sheet(call=call, at=AT, mapping=mapping, **fields)


def faults(values, **fields):
    return [(fault.column, fault.code) for fault in read_row(sheet(**fields), values).faults]


def test_a_good_row_is_a_profile():
    reading = read_row(sheet(), GOOD)
    assert reading.faults == []
    assert {name: reading.person[name] for name in ("family_name", "given_name_kana", "date_of_birth", "school_stage")} == {
        "family_name": "見本", "given_name_kana": "タロウ", "date_of_birth": dt.date(1990, 5, 5), "school_stage": "none",
    }  # fmt: skip
    assert reading.received_at == dt.datetime(2026, 11, 18, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        (0, "見本太郎", "not_split"), (0, "", "missing"), (0, "見\ufffd 太郎", "broken"), (1, "見本 太郎", "kana"), (1, "", "missing"),
        (2, "むかし", "date"), (2, "1850-01-01", "birth"), (2, "2027-01-01", "birth"), (3, "taro@", "email"), (4, "昨日", "instant"),
        (4, "2026/11/20 12:00:01", "in_future"), (4, "2026/11/1 9:00", "not_in_time"), (0, "あ" * 61 + " 太郎", "too_long"),
    ],
)  # fmt: skip
def test_each_wrong_cell_is_told_by_its_column(column, cell, code):
    values = [cell if number == column else value for number, value in enumerate(GOOD)]
    assert (column, code) in faults(values)


def test_several_wrong_cells_are_told_at_once():
    assert faults(["", "見本", "x", "y", "z", "", ""]) == [
        (0, "missing"),
        (1, "kana"),
        (3, "email"),
        (2, "date"),
        (4, "instant"),
    ]


def test_a_minor_needs_a_guardian():
    young = [*GOOD[:2], "2009-06-01", *GOOD[3:]]
    assert faults(young) == [(5, "guardian"), (6, "guardian")]
    assert faults([*young[:5], "見本 母", "母"]) == []
    reading = read_row(sheet(), [*young[:5], "見本 母", "母"])
    assert (reading.needs_guardian, reading.guardian["name"]) == (True, "見本 母")


def test_the_deadline_is_half_open():
    late = (AT + dt.timedelta(days=5)).astimezone(dt.timezone(dt.timedelta(hours=9)))
    early = late - dt.timedelta(seconds=1)
    later = {"at": AT + dt.timedelta(days=9)}

    def told(moment):
        made = sheet()
        made = Sheet(call=made.call, mapping=HEAD, **later)
        return [
            f.code for f in read_row(made, [*GOOD[:4], moment.strftime("%Y/%m/%d %H:%M:%S"), "", ""]).faults
        ]

    assert (told(early), told(late)) == ([], ["not_in_time"])


def test_answers_are_taken_by_the_words_of_their_options():
    options = [
        {"value": "a", "title": "経験あり", "title_en": "Yes"},
        {"value": "b", "title": "ない, まったく"},
    ]
    asked = [
        question("one", "single", options=options, required=True), question("many", "multiple", options=options),
        question("yes", "consent", required=True), question("home", "address"), question("age", "number", maximum=99),
    ]  # fmt: skip
    mapping = [*HEAD[:2], "q:one", "q:many", "q:yes", "q:home", "q:age"]
    values = [
        *GOOD[:2],
        "経験あり",
        "ない, まったく, 経験あり",
        "同意します",
        "〒758-0041 萩市江向510",
        "１２",
    ]
    reading = read_row(sheet(mapping, questions=asked), values)
    assert reading.faults == []
    assert reading.answers == {
        "one": "a", "many": ["a", "b"], "yes": True, "age": 12,
        "home": {"postal_code": "758-0041", "area": "萩市江向", "street": "510"},
    }  # fmt: skip
    wrong = [*GOOD[:2], "たぶん", "", "いいえ", "", "120"]
    assert [(f.column, f.code) for f in read_row(sheet(mapping, questions=asked), wrong).faults] == [
        (2, "answer"), (4, "answer"), (6, "answer"),
    ]  # fmt: skip


def test_a_question_without_column_is_told_by_its_title():
    [fault] = read_row(sheet(HEAD, questions=[question("why", title="動機", required=True)]), GOOD).faults
    assert (fault.column, fault.code) == (None, "answer")
    assert "動機" in str(fault.message)


def test_the_option_is_the_row_s_or_the_whole_file_s():
    options = {search_text("会場"): "会場", search_text("オンライン"): "オンライン"}
    mapping = [*HEAD[:2], "option"]

    def read(cell, **fields):
        reading = read_row(sheet(mapping, options=options, **fields), [*GOOD[:2], cell])
        return reading.option, [fault.code for fault in reading.faults]

    assert read("ｵﾝﾗｲﾝ") == ("オンライン", [])
    assert (read(""), read("屋上")) == (("", ["missing"]), ("", ["option"]))
    assert read("", default_option="会場") == ("会場", [])
    assert read("オンライン", default_option="会場") == ("オンライン", [])
    assert read("", default_option="屋上") == ("", ["missing"])


def test_letters_of_an_office_s_own_fonts_are_told_as_broken():
    assert faults(["見\ue000 太郎", *GOOD[1:]]) == [(0, "broken")]


def test_one_person_is_known_by_reading_and_one_more_thing():
    born = dt.date(1990, 5, 5)
    one = same_person(
        family_kana="ミホン", given_kana="タロウ", date_of_birth=born, phone="", email="a@example.jp"
    )
    same = same_person(
        family_kana="みほん", given_kana="ﾀﾛｳ", date_of_birth=None, phone="", email="A@example.jp"
    )
    sister = same_person(
        family_kana="ミホン", given_kana="ハナコ", date_of_birth=born, phone="", email="a@example.jp"
    )
    assert one & same
    assert not one & sister
    assert (
        same_person(family_kana="ミホン", given_kana="タロウ", date_of_birth=None, phone="", email="")
        == set()
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(max_size=60) | st.sampled_from(["2024/4/1", "ミホン", "0", "○"]), min_size=9, max_size=9)
)
def test_no_cell_breaks_the_reading(values):
    asked = [question("n", "number"), question("d", "date")]
    reading = read_row(sheet([*HEAD, "q:n", "q:d"], questions=asked), values)
    assert all(fault.code in {*FAULTS, "answer"} for fault in reading.faults)
    if not reading.faults:
        assert reading.person["family_name"]
        assert reading.person["given_name_kana"]
