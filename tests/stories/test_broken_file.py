"""A list from another form tool, damaged on its way, is repaired at the desk and taken: all of it, once."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.site import Site, today
from tests.stories.test_lottery import follow, press

CALL = "symposium"
HEADER = "タイムスタンプ,お名前,フリガナ,生年月日,ご住所の郵便番号,E-mail,当日のご参加,ご意見"
KANA = "アイウエオカキクケコ"
ROWS = 61
CUT, NO_KANA, NO_DAY, NO_MOMENT, TWICE = 7, 19, 33, 48, 61


def line(number: int, **cells: str) -> str:
    moment = dt.datetime.combine(today() - dt.timedelta(days=1), dt.time(9)) + dt.timedelta(minutes=number)
    row = {
        "at": f"{moment:%Y/%m/%d %H:%M}:00", "name": f"表計 太郎{number}", "kana": f"ヒョウケイ {reading(number)}",
        "born": f"昭和{40 + number % 20}年4月{1 + number % 28}日", "postal": "７５８－００４１",
        "email": f"sheet{number}@example.jp", "how": "会場" if number % 2 else "オンライン", "voice": "=1+1",
    }  # fmt: skip
    return ",".join({**row, **cells}.values())


def reading(number: int) -> str:
    return "".join(KANA[int(digit)] for digit in f"{number:03d}")


def broken_file() -> bytes:
    """CP932, 61 rows: a name cut within a letter, no kana, two dates that are none, and one person twice."""
    lines = [line(number) for number in range(1, ROWS)]
    lines[CUT - 1] = line(CUT, name="表計 七CUT")
    lines[NO_KANA - 1] = line(NO_KANA, kana="")
    lines[NO_DAY - 1] = line(NO_DAY, born="平成2年2月30日")
    lines[NO_MOMENT - 1] = line(NO_MOMENT, at="2026/13/45 9:00:00")
    lines.append(line(3, at=f"{today() - dt.timedelta(days=1):%Y/%m/%d} 18:00:00"))
    # A tool that counts bytes leaves half of 瀬 (0x90 0xA3).
    return "\r\n".join([HEADER, *lines, ""]).encode("cp932").replace(b"CUT", b"\x90")


def upload(desk: Page) -> None:
    desk.goto(f"/c/hagi/desk/calls/{CALL}/imports/")
    desk.locator("input[type=file]").set_input_files(
        {"name": "申込一覧_最終.csv", "mimeType": "text/csv", "buffer": broken_file()}
    )
    press(desk, "読み込む")
    expect(desk.get_by_role("heading", level=1)).to_have_text("どの列が何かを確かめる")
    expect(desk.get_by_text("61 行")).to_be_visible()


def say_what_the_columns_are(desk: Page, site: Site) -> None:
    """All but two are proposed from their headings; then the worker is seen at work, and brings the report by itself."""
    proposed = {name: desk.get_by_label(name, exact=True).input_value() for name in HEADER.split(",")}
    assert proposed == {
        "タイムスタンプ": "received_at", "お名前": "full_name", "フリガナ": "full_name_kana", "生年月日": "date_of_birth",
        "ご住所の郵便番号": "postal_code", "E-mail": "email", "当日のご参加": "", "ご意見": "",
    }  # fmt: skip
    desk.get_by_label("当日のご参加").select_option("option")
    with site.worker_paused():
        press(desk, "この対応で点検する")
        expect(desk.get_by_text("点検した行")).to_be_visible()
        expect(desk.get_by_role("progressbar")).to_be_visible()
    expect(desk.get_by_role("heading", level=1)).to_have_text("点検の結果", timeout=30_000)


def read_the_report(desk: Page, folder: Path) -> None:
    for title, number in (("ファイルの行", 61), ("登録できる行", 56), ("直すところのある行", 5)):
        expect(
            desk.locator(".facts div", has=desk.get_by_text(title, exact=True)).locator("dd")
        ).to_have_text(str(number))
    with desk.expect_download() as waiting:
        follow(desk, "直すところの一覧")
    waiting.value.save_as(folder / "report.csv")
    text = (folder / "report.csv").read_text(encoding="utf-8-sig")
    told = [tuple(row[:2]) for row in csv.reader(io.StringIO(text))][1:]
    # The header is line 1 of the file; who is there twice is told of the row as a whole.
    assert told == [
        (str(CUT + 1), "お名前"), (str(NO_KANA + 1), "フリガナ"), (str(NO_DAY + 1), "生年月日"),
        (str(NO_MOMENT + 1), "タイムスタンプ"), (str(TWICE + 1), ""),
    ]  # fmt: skip


def repair(desk: Page) -> None:
    follow(desk, "順に直す")
    mended = (
        (CUT, "お名前", "表計 七瀬", "文字が壊れています"),
        (NO_KANA, "フリガナ", f"ひょうけい {reading(NO_KANA)}", "空です"),
        (NO_DAY, "生年月日", "平成2年3月2日", "日付として読めません"),
        (NO_MOMENT, "タイムスタンプ", f"{today() - dt.timedelta(days=1)} 9:48", "日時として読めません"),
    )
    for number, column, value, said in mended:
        expect(desk.get_by_role("heading", level=1)).to_have_text(f"{number + 1} 行目を直す")
        expect(desk.get_by_role("alert")).to_contain_text(said)
        desk.get_by_label(column, exact=True).fill(value)
        press(desk, "直して次へ")
    expect(desk.get_by_role("heading", level=1)).to_have_text(f"{TWICE + 1} 行目を直す")
    expect(desk.get_by_role("alert")).to_contain_text("4 行目と同じ人です")
    press(desk, "この行を取り込まない")


def take(desk: Page, site: Site) -> None:
    """Two pages of the question stand open, and both are answered; only one press counts."""
    follow(desk, "確認へ進む")
    expect(desk.get_by_role("heading", level=1)).to_have_text("60 行をまとめて登録しますか")
    again = desk.context.new_page()
    again.goto(desk.url)
    with site.worker_paused():
        for page in (desk, again):
            page.locator("[name=consented]").check()
            press(page, "まとめて登録する")
            expect(page.get_by_text("登録しています")).to_be_visible()
    for page in (desk, again):
        expect(page.get_by_text("60 件を登録しました")).to_be_visible(timeout=30_000)
    again.close()


@pytest.mark.story
def test_a_broken_file_is_repaired_and_taken_once(
    site: Site, desk: Page, become: Callable[[Page, str], None], tmp_path: Path
) -> None:
    rows = (
        "SELECT count(*), count(DISTINCT a.person_id), sum(p.option = '会場') FROM calls_application a"
        " JOIN calls_call c ON c.id = a.call_id JOIN calls_seatpool p ON p.id = a.seat_pool_id"
        " JOIN people_person h ON h.id = a.person_id WHERE c.code = ? AND a.channel = 'import'"
    )
    assert site.rows(rows, CALL)[0][0] == 0
    become(desk, "萩の事務局")
    upload(desk)
    say_what_the_columns_are(desk, site)
    read_the_report(desk, tmp_path)
    repair(desk)
    take(desk, site)
    assert site.rows(rows, CALL) == [(60, 60, 30)]
    mended = (
        "SELECT family_name, given_name, date_of_birth FROM people_person WHERE family_name = '表計'"
        " AND given_name_kana IN (?, ?) ORDER BY given_name_kana"
    )
    assert site.rows(mended, reading(CUT), reading(NO_DAY)) == [
        ("表計", "七瀬", "1972-04-08"), ("表計", f"太郎{NO_DAY}", "1990-03-02"),
    ]  # fmt: skip
    # What was read is gone; what was taken is in the list of applicants.
    assert site.one("SELECT count(*) FROM calls_importrow") == 0
    follow(desk, "申込者を見る")
    expect(desk.get_by_role("main")).to_contain_text("表計")
