"""A person sees what is held and who looked, has it put right and erased; what then remains is what the law keeps, by name."""

import csv
import datetime as dt
import io
import json
import re
import sqlite3
import uuid
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.site import DATABASE, Site, today
from tests.stories.test_lottery import follow, press

CALL = "symposium"
PERSON = "story-leaver@example.jp"
NAME = "去野 一時"
TRACES = (PERSON, "去野", "サリノ", "春日町9")


@pytest.fixture
def site(own_site: Site) -> Site:
    """Nobody else's requests stand in the list."""
    return own_site


def take_part(phone: Page, site: Site) -> None:
    phone.goto(f"/c/hagi/calls/{CALL}/")
    follow(phone, "申し込む")
    follow(phone, "アカウントを作る")
    phone.locator("[name=email]").fill(PERSON)
    press(phone, "番号を受け取る")
    phone.locator("[name=code]").first.fill(site.code(PERSON, "次の番号"))
    press(phone, "確かめる")
    told = {
        "family_name": "去野", "given_name": "一時", "family_name_kana": "さりの", "given_name_kana": "いっとき",
        "date_of_birth": (today() - dt.timedelta(days=40 * 365)).isoformat(), "postal_code": "758-0041",
        "address": "山口県萩市春日町9",
    }  # fmt: skip
    for name, value in told.items():
        if name == "address":
            # What the postal code brings, made into the whole address.
            expect(phone.locator("[name=address]")).to_have_value("山口県萩市江向")
        phone.locator(f"[name={name}]").fill(value)
    phone.locator("[name=school_stage]").select_option("none")
    press(phone, "保存して次へ")
    phone.locator("[name=option][value=会場]").check()
    press(phone, "同意して申し込む")
    expect(phone.get_by_text("参加が決まりました").first).to_be_visible()


def code_of(site: Site) -> str:
    return str(
        site.one(
            "SELECT a.code FROM calls_application a JOIN people_person p ON p.id = a.person_id"
            " WHERE p.family_name = '去野'"
        )
    )


def open_at_the_desk(desk: Page, code: str) -> None:
    desk.goto(f"/c/hagi/desk/calls/{CALL}/applications/?q={code}")
    desk.get_by_role("main").get_by_role("link", name=NAME).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(NAME)


def hand_over(site: Site) -> None:
    """Somebody gave this person's name to the prefecture, by consent, on paper: that is recorded."""
    person, council, body = site.rows(
        "SELECT p.id, p.council_id, b.id FROM people_person p JOIN people_body b ON b.council_id = p.council_id"
        " WHERE p.family_name = '去野' AND b.type = 'council'"
    )[0]
    values = {
        "id": uuid.uuid4().hex, "council_id": council, "from_body_id": body, "to_name": "山口県", "person_id": person,
        "person_name": NAME, "basis": "同意（様式2）", "items": '["氏名"]', "given_at": f"{today()} 00:00:00",
        "keep_until": f"{today().year + 3}-12-31",
    }  # fmt: skip
    with closing(sqlite3.connect(site.var / DATABASE, timeout=30)) as database:
        marks = ", ".join("?" * len(values))
        database.execute(
            f"INSERT INTO people_provisionrecord ({', '.join(values)}) VALUES ({marks})", [*values.values()]
        )
        database.commit()


def see_everything(phone: Page, code: str, folder: Path) -> None:
    phone.goto("/c/hagi/my-data/")
    expect(phone.locator("#looks")).to_contain_text("申込みの内容を開きました")
    expect(phone.locator("#looks")).to_contain_text("シンポジウムの受付と当日の連絡のため")
    with phone.expect_download() as waiting:
        follow(phone, "すべてダウンロードする")
    waiting.value.save_as(folder / "mine.zip")
    with zipfile.ZipFile(folder / "mine.zip") as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    data = json.loads(files["data.json"])
    assert data["profile"][0]["address"] == "山口県萩市春日町9"
    assert [row["code"] for row in data["applications"]] == [code]
    [_header, row] = csv.reader(io.StringIO(files["tables/applications.csv"]))
    assert code in row
    assert NAME in files["index.html"]
    # Everybody else of the demo is called 見本.
    assert not [name for name, text in files.items() if "見本 " in text or "@sonjuku.example" in text]


def ask(phone: Page, what: str, text: str) -> None:
    phone.goto("/c/hagi/my-data/")
    phone.locator(".todo li", has_text=what).get_by_role("link", name="請求する").click()
    phone.locator("[name=text]").fill(text)
    body = phone.locator("select[name=body]")
    if body.count():
        body.select_option(label="萩市")
    press(phone, "請求する")
    expect(phone.get_by_text("の請求を受け付けました").first).to_be_visible()


def open_request(desk: Page, kind: str) -> None:
    desk.goto("/c/hagi/desk/privacy/")
    desk.get_by_role("main").get_by_role("link", name=kind).first.click()
    press(desk, "本人と確かめた")
    expect(desk.get_by_text("本人確認を記録しました")).to_be_visible()


def put_right(desk: Page, phone: Page, site: Site) -> None:
    ask(phone, "直してほしい", "番地が違います。10が正しいです。")
    open_request(desk, "訂正")
    desk.get_by_text("いまの登録を開く").click()
    desk.locator("[name=person-address]").fill("山口県萩市春日町10")
    press(desk, "直して保存する")
    desk.get_by_text("対応したことを記録", exact=True).click()
    desk.locator("form[action$='/do/done/'] [name=reason]").fill("番地を10に直しました。")
    press(desk, "記録して、本人に知らせる")
    assert "番地を10に直しました" in site.mail(PERSON, "番地を10に")
    phone.goto("/c/hagi/my-data/")
    phone.locator("details.fold").first.click()
    expect(phone.get_by_text("山口県萩市春日町10")).to_be_visible()


def erase(desk: Page, phone: Page) -> None:
    """While the person takes part it is refused, with what to do; after they have cancelled it is done."""
    ask(phone, "消してほしい", "")
    open_request(desk, "消去")
    request = desk.url
    follow(desk, "消去に進む")
    expect(desk.get_by_text("参加しているため、まだ消去できません")).to_be_visible()
    phone.goto("/me/")
    phone.get_by_role("heading", name="シンポジウム").get_by_role("link").click()
    follow(phone, "申込みの状況 / 辞退する")
    expect(phone).to_have_url(re.compile("/me/applications/"))
    follow(phone, "辞退する")
    phone.get_by_role("main").get_by_role("button").click()
    desk.goto(request)
    follow(desk, "消去に進む")
    expect(desk.get_by_role("heading", level=1)).to_have_text(f"{NAME} さんの情報を消去する")
    expect(desk.get_by_text("ほかの団体に渡した記録 1 件")).to_be_visible()
    desk.locator("[name=approval_number]").fill("総第7号")
    desk.locator("[name=sure]").check()
    desk.locator("[name=agreed]").check()
    press(desk, "消去する")
    expect(desk.get_by_role("heading", name="消去のあとに残っているもの")).to_be_visible()


def read_what_is_left(desk: Page) -> dict[str, str]:
    """The lines of the report: what is kept, and why."""
    lines = desk.locator("section[aria-labelledby=p-left] li")
    expect(desk.locator("section[aria-labelledby=p-left] li:not(.done)")).to_have_count(0)
    return {
        line.locator("div").inner_text().split("\n")[0].split(" ")[0]: line.locator(
            "small"
        ).first.inner_text()
        for line in lines.all()
    }


def traces(site: Site) -> set[str]:
    """Every table, and the folder of files, in which the person can still be found."""
    found = set()
    with closing(sqlite3.connect(site.var / DATABASE, timeout=30)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"')
            if any(trace in str(value) for row in rows for value in row for trace in TRACES):
                found.add(table)
    files = [path for path in (site.var / "files").rglob("*") if path.is_file()]
    if any(trace.encode() in path.read_bytes() for path in files for trace in TRACES):
        found.add("files")
    if any(trace in (site.var / "log.txt").read_text() for trace in TRACES):
        found.add("log")
    return found


@pytest.mark.story
def test_seen_put_right_and_erased(
    site: Site, phone: Page, desk: Page, become: Callable[[Page, str], None], tmp_path: Path
) -> None:
    take_part(phone, site)
    code = code_of(site)
    become(desk, "萩の事務局")
    open_at_the_desk(desk, code)
    hand_over(site)
    see_everything(phone, code, tmp_path)
    put_right(desk, phone, site)
    erase(desk, phone)
    kept = read_what_is_left(desk)
    assert kept.pop("消去が終わったお知らせ", "") in ("", "まだ送っていません。送ったあとに消えます")
    assert kept.keys() == {"ほかの団体に渡した記録", "個人情報の請求", "記録（番号と項目の名前だけ）"}
    assert "個人情報保護法第29条" in kept["ほかの団体に渡した記録"]
    assert "消去" in site.mail(PERSON, "消去").splitlines()[0]
    site.manage("tick")
    assert traces(site) == {"people_provisionrecord"}
    desk.goto("/c/hagi/desk/privacy/residue/")
    expect(desk.get_by_role("main")).to_contain_text("ほかの団体に渡した記録")
    expect(desk.get_by_role("main")).not_to_contain_text("去野")
    phone.goto("/me/")
    expect(phone).to_have_url(f"{site.url}/accounts/login/?next=/me/")
