"""引継書: what is open, who waits, what was decided, who keeps what, and results whose parts sum to the whole."""

import datetime as dt
import shutil
import subprocess
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from sonjuku.flows.handover_report import Scope, print_handover, usual_year, write_handover, years_of
from sonjuku.flows.handover_report.deadlines import deadlines
from sonjuku.flows.handover_report.decisions import decisions
from sonjuku.flows.handover_report.paper import MOST_CODES, listed
from sonjuku.flows.handover_report.results import results
from sonjuku.flows.handover_report.waiting import waiting
from sonjuku.rooms.calls.models import Application, Approval, Call
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import IssuerKey
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import CheckIn, Participation
from sonjuku.rooms.people.models import Body, DataRequest
from sonjuku.rooms.programmes import actions as programmes
from sonjuku.rooms.programmes.models import BusinessLine, Programme
from sonjuku.toolbox import docx
from sonjuku.toolbox.dates import at_tokyo

pytestmark = pytest.mark.django_db
A = Application.State


@pytest.fixture
def scope(council, secretariat):
    def make(by=secretariat, year=2026, **fields):
        return Scope(by, council, year, Letter.objects.filter(council=council), **fields)

    return make


@pytest.fixture
def take(council, at):
    def make(call, person, state="active", **fields):
        return Participation.objects.create(
            council=council, call=call, person=person, state=state, started_at=at, **fields
        )

    return make


@pytest.fixture
def apply_to(council, make_person, at):
    def make(call, state=A.SUBMITTED, **fields):
        base = {
            "submitted_at": at,
            "received_at": at,
            "person": fields.pop("person", None) or make_person(council),
        }
        return Application.objects.create(council=council, call=call, state=state, **{**base, **fields})

    return make


@pytest.fixture
def other_body(council):
    return Body.objects.create(council=council, type="company", name="株式会社よそ")


@pytest.fixture
def year(council, secretariat, make_call, make_person, take, apply_to, other_body, at):
    """FY2026: three people in two calls; beside it a draft, next year's, another body's."""
    line = BusinessLine.objects.create(council=council, slug="events", ordinal=1, title="交流事業")
    event = Programme.objects.create(council=council, business_line=line, slug="event", title="交流会")
    course = make_call(council, title="講座", state=Call.State.DECIDED)
    meeting = make_call(council, title="交流会", state=Call.State.FINISHED)
    meeting.programme = event
    meeting.save()
    programmes.set_year(
        by=secretariat, programme=course.programme, fiscal_year=2026, funding="地域活性化交付金",
        commissioner="萩市", budget_jpy=1_200_000,
    )  # fmt: skip
    programmes.set_year(by=secretariat, programme=event, fiscal_year=2026, funding="", commissioner="萩市")
    one, two, three = (make_person(council) for _ in range(3))
    take(course, one, "completed")
    place = take(course, two)
    take(course, three, "withdrawn")
    take(meeting, one)
    take(meeting, make_person(council), capacity="speaker")
    occasion = course.occasions.create(council=council, starts_at=at, ends_at=at + dt.timedelta(hours=1))
    CheckIn.objects.create(council=council, occasion=occasion, participation=place, at=at, how="qr")
    apply_to(course, A.ACCEPTED, person=one)
    apply_to(course, A.DRAFT)
    make_call(council, title="下書きの講座")
    later = make_call(
        council, title="来年度の講座", starts_on=dt.date(2027, 4, 1), state=Call.State.ANNOUNCED
    )
    elsewhere = make_call(council, title="よその講座", host=other_body, state=Call.State.OPEN)
    take(elsewhere, one)
    apply_to(elsewhere)
    take(later, one)
    return course, meeting


def figures(part):
    return part.calls, part.applications, part.places, part.people, part.completed, part.visits


def test_in_april_the_year_that_ended_is_handed_over():
    days = [dt.date(2027, 3, 31), dt.date(2027, 4, 30), dt.date(2027, 5, 1)]
    assert [usual_year(day) for day in days] == [2026, 2026, 2027]


def test_the_years_are_those_in_which_the_body_has_calls(year, secretariat, scope, other_body):
    assert years_of(secretariat) == [2027, 2026]
    assert {call.title for call in scope().of_year} == {"講座", "交流会", "下書きの講座"}


def test_parts_sum_to_the_whole_and_a_person_counts_once(year, scope):
    found = results(scope())
    assert figures(found.whole) == (2, 1, 3, 2, 1, 1)
    assert {name: figures(part) for name, part in found.by_funding.items()} == {
        "地域活性化交付金": (1, 1, 2, 2, 1, 1),
        "財源未設定": (1, 0, 1, 1, 0, 0),
    }
    assert {name: figures(part) for name, part in found.by_commissioner.items()} == {
        "萩市": (2, 1, 3, 2, 1, 1)
    }
    assert [(name, figures(part)[2:4]) for name, part in found.by_line.items()] == [
        ("交流事業", (1, 1)),
        ("IT人材育成事業", (2, 2)),
    ]
    assert (found.twice(found.by_funding), found.twice(found.by_commissioner)) == (1, 0)
    for parts in (found.by_funding, found.by_commissioner, found.by_line):
        assert sum(part.places for part in parts.values()) == found.whole.places


def test_the_paper_says_why_the_parts_of_persons_exceed_the_whole(year, scope):
    text = "\n".join(docx.texts(print_handover(scope=scope())))
    assert "財源ごとの実人数を足すと、合計より1人多くなります。" in text
    assert "委託元ごとの実人数を足すと" not in text
    assert "令和8年11月20日(金)12時00分 時点" in text
    assert "1,200,000円" in text


def test_deadlines_of_every_year_are_listed_and_late_ones_say_so(
    year, scope, council, secretariat, make_call, at
):
    course, _meeting = year
    Call.objects.filter(pk=course.pk).update(ends_on=dt.date(2026, 11, 19))
    make_call(
        council, title="受付中の講座", state=Call.State.OPEN, closes_at=at_tokyo(dt.date(2026, 12, 1)),
        result_on=None,
    )  # fmt: skip
    programmes.create_agreement(
        by=secretariat, council=council, slug="a", title="終わった協定", signed_on=dt.date(2023, 5, 22),
        ends_on=dt.date(2026, 3, 31),
    )  # fmt: skip
    DataRequest.objects.create(
        council=council, body=council.host, kind="disclosure", received_at=at, due_on=dt.date(2026, 12, 20)
    )
    rows = deadlines(scope())
    found = {(row.last, row.thing) for row in rows}
    assert (dt.date(2026, 3, 31), "終わった協定") == (rows[0].last, rows[0].thing)
    # Closes as 1 December begins.
    assert {(dt.date(2026, 11, 30), "受付中の講座"), (dt.date(2026, 11, 19), "講座")} <= found
    assert dt.date(2026, 12, 20) in {row.last for row in rows}
    assert not any("よその講座" in row.thing for row in rows)
    text = docx.texts(write_handover(scope(), listed(scope())))
    assert "令和8年11月19日(木)（過ぎています）" in text


def test_a_reader_of_english_gets_the_same_paper(year, scope, council, at):
    DataRequest.objects.create(council=council, body=council.host, kind="disclosure", received_at=at)
    with translation.override("en"):
        text = docx.texts(write_handover(scope(), listed(scope())))
    assert "個人情報の請求（開示）への回答" in text


def test_who_waits_for_what_with_codes_of_ones_own_calls_only(year, scope, apply_to, make_call, council, at):
    drawn = make_call(council, title="抽選の講座", state=Call.State.CLOSED)
    waits = apply_to(drawn)
    guarded = apply_to(drawn, needs_guardian=True)
    offered = apply_to(drawn, A.OFFERED, confirm_by=at)
    apply_to(drawn, A.WITHDRAWN)
    found = {row.what: [each.code for each in row.rows] for row in waiting(scope())}
    assert found == {
        "保護者の同意": [guarded.code],
        "抽選・選考の結果": sorted([waits.code, guarded.code]),
        "本人の参加の返事": [offered.code],
    }


def test_names_stand_in_it_only_where_asked_and_each_is_journaled(year, scope, apply_to, make_call, council):
    waits = apply_to(make_call(council, title="抽選の講座", state=Call.State.CLOSED))
    text = "\n".join(docx.texts(print_handover(scope=scope())))
    assert waits.code in text
    assert "見本" not in text
    assert Entry.objects.get(verb="handover.printed").field_names == []
    assert not Entry.objects.filter(verb="application.handed_over").exists()
    named = "\n".join(docx.texts(print_handover(scope=scope(with_names=True))))
    assert f"{waits.code}　{waits.person.full_name}" in named
    assert "この書類には氏名が載っています" in named
    entry = Entry.objects.get(verb="application.handed_over")
    assert (entry.subject_id, entry.for_person_id) == (waits.id, waits.person_id)


def test_a_long_queue_is_cut_and_only_the_named_are_journaled(scope, apply_to, make_call, council):
    call = make_call(council, state=Call.State.CLOSED)
    for _ in range(MOST_CODES + 2):
        apply_to(call)
    text = "\n".join(docx.texts(print_handover(scope=scope(with_names=True))))
    assert "ほか2件" in text
    assert f"{MOST_CODES + 2}件" in text
    assert Entry.objects.filter(verb="application.handed_over").count() == MOST_CODES


def test_decisions_bear_their_number_or_say_that_it_is_missing(year, scope):
    course, meeting = year
    Call.objects.filter(pk__in=[course.pk, meeting.pk]).update(asks_approval=True)
    Approval.objects.create(call=course, step="open", number="萩デ第12号", decided_on=dt.date(2026, 10, 1))
    Approval.objects.create(call=course, step="provide", number="萩デ第15号", decided_on=dt.date(2026, 11, 2))
    found = {(row.thing, row.step): row.number for row in decisions(scope())}
    assert found == {
        ("講座", "募集の開始"): "萩デ第12号",
        ("講座", "選考の決定"): "未入力",
        ("講座", "結果の発表"): "未入力",
        ("講座", "外部への提供"): "萩デ第15号",
        ("交流会", "募集の開始"): "未入力",
        ("交流会", "選考の決定"): "未入力",
        ("交流会", "結果の発表"): "未入力",
    }


def test_the_keys_custodian_and_the_roles_without_names(scope, council, secretariat, other_council):
    key = credentials.ensure_key(by=secretariat, council=council)
    assert "未入力" in docx.texts(write_handover(scope(), listed(scope())))
    credentials.set_custodian(by=secretariat, key=key, custodian="企業誘致推進課")
    text = docx.texts(write_handover(scope(), listed(scope())))
    assert {key.did, "企業誘致推進課", "事務局", "管理者"} <= set(text)
    assert not any("@" in each for each in text)
    assert bytes(IssuerKey.objects.get().private_key).decode() not in "".join(text)
    foreign = credentials.ensure_key(by=secretariat, council=other_council)
    assert foreign.did not in docx.texts(write_handover(scope(), listed(scope())))


def test_another_bodys_desk_sees_its_own_year(year, scope, secretariat, other_body):
    by = replace(secretariat, body_id=other_body.id)
    found = results(scope(by))
    assert figures(found.whole) == (1, 1, 1, 1, 0, 0)
    text = "\n".join(docx.texts(write_handover(scope(by), listed(scope(by)))))
    assert "よその講座" in text
    assert "交流会" not in text.split("年度事業")[0]


def test_without_the_right_nothing_of_the_people_is_in_it(year, scope, secretariat):
    by = replace(secretariat, role="school_contact")
    text = "\n".join(docx.texts(write_handover(scope(by), listed(scope(by)))))
    assert "この年度の募集はありません。" in text


def test_statements_do_not_grow_with_what_is_in_it(year, scope, apply_to, make_call, council):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            write_handover(scope(with_names=True), listed(scope(with_names=True)))
        return len(caught)

    apply_to(make_call(council, state=Call.State.CLOSED))
    first = statements()
    for _ in range(2):
        call = make_call(council, state=Call.State.CLOSED, asks_approval=True)
        apply_to(call)
        apply_to(call)
    assert statements() == first


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_an_office_program_loses_nothing(year, scope, apply_to, make_call, council, tmp_path):
    apply_to(make_call(council, state=Call.State.CLOSED))
    paper = print_handover(scope=scope(with_names=True))
    (tmp_path / "handover.docx").write_bytes(docx.write(paper))
    office = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    command = [*office, "txt:Text (encoded):UTF8", "--outdir", str(tmp_path), str(tmp_path / "handover.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    read = (tmp_path / "handover.txt").read_text(encoding="utf-8-sig")
    for text in docx.texts(paper):
        for line in text.split("\n"):
            assert line in read, line
