"""Twelve experts and nine firms rank one another, a reminder goes out, two people type the number, each pair is named."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import DESK, PHONE, WATCH
from tests.stories.site import ROOT, Site

NUMBER = "03 11 19 27 36 42"


@contextmanager
def someone(chromium: Browser, site: Site, session: str, screen: Any, **options: Any) -> Iterator[Page]:
    """A logged-in browser; at the end no page was too wide and none had an error."""
    context = chromium.new_context(
        base_url=site.url, viewport=screen, locale="ja-JP", timezone_id="Asia/Tokyo", **options
    )
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    problems: list[str] = []
    context.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert problems == []


def picture(page: Page, name: str) -> None:
    """For whoever looks the pages over: SONJUKU_PICTURES names a folder."""
    if folder := os.environ.get("SONJUKU_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def move(page: Page, cast: dict[str, Any], name: str, way: str) -> None:
    """The arrow of this partner; one who isn't listed yet has a button that says so instead."""
    page.locator(f'button[name=move][value="{cast["members"][name]}:{way}"]').click()
    page.wait_for_load_state()


def order(page: Page) -> list[str]:
    """The titles in the order that the page shows."""
    return [text.split("同じくらい")[0].strip() for text in page.locator("ol.ranking h3").all_inner_texts()]


def rank_on_the_phone(page: Page, cast: dict[str, Any]) -> None:
    """Numbers first, then arrows, then two that are equally welcome."""
    titles = cast["titles"]
    page.goto("/me/")
    page.get_by_role("link", name="順番を付ける").click()
    expect(page.get_by_text("正直な順に並べるのがいちばん得です")).to_be_visible()
    picture(page, "member-empty")
    for place, firm in enumerate(("firm0", "firm1", "firm2"), 1):
        page.locator(f"#place-{cast['members'][firm]}").select_option(str(place))
    press(page, "下書きを保存する")
    assert order(page) == [titles["firm0"], titles["firm1"], titles["firm2"]]
    move(page, cast, "firm1", "up")
    assert order(page) == [titles["firm1"], titles["firm0"], titles["firm2"]]
    page.locator(f"#place-{cast['members']['firm2']}").select_option("2")
    move(page, cast, "firm5", "up")
    assert order(page)[0] == titles["firm1"]
    assert set(order(page)[1:3]) == {titles["firm0"], titles["firm2"]}
    assert order(page)[3] == titles["firm5"]
    assert page.get_by_text("同じくらい", exact=True).count() == 2
    press(page, "この順で出す")
    expect(page.get_by_text("紹介に同意する印がありません")).to_be_visible()
    assert len(order(page)) == 4  # nothing was lost
    page.locator("#agrees").check()
    press(page, "この順で出す")
    expect(page.get_by_text("希望の順を受け取りました")).to_be_visible()
    picture(page, "member-submitted")


def rank_without_script(page: Page, cast: dict[str, Any]) -> None:
    page.goto(f"/me/matching/{cast['members']['firm0']}/")
    assert page.get_by_text("いちばん得です").count() == 0
    for expert in ("expert1", "expert0", "expert3"):
        move(page, cast, expert, "up")
    move(page, cast, "expert1", "down")
    assert order(page) == [cast["titles"][name] for name in ("expert0", "expert1", "expert3")]
    page.locator("#agrees").check()
    press(page, "この順で出す")
    expect(page.get_by_text("希望の順を受け取りました")).to_be_visible()
    picture(page, "member-firm")


def soon(site: Site, event: str, moment: str) -> None:
    site.write(
        "UPDATE matching_matchingevent SET ranks_by = strftime('%Y-%m-%d %H:%M:%f', 'now', ?) WHERE id = ?",
        moment,
        event.replace("-", ""),
    )


def confirm(page: Page, event: str, link: str, button: str) -> None:
    page.goto(f"/c/hagi/desk/matching/{event}/")
    page.get_by_role("link", name=link).click()
    press(page, button)


def run_the_desk(chromium: Browser, site: Site, cast: dict[str, Any]) -> None:
    """Freeze, type the number in two accounts, draw, look, announce."""
    event = cast["event"]
    with someone(chromium, site, cast["desks"][0], DESK) as first:
        confirm(first, event, "確認へ進む", "一覧を固定する")
        confirm(first, event, "数の入力へ進む", "この数を入力する")  # empty
        expect(first.get_by_text("入力してください").first).to_be_visible()
        first.locator("[name=value]").fill(NUMBER)
        press(first, "この数を入力する")
        expect(first.get_by_text("一人目は済みました")).to_be_visible()
        picture(first, "desk-frozen")
        with someone(chromium, site, cast["desks"][1], DESK) as second:
            second.goto(f"/c/hagi/desk/matching/{event}/")
            second.get_by_role("link", name="数の入力へ進む").click()
            second.locator("[name=value]").fill(NUMBER)
            press(second, "この数を入力する")
            confirm(second, event, "確認へ進む", "計算する")
            expect(second.get_by_text("発表前").first).to_be_visible()
            picture(second, "desk-drawn")
        sealed(site, cast)
        confirm(first, event, "確認へ進む", "結果を発表する")
        expect(first.get_by_text("結果を発表しました").first).to_be_visible()
        picture(first, "desk-announced")
        first.goto("/c/hagi/desk/matching/introductions/")
        picture(first, "desk-introductions")


def sealed(site: Site, cast: dict[str, Any]) -> None:
    """Nobody outside the desk learns anything before the announcement."""
    import urllib.request

    address = f"{site.url}/c/hagi/matching/{cast['code']}/proof/"
    for form in ("", "?format=json"):
        with urllib.request.urlopen(address + form, timeout=10) as answer:
            text = answer.read().decode()
        assert NUMBER not in text
        for (code,) in site.rows("SELECT code FROM matching_matchingmember WHERE side = 'left'"):
            assert code not in text
    assert site.one("SELECT count(*) FROM matching_introduction") == 0


def letters_name_each_pair(site: Site, cast: dict[str, Any]) -> None:
    rows = site.rows(
        "SELECT i.id, lp.email, rp.email, lp.given_name, b.name FROM matching_introduction i"
        " JOIN matching_matchingmember l ON l.id = i.left_id JOIN people_person lp ON lp.id = l.person_id"
        " JOIN matching_matchingmember r ON r.id = i.right_id JOIN people_person rp ON rp.id = r.person_id"
        " JOIN people_body b ON b.id = r.body_id"
    )
    assert 6 <= len(rows) <= 9
    for _id, expert, firm, name, body in rows:
        assert body in site.mail(expert, "お相手が決まりました")
        told = site.mail(firm, "お相手が決まりました")
        assert f"物語 {name}" in told
        assert expert in told
    met = {address for row in rows for address in row[1:3]}
    for member in cast["members"]:
        address = f"{member}@story.example.jp"
        if address not in met:
            site.mail(address, "今回ご紹介がありません")
    given = site.one("SELECT count(*) FROM people_provisionrecord WHERE about_id IN (SELECT id FROM matching_introduction)")  # fmt: skip
    assert given == len(rows)


def verify(site: Site, chromium: Browser, cast: dict[str, Any], folder: Path) -> None:
    with someone(chromium, site, cast["sessions"]["expert0"], PHONE) as page:
        page.goto(f"/me/matching/{cast['members']['expert0']}/")
        picture(page, "member-result")
        page.get_by_role("link", name="公開の記録で確かめる").click()
        picture(page, "proof")
        shown = page.request.get(f"/c/hagi/matching/{cast['code']}/proof/?format=json")
        file = folder / "bundle.json"
        file.write_bytes(shown.body())
    assert not re.search("物語|株式会社", file.read_text())
    command = [
        sys.executable,
        "-m",
        "sonjuku.engines.selection",
        "verify",
        str(file),
        "--public-value",
        NUMBER,
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("holds: 21 codes")
    forged = json.loads(file.read_text())
    codes = re.findall(r"^(\S+)\t(?!-)(\S+)$", forged["result"], re.M)
    forged["result"] = forged["result"].replace(codes[0][1], codes[1][1], 1)
    file.write_text(json.dumps(forged))
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1


@pytest.mark.story
def test_experts_and_firms_meet(site: Site, chromium: Browser, tmp_path: Path) -> None:
    cast = json.loads(site.run("tests.stories.matching_cast", "open"))
    assert "希望の順をお出しください" in site.mail("expert0@story.example.jp", "締切")
    with someone(chromium, site, cast["sessions"]["expert0"], PHONE, has_touch=True) as page:
        rank_on_the_phone(page, cast)
    with someone(chromium, site, cast["sessions"]["firm0"], PHONE, java_script_enabled=False) as page:
        rank_without_script(page, cast)
    assert json.loads(site.run("tests.stories.matching_cast", "rank")) == {"ranked": 17}
    soon(site, cast["event"], "+2 days")
    late = site.mail("expert11@story.example.jp", "まだ出ていません")
    assert site.mails("expert0@story.example.jp")[-1] != late
    with someone(chromium, site, cast["sessions"]["expert11"], PHONE, has_touch=True) as page:
        page.goto(site.link(late))
        move(page, cast, "firm0", "up")
        page.locator("#agrees").check()
        press(page, "この順で出す")
    with someone(chromium, site, cast["sessions"]["expert1"], PHONE, has_touch=True) as page:
        page.goto(f"/me/matching/{cast['members']['expert1']}/")
        move(page, cast, "firm0", "up")
        page.locator("#agrees").check()
        press(page, "この順で出す")
    assert len([m for m in site.mails("expert11@story.example.jp") if "まだ出ていません" in m]) == 1
    with someone(chromium, site, cast["desks"][0], DESK) as page:
        page.goto(f"/c/hagi/desk/matching/{cast['event']}/")
        picture(page, "desk-open")
    soon(site, cast["event"], "-1 seconds")
    time.sleep(1.1)
    run_the_desk(chromium, site, cast)
    letters_name_each_pair(site, cast)
    verify(site, chromium, cast, tmp_path)
