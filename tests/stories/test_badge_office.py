"""Badges at the desk: one is defined and given to a finished course by the worker; one is revoked, and everyone reads so."""

import json
import os
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.stories.looking import axe, filled, look
from tests.stories.site import Site

DESK = "/c/hagi/desk/badges/"
# A folder to leave pictures in, for whoever wants to look.
PICTURES = os.environ.get("SONJUKU_STORY_PICTURES", "")


def seen(page: Page, name: str) -> None:
    """The page as it is, in both languages and narrow: nothing sticks out, axe is silent."""
    here, size = page.url, page.viewport_size
    path = "/" + here.split("//", 1)[1].partition("/")[2]
    problems = []
    for language, address in (("ja", path), ("en", f"/en{path}")):
        page.goto(address)
        for width in (320, 1280):
            # So high that no link lies under the bar at the lower edge, from which one scrolls it away.
            page.set_viewport_size({"width": width, "height": 2400})
            problems += [f"{name} {language} {width}: {each}" for each in (*look(page, language), *axe(page))]
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{language}-{width}.png", full_page=True)
        assert len(filled(page)) <= 1, name
    assert problems == []
    page.set_viewport_size(size or {"width": 1280, "height": 900})
    page.goto(here)


@pytest.mark.story
def test_a_badge_is_given_to_many_and_one_is_revoked(
    site: Site, desk: Page, guest: Page, become: Callable[[Page, str], None]
) -> None:
    become(desk, "萩の事務局")
    desk.goto(DESK)
    seen(desk, "badges")
    desk.get_by_role("link", name="バッジを定める").click()
    seen(desk, "new")
    desk.get_by_label("バッジの名前", exact=False).first.fill("夏のデータ案内人")
    desk.get_by_label("何ができる人か").first.fill("データを読み解ける。")
    desk.get_by_label("何をした人に渡すか").first.fill("夏の講座を修了すること。")
    desk.get_by_label("画像の文字").fill("夏")
    desk.get_by_label("画像の色").fill("#8a4b00")
    desk.get_by_role("button", name="保存する").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("夏のデータ案内人")
    seen(desk, "definition")

    desk.get_by_role("link", name="修了した人に渡す").click()
    seen(desk, "issue")
    summer = desk.get_by_label("修了した募集").locator("option", has_text=re.compile("ITパスポート.*夏期"))
    desk.get_by_label("修了した募集").select_option(summer.first.get_attribute("value"))
    desk.get_by_role("button", name="渡しはじめる").click()
    expect(desk.get_by_text("8 人のうち 8 人に渡しました。")).to_be_visible()
    seen(desk, "batch")

    desk.goto(f"{DESK}issued/")
    seen(desk, "register")
    # The holder of this one shows it to everyone.
    public = site.one(
        "select id from credentials_award where visibility = 'public' order by issued_at limit 1"
    )
    number = str(UUID(hex=public))
    guest.goto(f"/badges/{number}/")
    expect(guest.get_by_text("このバッジは、失効しています。")).to_have_count(0)
    desk.get_by_label("バッジの番号").fill(f"urn:uuid:{number}")
    desk.get_by_role("button", name="探す").click()
    desk.locator("tbody").get_by_role("link").click()
    seen(desk, "issued")
    desk.get_by_role("link", name="失効させる").click()
    seen(desk, "revoke")
    desk.get_by_label("理由").fill("別の人に渡していました。")
    desk.get_by_role("button", name="失効させる").click()
    expect(desk.get_by_text("失効したバッジは、元に戻せません。")).to_be_visible()

    guest.reload()
    expect(guest.get_by_text("このバッジは、失効しています。")).to_be_visible()
    seen(guest, "public")
    guest.get_by_role("button", name="本物か確かめる").click()
    expect(guest.get_by_text("発行者が失効させました。")).to_be_visible()
    listed = json.loads(guest.request.get(status_list(site, number)).text())
    assert listed["credentialSubject"]["statusPurpose"] == "revocation"

    desk.goto(f"{DESK}keys/")
    seen(desk, "keys")
    for deed in ("新しい鍵にする", "鍵を取り消す", "発行者の書き方を選ぶ"):
        desk.goto(f"{DESK}keys/")
        desk.get_by_role("link", name=deed).first.click()
        seen(desk, f"key-{deed}")


def status_list(site: Site, number: str) -> str:
    """Where the revocation list of a badge stands, as its file says."""
    credential = site.one("select credential from credentials_award where id = ?", number.replace("-", ""))
    address: str = json.loads(credential)["credentialStatus"]["statusListCredential"]
    return "/" + address.split("//", 1)[1].partition("/")[2]
