"""The year is handed over at the desk: the paper, next year's calls, agreements, yearly figures, custodians."""

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.programmes.models import Agreement, ProgrammeYear
from sonjuku.toolbox.dates import fiscal_year, fiscal_year_label

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any, query: str = "") -> str:
    return reverse(f"staff:{name}", args=["hagi", *args]) + query


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def pact(council: Any, today: dt.date) -> Any:
    def make(slug: str = "pact", days: int = 20, **fields: Any) -> Agreement:
        base: dict[str, Any] = {
            "title": f"協定{slug}",
            "signed_on": today - dt.timedelta(days=700),
            "starts_on": today - dt.timedelta(days=700),
            "ends_on": today + dt.timedelta(days=days),
        }
        return Agreement.objects.create(council=council, slug=slug, **{**base, **fields})

    return make


# 引継書


@pytest.fixture
def waiting(running: Any, apply_to: Any) -> Application:
    call = running(state=Call.State.CLOSED, title="選考を待つ講座")
    return apply_to(call)  # type: ignore[no-any-return]


def of_call(call: Call) -> int:
    assert call.starts_on
    return fiscal_year(call.starts_on)


def test_one_press_opens_the_paper_of_the_year(desk: Client, waiting: Application) -> None:
    year = of_call(waiting.call)
    page = text(desk.get(url("handover", query=f"?year={year}")))
    link = url("handover_print", query=f"?year={year}")
    assert f'class="btn" href="{link}"' in page
    paper = text(desk.get(link))
    assert f"{fiscal_year_label(year)}　引継書" in paper
    for part in ("1　これから来る期限", "2　待っていること", "3　決裁", "4　鍵と役割", "5　年度の実績"):
        assert part in paper
    assert waiting.code in paper
    assert waiting.person.full_name not in paper
    entry = Entry.objects.get(verb="handover.printed")
    assert (entry.subject_id, entry.for_person_id) == (waiting.council_id, None)


def test_names_are_chosen_and_the_year_stays(desk: Client, waiting: Application) -> None:
    year = of_call(waiting.call)
    paper = text(desk.get(url("handover_print", query=f"?year={year}")))
    assert f'href="?year={year}&amp;names=1"' in paper
    named = text(desk.get(url("handover_print", query=f"?year={year}&names=1")))
    assert waiting.person.full_name in named
    assert f'href="?year={year}"' in named
    assert Entry.objects.filter(verb="application.handed_over", for_person_id=waiting.person_id).count() == 1


def test_the_docx_says_the_same(desk: Client, waiting: Application) -> None:
    answer = desk.get(url("handover_docx", query=f"?year={of_call(waiting.call)}"))
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert "attachment" in answer["Content-Disposition"]
    document = Document(io.BytesIO(answer.content))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert waiting.code in cells


@pytest.mark.parametrize("year", ["1999", "abc", "99999999999999999999", "-1", ""])
def test_a_year_the_desk_does_not_have_is_the_usual_one(desk: Client, year: str) -> None:
    usual = fiscal_year(timezone.localdate() - dt.timedelta(days=30))
    assert fiscal_year_label(usual) in text(desk.get(url("handover_print", query=f"?year={year}")))


@pytest.mark.parametrize("kind", ["body_staff", "reviewer", "school_contact", "prefecture_officer"])
def test_only_the_office_hands_over(council: Any, make_staff: Any, log_in: Any, kind: str) -> None:
    client = log_in(make_staff(council, "other@hagi.example.jp", kind))
    for name in ("handover", "handover_print", "handover_docx", "agreements"):
        assert client.get(url(name)).status_code == 404


def test_the_custodian_of_a_key_is_noted(desk: Client, council: Any, other_council: Any, acting: Any) -> None:
    key = credentials.ensure_key(by=acting, council=council)
    assert key.did in text(desk.get(url("handover")))
    desk.post(url("custodian", key.id), {"custodian": "企業誘致推進課"})
    assert 'value="企業誘致推進課"' in text(desk.get(url("handover")))
    said = text(desk.post(url("custodian", key.id), {"custodian": "x" * 81}, follow=True))
    assert "何も変えていません" in said
    foreign = credentials.ensure_key(by=acting, council=other_council)
    assert desk.post(url("custodian", foreign.id), {"custodian": "x"}).status_code == 404


# Next year


def test_next_years_calls_are_seen_and_made_once(desk: Client, running: Any) -> None:
    call = running(title="毎年の講座")
    address = url("next_year", query=f"?year={of_call(call)}")
    page = text(desk.get(address))
    assert "毎年の講座" in page
    moved = call.starts_on + dt.timedelta(days=364)
    assert f"{moved.year}年{moved.month}月{moved.day}日" in page
    for _press in range(2):
        assert desk.post(address, {"calls": [call.code]}).status_code == 302
    copy = Call.objects.get(cloned_from=call)
    assert (copy.state, copy.starts_on) == ("draft", moved)
    again = text(desk.get(address))
    assert "つくってあります" in again
    assert copy.code in again


def test_nothing_chosen_is_said_and_anothers_call_is_not_copied(
    desk: Client, running: Any, council: Any
) -> None:
    from sonjuku.rooms.people.models import Body

    call = running()
    elsewhere = running(host=Body.objects.create(council=council, type="company", name="よそ"))
    address = url("next_year", query=f"?year={of_call(call)}")
    assert "募集が選ばれていません。" in text(desk.post(address))
    assert "募集が選ばれていません。" in text(desk.post(address, {"calls": [elsewhere.code, "none"]}))
    assert not Call.objects.exclude(cloned_from=None).exists()


# Agreements


def test_the_list_says_what_is_undecided(desk: Client, pact: Any, today: dt.date) -> None:
    pact("soon")
    old = pact("old", -10)
    Agreement.objects.create(council=old.council, slug="new", title="新しい協定", signed_on=today, renews=old)
    pact("over", -5, lapses_on_purpose=True)
    page = text(desk.get(url("agreements")))
    assert "あと20日" in page
    assert page.count("更新を記録する") == 1
    assert "更新しない" in page


def test_a_renewal_is_proposed_and_recorded(desk: Client, pact: Any) -> None:
    row = pact(starts_on=dt.date(2024, 4, 1), ends_on=dt.date(2027, 3, 31))
    page = text(desk.get(url("agreement_renew", row.id)))
    assert 'value="2027-04-01"' in page
    assert 'value="2030-03-31"' in page
    data = {
        "title": "協定（更新）",
        "signed_on": "2027-03-01",
        "starts_on": "2027-03-31",
        "ends_on": "2030-03-31",
    }
    assert "前の協定の期間と重なっています" in text(desk.post(url("agreement_renew", row.id), data))
    answer = desk.post(url("agreement_renew", row.id), {**data, "starts_on": "2027-04-01"})
    new = Agreement.objects.get(renews=row)
    assert answer["Location"] == url("agreement", new.id)
    again = text(desk.post(url("agreement_renew", row.id), {**data, "starts_on": "2027-04-01"}))
    assert "すでに記録されています" in again
    assert Agreement.objects.filter(renews=row).count() == 1


def test_terms_and_lead_times_are_edited(desk: Client, pact: Any) -> None:
    row = pact()
    data = {
        "title": "改めた協定", "signed_on": "2025-04-01", "starts_on": "2025-04-01", "ends_on": "2028-03-31",
        "alert_days": "３０、180 7",
    }  # fmt: skip
    assert desk.post(url("agreement", row.id), data).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.alert_days, row.ends_on) == ("改めた協定", [180, 30, 7], dt.date(2028, 3, 31))
    for wrong in ("three", "-1", "1,2,3,4,5,6,7", "9999"):
        assert "数を読み取れません" in text(
            desk.post(url("agreement", row.id), {**data, "alert_days": wrong})
        )
    assert "知らせる日数を確かめてください" in text(
        desk.post(url("agreement", row.id), {**data, "alert_days": "367"})
    )
    assert "終わりの日が、始まりの日より前です" in text(
        desk.post(url("agreement", row.id), {**data, "ends_on": "2025-03-31"})
    )


def test_that_nothing_follows_is_recorded_and_taken_back(desk: Client, pact: Any) -> None:
    row = pact()
    assert "記録しますか" in text(desk.get(url("agreement_lapse", row.id)))
    for recorded in (True, False):
        desk.post(url("agreement_lapse", row.id))
        row.refresh_from_db()
        assert row.lapses_on_purpose is recorded


# Years of a programme


@pytest.fixture
def programme(running: Any) -> Any:
    return running().programme


def test_who_pays_is_edited_at_the_desk(desk: Client, programme: Any, council: Any) -> None:
    assert desk.get(url("programme_year_add", programme.id, query="?year=2026"))["Location"] == url(
        "programme_year", programme.id, 2026
    )
    assert not ProgrammeYear.objects.exists()
    data = {
        "funding": "地域活性化交付金", "commissioner": "萩市", "contractor": str(council.host.id),
        "budget_jpy": "1200000", "title": "", "reported_applications": "", "note": "",
    }  # fmt: skip
    desk.post(url("programme_year", programme.id, 2026), data)
    desk.post(url("programme_year", programme.id, 2026), data)
    year = ProgrammeYear.objects.get()
    assert (year.funding, year.commissioner, year.contractor, year.budget_jpy) == (
        "地域活性化交付金",
        "萩市",
        council.host,
        1_200_000,
    )
    entry = Entry.objects.get(verb="programme_year.set")
    assert "funding" in entry.field_names
    page = text(desk.get(url("programme", programme.id)))
    assert "地域活性化交付金" in page
    assert "1,200,000円" in page
    wrong = text(desk.post(url("programme_year", programme.id, 2026), {**data, "budget_jpy": "-1"}))
    assert 'aria-invalid="true"' in wrong


@pytest.mark.parametrize("year", ["", "abc", "1900", "3000", "99999999999999999999", "²"])
def test_a_year_that_is_none_is_said(desk: Client, programme: Any, year: str) -> None:
    address = url("programme_year_add", programme.id, query=f"?year={year}")
    assert "年度を西暦4桁で入力してください" in text(desk.get(address, follow=True))


def test_a_year_out_of_range_is_not_found(desk: Client, programme: Any) -> None:
    assert desk.get(url("programme_year", programme.id, 1900)).status_code == 404
    assert desk.get(url("programme_year", programme.id, 3000)).status_code == 404


# Tenancy and statements


def test_another_councils_rows_are_not_found(desk: Client, other_council: Any, make_call: Any) -> None:
    row = Agreement.objects.create(
        council=other_council, slug="x", title="よその協定", signed_on=timezone.localdate()
    )
    programme = make_call(other_council).programme
    for path in (
        url("agreement", row.id),
        url("agreement_renew", row.id),
        url("agreement_lapse", row.id),
        url("programme_year", programme.id, 2026),
    ):
        assert desk.get(path).status_code == 404
        assert desk.post(path, {"title": "のっとり"}).status_code == 404
    assert "よその協定" not in text(desk.get(url("agreements")))


def test_statements_do_not_grow_with_rows(desk: Client, pact: Any, running: Any, acting: Any) -> None:
    call = running()
    programme = call.programme
    pact("p1")
    ProgrammeYear.objects.create(council=call.council, programme=programme, fiscal_year=2020)
    pages = [
        url("agreements"),
        url("handover"),
        url("programme", programme.id),
        url("next_year", query=f"?year={of_call(call)}"),
    ]
    first = [statements(desk, page) for page in pages]
    for number in (2, 3):
        pact(f"p{number}")
        running()
        ProgrammeYear.objects.create(council=call.council, programme=programme, fiscal_year=2020 + number)
    assert [statements(desk, page) for page in pages] == first


def test_the_desk_opens_with_agreements_that_need_a_word(desk: Client, pact: Any) -> None:
    pact("over", -3)
    pact("soon", 20)
    pact("later", 200)
    page = text(desk.get(url("home")))
    assert "協定の期間が終わりました" in page
    assert "協定の期間があと 20 日で終わります" in page
    assert "協定later" not in page
    Agreement.objects.update(lapses_on_purpose=True)
    assert "協定" not in text(desk.get(url("home"))).split("<main")[1]
