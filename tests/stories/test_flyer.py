"""A flyer is printed; its back comes in by FAX, is entered from its QR code, and leads to the record ever after."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.paper import codes_by_page, needs_print, print_to_pdf, text_of_pdf
from tests.stories.site import Site, today
from tests.stories.test_lottery import follow, picture, press, tick

CALL = "it-passport-winter"
DESK = f"/c/hagi/desk/calls/{CALL}"
BORN = f"{today().year - 17}-04-02"
# What the pupil wrote, row by row as the sheet asks: its words, the field, and what stands there.
WRITTEN = (
    ("フリガナ", "family_name_kana", "シノ"),
    ("氏名", "family_name", "紙野"),
    ("生年月日", "date_of_birth", BORN),
    ("郵便番号・住所", "postal_code", "758-0041"),
    ("在学の状況", "school_stage", "high"),
    ("電話番号", "phone", "0838-00-0042"),
    ("家で使えるパソコンはありますか。", "q_pc", "yes"),
    ("学びたいことがあれば", "q_reason", "ゲームを作りたいです。"),
    ("生徒証の写し", "q_pupil_card", "生徒証.jpg"),
    ("受講にかかる通信回線使用料は", "q_line_cost", "on"),
    ("保護者の氏名", "guardian_name", "紙野 母"),
    ("続柄", "guardian_relation", "母"),
    ("保護者の署名", "guardian_paper", "on"),
)
ALSO = {"given_name_kana": "ハルコ", "given_name": "春子", "address": "山口県萩市江向1"}


def print_the_flyer(desk: Page, folder: Path) -> Path:
    desk.goto(f"{DESK}/papers/")
    row = desk.locator(".question-row", has_text="チラシと裏面のFAX申込書")
    row.get_by_role("link", name=re.compile("印刷する")).click()
    expect(desk.locator("article.fax")).to_be_visible()
    return print_to_pdf(desk, folder)


def scan(pdf: Path, site: Site) -> str:
    """Two sheets: the front leads to the call, the back to the page where it is entered."""
    [[front], [back]] = codes_by_page(pdf)
    assert front == f"{site.url}/c/hagi/calls/{CALL}/"
    assert re.fullmatch(rf"{site.url}/c/hagi/calls/{CALL}/paper/[0-9A-Z]{{4}}-[0-9A-Z]{{4}}/", back)
    return back


def enter(desk: Page, back: str, printed: str) -> None:
    """The eye goes down the sheet once, and the entry page once."""
    desk.goto(back)
    expect(desk.get_by_role("heading", level=1)).to_have_text("紙の申込みを入力する")
    expect(desk.get_by_role("main")).to_contain_text(back.rstrip("/").rpartition("/")[2])
    tick(desk, "channel", "fax")
    on_paper = [printed.index(words) for words, _name, _value in WRITTEN]
    assert on_paper == sorted(on_paper)
    on_screen = []
    for _words, name, value in WRITTEN:
        field = desk.locator(f'[name="{name}"]').first
        on_screen.append(field.evaluate("(field) => field.getBoundingClientRect().top + scrollY"))
        put(desk, name, value)
    assert on_screen == sorted(on_screen)
    for name, value in ALSO.items():
        desk.locator(f"[name={name}]").fill(value)
    desk.locator("[name=consented]").check()


def put(desk: Page, name: str, value: str) -> None:
    field = desk.locator(f'[name="{name}"]')
    kind = field.first.evaluate("(field) => field.type")
    if kind == "radio":
        tick(desk, name, value)
    elif kind == "checkbox":
        field.check()
    elif kind.startswith("select"):
        field.select_option(value)
    elif kind == "file":
        field.set_input_files({"name": value, "mimeType": "image/jpeg", "buffer": picture()})
    else:
        field.fill(value)


@needs_print
@pytest.mark.story
def test_a_flyer_is_printed_and_its_fax_form_entered(
    site: Site, desk: Page, guest: Page, become: Callable[[Page, str], None], tmp_path: Path
) -> None:
    become(desk, "萩の事務局")
    pdf = print_the_flyer(desk, tmp_path)
    back = scan(pdf, site)
    enter(desk, back, text_of_pdf(pdf, "-layout"))
    press(desk, "受け付けて、受付票を出す")
    expect(desk.get_by_role("heading", name="受付票")).to_be_visible()
    code = desk.locator(".big-code").inner_text().strip()
    record = (
        "SELECT a.channel, a.state, p.family_name || p.given_name, p.date_of_birth, p.school_stage, a.submitted_at IS NOT NULL,"
        " a.checked_at FROM calls_application a JOIN people_person p ON p.id = a.person_id WHERE a.code = ?"
    )
    assert site.rows(record, code) == [("fax", "submitted", "紙野春子", BORN, "high", 1, None)]
    # The same sheet once more: its record, not a second entry. For anybody else it is an invitation to the call.
    desk.goto(back)
    expect(desk.get_by_text("この用紙は入力済みです")).to_be_visible()
    expect(desk.get_by_role("main")).to_contain_text("紙野 春子")
    guest.goto(back)
    assert guest.url == f"{site.url}/c/hagi/calls/{CALL}/"
    follow(guest, "申し込む")
