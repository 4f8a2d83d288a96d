"""The desk's story: a call and its form from nothing, opened, and an application that came by FAX."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.stories.site import Site, today

TITLE = "夏休みドローン教室（物語）"
DESK = "/c/hagi/desk"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.locator(f'[name="{name}"]').fill(value)


def day(days: int) -> str:
    return (today() + dt.timedelta(days=days)).isoformat()


def write_a_draft(desk: Page) -> str:
    """Returns the call's code."""
    desk.goto(f"{DESK}/")
    desk.get_by_role("link", name="募集をつくる").click()
    fill(desk, {"title": TITLE})
    desk.locator("[name=programme]").select_option(label="普及啓発イベント")
    desk.locator("[name=kind]").select_option("event")
    desk.locator("[name=selection][value=first_come]").check()
    press(desk, "下書きをつくる")
    expect(desk.get_by_role("heading", level=1)).to_have_text(TITLE)
    found = re.search(r"/desk/calls/([\w-]+)/$", desk.url)
    assert found
    return found.group(1)


def section(desk: Page, call: str, name: str) -> None:
    desk.goto(f"{DESK}/calls/{call}/edit/{name}/")


def fill_in_what_is_missing(desk: Page, call: str) -> None:
    section(desk, call, "dates")
    fill(desk, {"opens_day": day(-2), "closes_day": day(20), "starts_on": day(30), "ends_on": day(30)})
    desk.locator("[name=result_immediate]").check()
    press(desk, "保存する")
    section(desk, call, "place")
    fill(desk, {"venue": "萩市民館", "fee_jpy": "0"})
    press(desk, "保存する")
    section(desk, call, "pools")
    fill(desk, {"row-0-capacity": "12"})
    press(desk, "保存する")
    section(desk, call, "words")
    fill(desk, {
        "purpose_of_use": "教室の受付と当日の連絡のため。", "contact_office": "企業誘致推進課",
        "contact_phone": "0838-00-0000", "contact_hours": "平日8:30〜17:15",
    })  # fmt: skip
    desk.locator("[name=data_controller]").select_option(index=1)
    press(desk, "保存する")
    expect(desk.get_by_text("「個人情報と問合せ先」を保存しました")).to_be_visible()


def add_question(desk: Page, kind: str, title: str) -> None:
    desk.locator("[name=add-kind]").select_option(kind)
    fill(desk, {"add-title": title})
    press(desk, "加えて、くわしく書く")
    expect(desk.locator("#question-edit")).to_be_visible()
    settled(desk)


def save_question(desk: Page, title: str) -> None:
    desk.locator("#question-edit").get_by_role("button", name="保存する").click()
    expect(desk.locator("#said")).to_contain_text(f"「{title}」を保存しました")
    settled(desk)


def settled(desk: Page) -> None:
    """The page moves the cursor a moment after a part has come in; what is typed before would go there too."""
    expect(desk.locator(".htmx-settling")).to_have_count(0)


def build_the_form(desk: Page, call: str) -> None:
    section(desk, call, "form")
    desk.locator("[name=how][value=new]").check()
    press(desk, "保存する")
    expect(desk.get_by_role("heading", name="質問", exact=True)).to_be_visible()
    add_question(desk, "single", "ドローンを持っていますか。")
    fill(desk, {"edit-options": "持っている | Yes\n持っていない | No"})
    desk.locator("[name=edit-required]").check()
    save_question(desk, "ドローンを持っていますか。")
    add_question(desk, "text", "機種の名前を教えてください。")
    desk.locator("[name=edit-condition]").select_option(index=1)
    save_question(desk, "機種の名前を教えてください。")
    add_question(desk, "file", "機体の写真")
    save_question(desk, "機体の写真")
    add_question(desk, "number", "いっしょに来る人数")
    fill(desk, {"edit-maximum": "5"})
    save_question(desk, "いっしょに来る人数")
    try_the_preview(desk)
    reorder_by_keyboard(desk)


def try_the_preview(desk: Page) -> None:
    """What depends on an answer appears with it, in the preview as later for real."""
    preview = desk.locator("#preview")
    expect(preview.get_by_label("機種の名前を教えてください。")).to_be_hidden()
    preview.get_by_label("持っている", exact=True).check()
    expect(preview.get_by_label("機種の名前を教えてください。")).to_be_visible()
    preview.get_by_label("持っていない", exact=True).check()
    expect(preview.get_by_label("機種の名前を教えてください。")).to_be_hidden()


def reorder_by_keyboard(desk: Page) -> None:
    """The last question goes one up, without a mouse."""
    titles = desk.locator(".question-row b")
    expect(titles).to_have_text([re.compile(text) for text in ("ドローン", "機種", "写真", "人数")])
    desk.get_by_role("button", name="いっしょに来る人数を上へ").focus()
    desk.keyboard.press("Enter")
    expect(titles).to_have_text([re.compile(text) for text in ("ドローン", "機種", "人数", "写真")])


def open_it(desk: Page, call: str) -> None:
    desk.goto(f"{DESK}/calls/{call}/")
    desk.get_by_role("link", name="確認へ進む").click()
    press(desk, "受付を始める")
    expect(desk.get_by_text("受付を始めました")).to_be_visible()


def enter_a_fax(desk: Page, call: str) -> str:
    """Returns the code on the receipt."""
    desk.get_by_role("link", name="紙・FAX・窓口・電話の申込みを入力する").click()
    desk.locator("[name=channel][value=fax]").check()
    desk.locator("[name=deadline_by][value=arrival]").check()
    fill(desk, {
        "received_day": day(-1), "received_time": "16:40", "family_name": "紙野", "given_name": "一枚",
        "family_name_kana": "かみの", "given_name_kana": "いちまい", "date_of_birth": "1958-03-03",
        "postal_code": "758-0041", "address": "山口県萩市江向1", "phone": "0838-00-0001",
    })  # fmt: skip
    desk.locator("[name=school_stage]").select_option("none")
    desk.get_by_label("持っていない", exact=True).check()
    desk.locator("[name=consented]").check()
    press(desk, "受け付けて、受付票を出す")
    expect(desk.get_by_role("heading", name="受付票")).to_be_visible()
    return desk.locator(".big-code").inner_text().strip()


@pytest.mark.story
def test_a_call_from_nothing_and_a_fax(site: Site, desk: Page, become: Callable[[Page, str], None]) -> None:
    become(desk, "萩の事務局")
    call = write_a_draft(desk)
    fill_in_what_is_missing(desk, call)
    build_the_form(desk, call)
    open_it(desk, call)
    code = enter_a_fax(desk, call)
    expect(desk.get_by_text("FAX")).to_be_visible()
    expect(desk.get_by_text("紙野 一枚")).to_be_visible()
    assert desk.url.endswith("/slip/")
    row = site.rows(
        "SELECT a.channel, a.state, a.deadline_by, a.received_at, e.email, a.checked_at FROM calls_application a"
        " JOIN people_account e ON e.id = a.entered_by_id WHERE a.code = ?",
        code,
    )
    yesterday = today() - dt.timedelta(days=1)
    # 16:40 in Tokyo is 7:40 UTC.
    assert row == [
        ("fax", "accepted", "arrival", f"{yesterday} 07:40:00", "secretariat@sonjuku.example", None)
    ]
    desk.goto(f"/c/hagi/calls/{call}/")
    expect(desk.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(desk.get_by_role("main")).to_contain_text("無料")
