"""The wallet on a phone: files, a link for a stranger that is taken back, and a paper whose QR code leads to the badge."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from sonjuku.protocols.openbadges import proofs, reading, records, vcjwt
from sonjuku.toolbox import typesetting
from tests.printing import codes_on, has_to, pages_of
from tests.stories.conftest import DESK, PHONE
from tests.stories.conftest import someone as visitor
from tests.stories.site import Site
from tests.stories.test_badge_office import seen
from tests.stories.test_matching_event import picture, press, someone
from tests.stories.wallet_cast import TITLES

pytestmark = pytest.mark.story
GENUINE = "いま確かめました。本物で、有効です。"


@pytest.fixture(scope="module")
def cast(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.run("tests.stories.wallet_cast", "wallet"))
    return found


def unfold(page: Page, title: str) -> Any:
    card = page.locator("article.card").filter(has_text=title)
    card.locator("summary").click()
    return card


def bring(page: Page, link: Any) -> bytes:
    with page.expect_download() as expected:
        link.click()
    download: Download = expected.value
    return Path(download.path()).read_bytes()


def test_files_of_every_kind_come_onto_the_phone(site: Site, chromium: Browser, cast: dict[str, Any]) -> None:
    with someone(chromium, site, cast["holder"], PHONE) as page:
        page.goto("/me/")
        page.get_by_role("link", name="バッジと証明をまとめて見る").click()
        card = unfold(page, TITLES[0])
        picture(page, "wallet-open")
        badge = reading.read_any(bring(page, card.get_by_role("link", name="画像（PNG）")))
        token = bring(page, card.get_by_role("link", name="ウォレット用（JWT）")).decode()
        record = json.loads(bring(page, page.get_by_role("link", name="学びの記録")))
    at = proofs.read_time(record["validFrom"])
    assert vcjwt.verify(token, at)[1]["id"] == badge["id"]
    assert records.verify(record, at).ok
    members = records.members_of(record)
    assert [one["name"] for one in members] == list(TITLES)
    assert badge in members


def test_the_pages_look_right(site: Site, chromium: Browser, cast: dict[str, Any]) -> None:
    with someone(chromium, site, cast["holder"], DESK) as page:
        page.goto("/me/badges/")
        seen(page, "wallet")
        for name, title in (("リンクで見せる", "share"), ("紙に印刷する（PDF）", "print")):
            page.goto("/me/badges/")
            unfold(page, TITLES[0]).get_by_role("link", name=name).click()
            page.wait_for_load_state()
            seen(page, title)
    with someone(chromium, site, cast["newcomer"], PHONE) as page:
        page.goto("/me/badges/")
        expect(page.get_by_text("まだバッジはありません。")).to_be_visible()
        seen(page, "wallet-empty")


def test_a_stranger_opens_the_link_until_it_is_withdrawn(
    site: Site, chromium: Browser, cast: dict[str, Any], guest: Page
) -> None:
    with someone(chromium, site, cast["holder"], PHONE) as page:
        page.goto("/me/badges/")
        page.get_by_role("link", name="すべてをリンクで見せる").click()
        page.get_by_label("7日間").check()
        press(page, "リンクをつくる")
        address = page.locator("#shared-address").inner_text()
        picture(page, "share-made")
        guest.goto(address)
        seen(guest, "shared")
        guest.get_by_role("listitem").filter(has_text=TITLES[1]).get_by_role("link").click()
        expect(guest.get_by_text(GENUINE)).to_be_visible()
        expect(guest.get_by_text("見本 花子")).to_have_count(0)
        seen(guest, "shared-badge")

        page.goto("/me/badges/")
        page.get_by_role("button", name="取り消す").click()
        expect(page.get_by_text("リンクを取り消しました。もう開けません。")).to_be_visible()
    with visitor(chromium, site, PHONE) as other:
        # A page that is gone is no error of the site, but Chromium's console calls every 410 one.
        answer = other.request.get(address)
        assert answer.status == 410
        assert "持ち主が取り消しました。" in answer.text()


@pytest.mark.skipif(
    not typesetting.can_typeset() and not has_to("OFFICE", "BROWSER"),
    reason="Typst (requirements/test.txt) or a Japanese font is missing",
)
def test_the_qr_code_of_the_pdf_leads_to_the_verified_badge(
    site: Site, chromium: Browser, cast: dict[str, Any], guest: Page, tmp_path: Path
) -> None:
    with someone(chromium, site, cast["holder"], PHONE) as page:
        page.goto("/me/badges/")
        unfold(page, TITLES[1]).get_by_role("link", name="紙に印刷する（PDF）").click()
        pdf = tmp_path / "sheet.pdf"
        pdf.write_bytes(bring(page, page.get_by_role("button", name="PDFを受け取る")))
        page.goto("/me/badges/")
        expect(page.get_by_text("紙のQRコード")).to_be_visible()
    [sheet] = pages_of(pdf)
    [address] = codes_on(sheet)
    guest.goto(address)
    expect(guest.get_by_role("heading", level=1)).to_have_text(TITLES[1])
    expect(guest.get_by_text(GENUINE)).to_be_visible()


def test_the_page_to_print_fits_on_one_sheet_with_the_same_code(
    site: Site, chromium: Browser, cast: dict[str, Any], guest: Page, tmp_path: Path
) -> None:
    with someone(chromium, site, cast["holder"], PHONE) as page:
        page.goto("/me/badges/")
        unfold(page, TITLES[0]).get_by_role("link", name="紙に印刷する（PDF）").click()
        press(page, "印刷するページを開く")
        picture(page, "sheet")
        pdf = tmp_path / "page.pdf"
        page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    [sheet] = pages_of(pdf)
    [address] = codes_on(sheet)
    guest.goto(address)
    expect(guest.get_by_text(GENUINE)).to_be_visible()
