"""Two colleagues, each logged in with a second factor, type the public number; the draw is shown on a hall's screen."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories import colleagues
from tests.stories.conftest import DESK, someone
from tests.stories.site import Site
from tests.stories.test_lottery import (
    CALL,
    NUMBER,
    end_the_days_of_checking,
    follow,
    press,
    settle_doubles,
)

MISREAD = "03 11 19 27 36 24"
SHOWN = "#order > li:visible"


@pytest.fixture
def site(own_site: Site) -> Site:
    return own_site


@pytest.fixture
def second(chromium: Browser, site: Site) -> Iterator[Page]:
    """The colleague's computer."""
    with someone(chromium, site, DESK) as page:
        yield page


def log_in(page: Page, email: str) -> None:
    """By password; the desk opens only after a second factor has been set up."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(colleagues.PASSWORD)
    page.get_by_role("button", name="ログインする", exact=True).click()
    page.wait_for_url(lambda address: "/login/" not in address)
    page.goto("/c/hagi/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("ログインの確認方法")
    page.locator("#by-app ~ p a").click()
    page.locator("[name=password]").fill(colleagues.PASSWORD)
    press(page, "確かめる")
    secret = page.locator("p.help code").inner_text()
    page.locator("[name=code]").fill(colleagues.code_of(secret))
    press(page, "登録する")
    page.wait_for_url(lambda address: "/activate/" not in address)
    page.goto("/c/hagi/desk/")
    expect(page).to_have_url(re.compile("/c/hagi/desk/$"))


def freeze(desk: Page, site: Site) -> str:
    desk.goto(f"/c/hagi/desk/calls/{CALL}/selection/")
    run = desk.url
    settle_doubles(desk, run)
    end_the_days_of_checking(site, CALL)
    desk.reload()
    follow(desk, "確認へ進む")
    press(desk, "一覧を固定する")
    expect(desk.get_by_text("一覧を固定しました").first).to_be_visible()
    return run


def type_number(page: Page, run: str, value: str) -> None:
    page.goto(f"{run}seed/")
    page.locator("[name=value]").fill(value)
    button = page.get_by_role("button", name=re.compile("この数を入力する|入力し直す"))
    button.click()


def agree(first: Page, second: Page, run: str) -> None:
    """They read it differently; the one who was wrong types again, and neither sees the other's."""
    type_number(first, run, NUMBER)
    expect(first.get_by_text("もう一人の入力を待っています").first).to_be_visible()
    second.goto(f"{run}seed/")
    expect(second.locator("body")).not_to_contain_text(NUMBER)
    type_number(second, run, MISREAD)
    expect(second.get_by_text("二人が入力した数が違います").first).to_be_visible()
    for page, other in ((first, MISREAD), (second, NUMBER)):
        page.goto(run)
        expect(page.get_by_text("二人が入力した数が違います").first).to_be_visible()
        expect(page.locator("body")).not_to_contain_text(other)
        expect(page.locator("a[href$='/do/draw/']")).to_have_count(0)
    type_number(second, run, NUMBER)
    expect(second.get_by_text("二人の数がそろいました").first).to_be_visible()


def draw(page: Page, run: str) -> None:
    page.goto(run)
    follow(page, "確認へ進む")
    press(page, "抽選する")
    expect(page.get_by_text("抽選しました").first).to_be_visible()


def show(page: Page, site: Site, run: str) -> None:
    """List, hash, value, seed; the order appears line by line, by keyboard alone."""
    rows = "FROM calls_selectionrun r JOIN calls_call c ON c.selection_run_id = r.id WHERE c.code = ?"
    list_hash, seed, order = site.rows(f'SELECT r.list_hash, r.seed, r."order" {rows}', CALL)[0]
    codes = order.split()
    page.goto(f"{run}screen/")
    facts = re.sub(r"\s", "", page.locator(".screen-facts").inner_text())
    for said in (f"{len(codes)}件", list_hash, seed, NUMBER.replace(" ", "")):
        assert said in facts
    assert page.locator("#order > li > b").all_inner_texts() == codes
    begin, all_at_once = page.locator("[data-reveal]"), page.locator("[data-reveal-all]")
    expect(all_at_once).to_be_hidden()
    begin.focus()
    page.keyboard.press("Enter")
    expect(page.locator(SHOWN).first).to_be_visible()
    assert page.locator(SHOWN).count() < len(codes), "not all at once"
    assert page.locator(SHOWN).first.locator("b").inner_text() == codes[0]
    page.keyboard.press("Tab")
    expect(all_at_once).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(SHOWN)).to_have_count(len(codes))
    expect(all_at_once).to_be_hidden()


def animation_of_a_new_line(page: Page) -> str:
    page.locator("[data-reveal]").click()
    fresh = page.locator("#order > li.fresh").first
    expect(fresh).to_be_visible()
    return str(fresh.evaluate("line => getComputedStyle(line).animationName"))


def rest_without_motion(page: Page, run: str) -> None:
    """Whoever asked for less motion sees lines appear without any."""
    assert animation_of_a_new_line(page) == "appear"
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{run}screen/")
    assert animation_of_a_new_line(page) == "none"


@pytest.mark.story
def test_two_colleagues_draw_in_public(site: Site, desk: Page, second: Page, become: Any) -> None:
    site.run("tests.stories.colleagues")
    site.let_close(CALL)
    log_in(desk, colleagues.FIRST)
    log_in(second, colleagues.SECOND)
    run = freeze(desk, site)
    agree(desk, second, run)
    draw(second, run)
    show(desk, site, run)
    rest_without_motion(desk, run)
