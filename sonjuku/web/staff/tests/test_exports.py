"""The page of exports: what is offered, what is refused, and the file that comes."""

import io
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from sonjuku.rooms.calls.models import Export
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.vocabulary.models import Municipality


def url(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=["hagi", *args])


def save(**changes: Any) -> dict[str, Any]:
    return {
        "columns": ["code", "family_name", "phone"], "purpose": "名簿のため", "file_format": "xlsx", "save": "1", **changes
    }  # fmt: skip


def ticked(page: str) -> set[str]:
    boxes = html.fromstring(page).xpath("//input[@name='columns'][@checked]")
    return {box.get("value") for box in boxes}


def test_the_file_comes_with_its_japanese_name(desk: Client, running: Any, apply_to: Any) -> None:
    Municipality.objects.update_or_create(lg_code="352047", defaults={"name": "萩市", "name_en": "Hagi City"})
    call = running()
    row = apply_to(call, {"phone": "0838-00-0000"})
    response = desk.post(url("export", call.code, "applicants"), save())
    named = response["Content-Disposition"]
    assert named.startswith("attachment; filename*=utf-8''")
    name = unquote(named.partition("''")[2])
    assert name.startswith("萩_ITパスポート講座_申込者_20")
    assert name.endswith(".xlsx")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert [[c.value for c in r] for r in book.active.rows] == [
        ["受付番号", "姓", "電話番号"], [row.code, "見本", "0838-00-0000"]
    ]  # fmt: skip
    assert book.sheetnames == ["申込者"]
    register = desk.get(url("exports", call.code)).content.decode()
    assert "名簿のため" in register
    assert Entry.objects.filter(verb="applications.exported", for_person_id=row.person_id).count() == 1


def test_a_look_leaves_no_trace_and_keeps_what_was_ticked(desk: Client, running: Any, apply_to: Any) -> None:
    call = running()
    for _ in range(4):
        apply_to(call)
    blank = desk.get(url("export", call.code, "applicants")).content.decode()
    assert "employer" not in ticked(blank)
    assert {"code", "family_name", "received_at"} <= ticked(blank)
    sent = {"columns": ["code", "employer"], "preview": "1", "purpose": "", "file_format": "csv"}
    page = desk.post(url("export", call.code, "applicants"), sent).content.decode()
    assert ticked(page) == {"code", "employer"}
    assert len(html.fromstring(page).xpath("//caption[contains(., '3件')]/../tbody/tr")) == 3
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"purpose": " "}, "「利用目的」を入力してください"),
        ({"columns": []}, "書き出す列を一つ以上選んでください"),
        ({"columns": ["code", "q.health"]}, "選べない列が含まれています"),
        ({"columns": ["password"]}, "選べない列が含まれています"),
        ({"file_format": "exe"}, "正しく選択"),
    ],
)
def test_what_is_missing_or_forged_is_said(
    desk: Client, running: Any, apply_to: Any, changes: dict[str, Any], said: str
) -> None:
    call = running()
    apply_to(call)
    response = desk.post(url("export", call.code, "applicants"), save(**changes))
    assert response["Content-Type"].startswith("text/html")
    assert said in response.content.decode()
    assert not Export.objects.exists()


def test_an_empty_call_says_so(desk: Client, running: Any) -> None:
    call = running()
    for kind in Export.Sheet.values:
        page = desk.get(url("export", call.code, kind)).content.decode()
        assert "書き出すものがありません" in page
    assert desk.get(url("export", call.code, "no-such-list")).status_code == 404


def test_another_body_finds_neither_page_nor_register(
    running: Any, apply_to: Any, council: Any, make_staff: Any, log_in: Any
) -> None:
    call = running()
    apply_to(call)
    firm = Body.objects.create(council=council, type="company", name="見本商会")
    stranger = log_in(make_staff(council, "firm@example.jp", "body_staff", body=firm))
    for path in (url("exports", call.code), url("export", call.code, "applicants")):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, save()).status_code == 404
    reviewer = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    assert reviewer.get(url("export", call.code, "scores")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_a_fixed_number_of_queries(
    desk: Client, running: Any, apply_to: Any, rows: int, django_assert_num_queries: Any
) -> None:
    call = running()
    for _ in range(rows):
        apply_to(call)
    sent = {"columns": ["code", "family_name", "lg_code"], "preview": "1"}
    desk.post(url("export", call.code, "applicants"), sent)
    with django_assert_num_queries(13):
        desk.post(url("export", call.code, "applicants"), sent)
