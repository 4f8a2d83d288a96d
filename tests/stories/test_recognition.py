"""A badge of others is handed in, checked, endorsed, shown in two layers, and revoked; 3 of 5 give a badge; so does experience."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import DESK, PHONE
from tests.stories.site import Site
from tests.stories.test_matching_event import picture, press, someone

pytestmark = pytest.mark.story
PDF = {"name": "case.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\ncase\n%%EOF"}


@pytest.fixture(scope="module")
def cast(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.run("tests.stories.recognition_cast"))
    return found


def desk_opens_first(page: Page, filter_words: str) -> None:
    page.goto("/c/hagi/desk/certificates/")
    page.get_by_role("link", name=re.compile(filter_words)).first.click()
    page.locator("th.lead-cell a").first.click()


def hand_in(page: Page, badge: str) -> None:
    page.goto("/me/")
    page.get_by_role("link", name="ほかで受けた証明を届け出る").click()
    page.get_by_label("どの証明ですか").select_option(label="データ分析の修了証 (学習サイト)")
    page.get_by_label("オープンバッジ", exact=True).check()
    forged = badge.replace("学んだ。", "首席で学んだ。")
    page.get_by_label("ファイル").set_input_files({"name": "badge.json", "mimeType": "application/json", "buffer": forged.encode()})  # fmt: skip
    press(page, "届け出る")
    expect(page.get_by_text("署名が合いません").first).to_be_visible()
    page.get_by_label("ファイル").set_input_files({"name": "badge.json", "mimeType": "application/json", "buffer": badge.encode()})  # fmt: skip
    press(page, "届け出る")
    expect(page.get_by_text("届け出を受け付けました")).to_be_visible()
    picture(page, "certificate-claimed")


def test_two_layers_and_what_becomes_of_them(site: Site, chromium: Browser, cast: dict[str, Any]) -> None:
    with someone(chromium, site, cast["learner"], PHONE) as page:
        hand_in(page, cast["badge"])
    with someone(chromium, site, cast["desks"][0], DESK) as page:
        desk_opens_first(page, "確認待ち")
        expect(page.get_by_text("バッジの持ち主のアドレスと同じです")).to_be_visible()
        page.get_by_role("link", name="確認へ進む").click()
        press(page, "確かめました")
        expect(page.get_by_text("確認を記録しました")).to_be_visible()
    with someone(chromium, site, cast["learner"], PHONE) as page:
        page.goto("/me/")
        # The third of five: the map gave its badge when the certificate was checked.
        expect(page.get_by_role("link", name="地域DX人材").first).to_be_visible()
        page.get_by_role("listitem").filter(has_text="データ分析 修了").get_by_role("link").click()
        page.get_by_role("link", name="認定証を申し込む").click()
        press(page, "申し込む")
        mine = page.url
    with someone(chromium, site, cast["desks"][0], DESK) as page:
        desk_opens_first(page, "認定証の申込み")
        page.get_by_role("link", name="認定証へ進む").click()
        press(page, "認定証を出す")
        desk = page.url
    with someone(chromium, site, cast["learner"], PHONE) as page:
        page.goto(mine)
        page.get_by_label("公開：").check()
        press(page, "この範囲にする")
        page.get_by_role("link", name="認定証のページを見る").click()
        address = page.url
    read_as_stranger(chromium, site, address, "いまも確認に通ります")
    with someone(chromium, site, cast["desks"][0], DESK) as page:
        page.goto(desk)
        page.get_by_role("link", name="発行者の取消しを記録する").click()
        page.get_by_label("理由").fill("発行者から取消しの知らせ")
        press(page, "取消しを記録する")
    read_as_stranger(chromium, site, address, "根拠になりません")


def read_as_stranger(chromium: Browser, site: Site, address: str, words: str) -> None:
    context = chromium.new_context(viewport=PHONE, locale="ja-JP")
    page = context.new_page()
    page.goto(address)
    for heading in ("上の層：協議会の認定証", "下の層：もとの証明"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_text(words).first).to_be_visible()
    picture(page, f"layers-{len(words)}")
    press(page, "本物か確かめる")
    expect(page.get_by_text("この鍵は、発行者の協議会がこのサイトで使っている鍵です")).to_be_visible()
    context.close()


def test_experience_gives_the_same_badge(site: Site, chromium: Browser, cast: dict[str, Any]) -> None:
    with someone(chromium, site, cast["learner"], PHONE) as page:
        page.goto("/c/hagi/skills/")
        page.get_by_role("link", name="実務経験で申請する").click()
        page.get_by_label("どのバッジを申請しますか").select_option(label=cast["course"])
        page.get_by_label("したこと").fill("商店街の在庫管理の電子化")
        page.get_by_label("場所・相手先").fill("商店街")
        page.get_by_label("始まり").fill("2023-04-01")
        page.get_by_label("説明").fill("三つの店で使われています。")
        press(page, "申請する")
        expect(page.get_by_text("経験を示すものが、まだありません").first).to_be_visible()
        page.get_by_label("経験を示すファイル 1").set_input_files(PDF)  # type: ignore[arg-type]
        press(page, "申請する")
        expect(page.get_by_text("申請を受け付けました")).to_be_visible()
    for session in cast["judges"]:
        with someone(chromium, site, session, DESK) as page:
            page.goto("/c/hagi/desk/reviews/experience/")
            page.locator("th.lead-cell a").first.click()
            assert page.get_by_text("商店街の在庫管理の電子化").count() == 0
            page.get_by_label("ありません。公正に審査します").check()
            press(page, "申告する")
            expect(page.get_by_text("商店街の在庫管理の電子化")).to_be_visible()
            page.get_by_label("満たしています", exact=True).check()
            page.get_by_label("判断の基準").fill("利用の記録を確かめた")
            press(page, "判断を提出する")
            expect(page.get_by_text("判断を受け取りました")).to_be_visible()
    with someone(chromium, site, cast["desks"][1], DESK) as page:
        page.goto("/c/hagi/desk/experience/")
        page.locator("th.lead-cell a").first.click()
        page.get_by_role("link", name="確認へ進む").click()
        press(page, "バッジを渡す")
        expect(page.get_by_text("バッジを渡しました")).to_be_visible()
    with someone(chromium, site, cast["learner"], PHONE) as page:
        page.goto("/me/")
        page.get_by_role("link", name=cast["course"]).first.click()
        expect(page.get_by_role("heading", name=cast["course"])).to_be_visible()
