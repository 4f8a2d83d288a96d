"""338 applicants, three courses, ranked wishes, seats held for residents: from the frozen list to the seat that came free."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sonjuku.engines.selection.explain import Explainer
from sonjuku.engines.selection.wire_assign import read_list, read_result, read_rules
from tests.stories import academy
from tests.stories.site import ROOT, Site
from tests.stories.test_lottery import NUMBER, colleague_types, follow, press

VISITOR = "academy-visitor@example.jp"
PROOF = f"/c/hagi/calls/{academy.CALL}/proof/"


@pytest.fixture
def site(own_site: Site) -> Site:
    """338 more people would get in the way of other stories."""
    return own_site


def apply(phone: Page, site: Site) -> None:
    """The 338th application, from a phone: two wishes in order."""
    phone.goto(f"/c/hagi/calls/{academy.CALL}/")
    follow(phone, "申し込む")
    follow(phone, "アカウントを作る")
    phone.locator("[name=email]").fill(VISITOR)
    press(phone, "番号を受け取る")
    phone.locator("[name=code]").first.fill(site.code(VISITOR, "次の番号"))
    press(phone, "確かめる")
    told = {
        "family_name": "物語", "given_name": "学", "family_name_kana": "ものがたり", "given_name_kana": "まなぶ",
        "date_of_birth": "1995-05-05", "postal_code": "758-0041", "address": "山口県萩市江向1",
    }  # fmt: skip
    for name, value in told.items():
        phone.locator(f"[name={name}]").fill(value)
    press(phone, "保存して次へ")
    for name, wish in (("wish_1", "ドローン"), ("wish_2", "データ活用")):
        phone.locator(f"[name$={name}]").select_option(wish)
    press(phone, "同意して申し込む")
    expect(phone.get_by_role("heading", name="申込みを受け付けました")).to_be_visible()


def settle_the_double(desk: Page) -> None:
    """One person applied twice: the record that came first stays."""
    follow(desk, "並べて確かめる")
    expect(desk.get_by_role("article")).to_have_count(1)
    desk.get_by_role("button", name="を残す").first.click()
    expect(desk.get_by_text("確かめた結果を記録しました")).to_be_visible()
    follow(desk, "選考のページへ戻る")


def freeze(desk: Page) -> str:
    """Gives the hash on the printed notice."""
    follow(desk, "確認へ進む")
    press(desk, "一覧を固定する")
    expect(desk.get_by_text("一覧を固定しました").first).to_be_visible()
    address = desk.url
    follow(desk, "掲示")
    found = [re.sub(r"\s", "", text) for text in desk.locator("code.hash").all_inner_texts()]
    desk.goto(address)
    return found[0]


def name_a_witness(desk: Page, run: str) -> None:
    desk.goto(f"{run}witnesses/")
    desk.locator("[name=row-0-name]").fill("立会 花子")
    desk.locator("[name=row-0-affiliation]").fill("萩市監査委員事務局")
    press(desk, "保存する")
    expect(desk.get_by_text("立会人を保存しました")).to_be_visible()


def type_number(desk: Page, run: str) -> None:
    desk.goto(run)
    follow(desk, "数の入力へ進む")
    desk.locator("[name=value]").fill(NUMBER)
    press(desk, "この数を入力する")


def draw(desk: Page, run: str) -> None:
    desk.goto(run)
    follow(desk, "確認へ進む")
    press(desk, "抽選する")
    expect(desk.get_by_text("抽選しました").first).to_be_visible()


def show_in_public(desk: Page, run: str) -> None:
    """For the screen of a meeting room: no names, the order line by line."""
    desk.goto(f"{run}screen/")
    expect(desk.get_by_text(NUMBER)).to_be_visible()
    expect(desk.get_by_text("立会 花子")).to_be_visible()
    press(desk, "一つずつ見せる")
    press(desk, "すべて見せる")
    expect(desk.locator("#order li").first).to_be_visible()
    expect(desk.get_by_role("main")).not_to_contain_text("架空")


def announce(desk: Page, run: str) -> None:
    desk.goto(run)
    follow(desk, "確認へ進む")
    press(desk, "結果を発表する")
    expect(desk.get_by_text("結果を発表しました").first).to_be_visible()


def code_of(site: Site, email: str) -> str:
    code = site.one(
        "SELECT a.run_code FROM calls_application a JOIN people_person p ON p.id = a.person_id"
        " LEFT JOIN people_account u ON u.id = p.account_id WHERE p.email = ? OR u.email = ?",
        email, email,
    )  # fmt: skip
    return str(code)


def state_of(site: Site, code: str) -> str:
    return str(site.one("SELECT state FROM calls_application WHERE run_code = ? ORDER BY code LIMIT 1", code))


def explainer(bundle: dict[str, Any]) -> Explainer:
    """From what is published and nothing else."""
    rules = read_rules(bundle["rules"].splitlines()[5:])
    applicants = read_list(bundle["list"].splitlines()[1:])
    return Explainer(rules, applicants, bundle["seed"], read_result(rules, bundle["result"].splitlines()))


def verified(bundle: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "sonjuku.engines.selection", "verify", str(bundle)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def recompute(guest: Page, list_hash: str, folder: Path) -> dict[str, Any]:
    """A stranger compares the printed hash, recomputes on the page, and takes the proof home."""
    guest.goto(PROOF)
    guest.locator("[data-recompute] summary").click()
    guest.locator("#recompute_list_hash").fill(list_hash)
    press(guest, "計算し直す")
    for line in ("rules", "list", "seed", "order", "result", "fair", "known"):
        expect(guest.locator(f"[data-line={line}].done")).to_be_visible()
    with guest.expect_download() as waiting:
        follow(guest, "証明のすべて（JSON）")
    bundle = folder / "bundle.json"
    waiting.value.save_as(bundle)
    assert verified(bundle).returncode == 0
    return dict(json.loads(bundle.read_text(encoding="utf-8")))


@pytest.mark.story
def test_an_academy_is_drawn_in_public(
    site: Site, phone: Page, desk: Page, guest: Page, become: Any, tmp_path: Path
) -> None:
    site.run("tests.stories.academy")
    apply(phone, site)
    site.let_close(academy.CALL)
    become(desk, "萩の事務局")
    desk.goto(f"/c/hagi/desk/calls/{academy.CALL}/selection/")
    run = desk.url
    settle_the_double(desk)
    list_hash = freeze(desk)
    name_a_witness(desk, run)
    type_number(desk, run)
    colleague_types(site, academy.CALL, NUMBER)
    draw(desk, run)
    show_in_public(desk, run)
    mine = code_of(site, VISITOR)
    phone.goto("/me/")
    expect(phone.get_by_role("main")).not_to_contain_text("抽選番号は")
    announce(desk, run)
    bundle = recompute(guest, list_hash, tmp_path)
    assert bundle["list_hash"] == list_hash
    assert bundle["list"].count("\n") == 1 + 338 - 1, "the head, and all but the double"
    ask_by_phone(desk, run, bundle, mine)
    read_the_own_result(phone, site, bundle, mine)
    give_a_seat_back(desk, site, bundle)


def ask_by_phone(desk: Page, run: str, bundle: dict[str, Any], code: str) -> None:
    desk.goto(f"{run}phone/")
    desk.locator("[name=code]").fill(code.lower().replace("-", " "))
    press(desk, "結果を出す")
    number = explainer(bundle).number[code]
    expect(desk.get_by_role("main")).to_contain_text(f"抽選番号は337番のうち{number}番です")


def read_the_own_result(phone: Page, site: Site, bundle: dict[str, Any], code: str) -> None:
    phone.goto(site.link(site.mail(VISITOR, "結果")))
    number = explainer(bundle).number[code]
    expect(phone.get_by_role("main")).to_contain_text(f"抽選番号は337番のうち{number}番です")


def give_a_seat_back(desk: Page, site: Site, bundle: dict[str, Any]) -> None:
    """Somebody with a seat declines; whoever stands next by the published texts is offered it."""
    told = explainer(bundle)
    # From a seat that is held for nobody; one that is goes to the next of its area.
    kinds = told.programmes["p1"].seats
    seated = sorted((code, place.seat) for code, place in told.places.items() if place.programme == "p1")
    leaver = next(code for code, seat in seated if seat < len(kinds) and not kinds[seat].group)
    [follower] = told.next_for("p1", [leaver])
    assert state_of(site, follower) == "waitlisted"
    desk.goto(f"/c/hagi/desk/calls/{academy.CALL}/applications/?q={leaver}")
    desk.get_by_role("link", name=re.compile("架空")).first.click()
    desk.locator("summary", has_text="辞退").click()
    press(desk, "辞退を記録する")
    expect(desk.get_by_text("辞退を記録しました")).to_be_visible()
    assert state_of(site, leaver) == "declined"
    assert state_of(site, follower) == "offered"
