"""What leaves as a file: only what the actor may see, nothing that runs, and a trace for every person in it."""

from decimal import Decimal

import pytest
from django.db.models import JSONField, Value

from sonjuku.flows import exporting
from sonjuku.flows.tests.exporting.reading import PURPOSE, keys, made, refused, sheet, table, wall
from sonjuku.rooms.calls.models import Application, CallBody, Export
from sonjuku.rooms.forms.models import Answer, FormVersion, Question
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people.models import Body

HOSTILE = [
    "=1+1",
    "+81 90",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "　=1",
    "\u200b=1",
    "\ufeff=1",
]


def test_the_chosen_columns_in_their_order(call, applied, secretariat):
    applied(person={"family_name": "見本", "given_name": "花子", "phone": "0838-00-0000"})
    file = made(secretariat, call, ["phone", "family_name", "q.why", "q.card", "received_at", "out_of_area"])
    assert table(file) == [
        ["姓", "電話番号", "受付日時", "域内・域外", "理由", "学生証"],
        ["見本", "0838-00-0000", "2026-11-19 12:00", "域内", "学びたい", "学生証.png"],
    ]
    assert file.name == "萩グローバルIT人材育成協議会_ITパスポート講座_申込者_20261120.csv"


def test_drafts_and_other_calls_stay_inside(call, applied, secretariat, make_call, council, make_person):
    row = applied()
    applied(state="draft")
    other = make_call(council)
    Application.objects.create(council=council, call=other, person=make_person(council), state="submitted")
    assert table(made(secretariat, call, ["code"])) == [["受付番号"], [row.code]]


def test_a_workbook_keeps_days_numbers_and_leading_zeros(call, applied, secretariat):
    applied(person={"phone": "0838000000", "postal_code": "0600001"})
    page = sheet(
        made(
            secretariat,
            call,
            ["date_of_birth", "phone", "postal_code", "received_at", "q.count", "q.since"],
            file_format="xlsx",
        )
    )
    assert page.freeze_panes == "A2"
    birth, phone, postal, received, count, since = page[2]
    assert (birth.value, birth.number_format) == (wall(1990, 5, 5), "yyyy-mm-dd")
    assert (phone.value, phone.data_type, phone.number_format) == ("0838000000", "s", "@")
    assert (postal.value, postal.data_type) == ("0600001", "s")
    assert received.value == wall(2026, 11, 19, 12)
    assert count.value == 2
    assert since.value == wall(2026, 4, 1)


@pytest.mark.parametrize("file_format", ["csv", "csv_cp932", "xlsx"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_spreadsheet_would_run(call, applied, secretariat, hostile, file_format):
    """In every column that holds words of somebody outside, in both kinds of file, headings too."""
    call.form_version.questions.filter(key="why").update(title=hostile, title_en="")
    typed = dict.fromkeys(
        ["family_name", "given_name", "family_name_kana", "given_name_kana", "display_name", "employer", "address",
         "email", "phone", "language", "lg_code", "postal_code"], hostile[:5],
    )  # fmt: skip
    applied({"why": hostile}, typed, option=hostile)
    file = made(
        secretariat, call, [k for k in keys(secretariat, call) if k != "q.health"], file_format=file_format
    )
    if file_format == "xlsx":
        page = sheet(file)
        assert {cell.data_type for row in page.rows for cell in row} <= {"s", "n", "d"}
        cells = [str(cell.value or "") for row in page.rows for cell in row]
    else:
        cells = [
            cell
            for row in table(file, "cp932" if file_format == "csv_cp932" else "utf-8-sig")
            for cell in row
        ]
    assert not [c for c in cells if c.lstrip(" \u3000\u200b\ufeff")[:1] in tuple("=+-@\t\r＝＋－＠") and c]
    assert sum(cell.startswith("'") for cell in cells) >= len(typed) + 2


def test_what_xml_cannot_hold_and_what_looks_like_an_error(call, applied, secretariat):
    applied({"why": "#N/A"}, {"employer": "\x0b会社\x00"[:1] + "会社\ufffe"})
    page = sheet(made(secretariat, call, ["employer", "q.why"], file_format="xlsx"))
    assert [(c.value, c.data_type) for c in page[2]] == [("会社", "s"), ("#N/A", "s")]


def test_only_named_viewers_take_out_sensitive_answers(call, applied, secretariat, staff_account):
    applied()
    assert "q.health" not in keys(secretariat, call)
    refused("not_allowed", by=secretariat, call=call, columns=["code", "q.health"])
    assert "持病の話" not in made(secretariat, call).content.decode()
    call.form_version.questions.get(key="health").viewers.add(staff_account)
    column = next(
        c
        for c in exporting.sheet(by=secretariat, call=call, kind="applicants").columns()
        if c.key == "q.health"
    )
    assert (column.is_sensitive, column.is_usual) == (True, False)
    assert "持病の話" in made(secretariat, call, ["q.health"]).content.decode()


def test_an_erased_answer_stays_erased(call, applied, secretariat, at):
    applied()
    Answer.objects.filter(question__key="why").update(value=Value(None, JSONField()), erased_at=at)
    assert table(made(secretariat, call, ["q.why"])) == [["理由"], [""]]


def test_a_corrected_wording_is_one_column(call, applied, secretariat):
    applied({"why": "前の版"})
    new = FormVersion.objects.create(form=call.form_version.form, number=2)
    Question.objects.create(version=new, key="why", ordinal=1, kind="text", title="理由（直し）")
    old, call.form_version = call.form_version, new
    call.save()
    assert old != new
    assert table(made(secretariat, call, ["q.why"])) == [["理由（直し）"], ["前の版"]]


def test_verdicts_are_for_those_who_select(call, applied, secretariat, monkeypatch):
    applied(verdict="selected", score=Decimal("12.50"), rank=3)
    assert table(made(secretariat, call, ["verdict", "rank", "score"]))[1] == ["当選", "3", "12.50"]
    monkeypatch.setattr(
        "sonjuku.rooms.people.rules.PERMISSIONS", {"secretariat": frozenset({"applications.read"})}
    )
    assert not {"verdict", "rank", "score"} & set(keys(secretariat, call))
    refused("not_allowed", by=secretariat, call=call, columns=["verdict"])


def test_a_body_without_a_part_takes_out_nothing(call, applied, council, at):
    applied()
    firm = Body.objects.create(council=council, type="company", name="見本商会")
    by = Actor(at=at, role="body_staff", body_id=firm.id, council_id=council.id)
    refused("nothing", by=by, call=call, columns=["code"])
    CallBody.objects.create(call=call, body=firm, role="supporter")
    refused("nothing", by=by, call=call, columns=["code"])
    CallBody.objects.create(call=call, body=firm, role="operator")
    assert len(table(made(by, call, ["code"]))) == 2
    for role in ("reviewer", "school_contact", "prefecture_officer", "member"):
        stranger = Actor(at=at, role=role, body_id=firm.id, council_id=council.id)
        refused("not_allowed", by=stranger, call=call, columns=["code"])


def test_purpose_and_columns_are_asked(call, applied, secretariat):
    applied()
    refused("no_purpose", by=secretariat, call=call, columns=["code"], purpose="  ")
    refused("no_columns", by=secretariat, call=call, columns=[])
    assert not Export.objects.exists()
    assert not Entry.objects.filter(verb="applications.exported").exists()


def test_a_trace_for_every_person_and_no_value_in_it(call, applied, secretariat, staff_account):
    rows = [applied(), applied(), applied()]
    made(secretariat, call, ["code", "phone", "q.why"])
    register = Export.objects.get()
    assert (register.rows, register.purpose, register.sheet) == (3, PURPOSE, "applicants")
    assert (register.account, register.columns) == (staff_account, ["code", "phone", "q.why"])
    entries = Entry.objects.filter(verb="applications.exported")
    assert set(entries.values_list("for_person_id", flat=True)) == {row.person_id for row in rows}
    for entry in entries:
        assert (entry.subject_id, entry.subject_kind) == (register.id, "calls.export")
        assert entry.field_names == ["code", "phone", "q.why"]
        assert (entry.actor_role, entry.actor_body_id) == ("secretariat", secretariat.body_id)


def test_the_first_rows_are_shown_without_a_trace(call, applied, secretariat):
    for _ in range(5):
        applied()
    found = exporting.sheet(by=secretariat, call=call, kind="applicants")
    columns = [c for c in found.columns() if c.key in ("family_name", "q.why")]
    assert exporting.preview(found, columns) == [["見本", "学びたい"]] * 3
    assert found.count() == 5
    assert not Entry.objects.filter(verb="applications.exported").exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow(call, applied, secretariat, rows, django_assert_num_queries):
    for _ in range(rows):
        applied()
    chosen = keys(secretariat, call)
    with django_assert_num_queries(10):
        assert len(table(made(secretariat, call, chosen))) == rows + 1
