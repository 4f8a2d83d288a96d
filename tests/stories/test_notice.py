"""A notice on a board: printed on one sheet, found by phone, through its QR code or its short number."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.paper import codes_by_page, needs_print, print_to_pdf, text_of_pdf
from tests.stories.site import Site
from tests.stories.test_lottery import press

CALL = "symposium"
TITLE = "シンポジウム「萩で働く、世界とつながる」"


@needs_print
@pytest.mark.story
def test_a_printed_notice_opens_its_call(
    site: Site, desk: Page, guest: Page, become: Callable[[Page, str], None], tmp_path: Path
) -> None:
    become(desk, "萩の事務局")
    desk.goto(f"/c/hagi/desk/calls/{CALL}/papers/")
    row = desk.locator(".question-row", has_text="掲示（A4）")
    row.get_by_role("link", name=re.compile("印刷する")).click()
    expect(desk.locator("article.notice")).to_be_visible()
    pdf = print_to_pdf(desk, tmp_path)
    [[address]] = codes_by_page(pdf)
    guest.goto(address)
    expect(guest.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(guest.get_by_role("link", name="申し込む").first).to_be_visible()
    # Nothing of the desk's page gets onto the paper but the notice.
    printed = text_of_pdf(pdf, "-layout")
    assert "書類と配布物" not in printed
    assert "0838-00-0000" in printed
    number = re.search(r"^\s*([0-9A-Z]{3,6}-?[0-9A-Z]{2,6})\s*$", printed, re.MULTILINE)
    assert number, printed
    guest.goto("/k/")
    guest.get_by_role("textbox").fill(number[1].lower())
    press(guest, "開く")
    expect(guest.get_by_role("heading", level=1)).to_have_text(TITLE)
