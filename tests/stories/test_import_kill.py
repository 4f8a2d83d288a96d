"""kill -9 of web and worker in the middle of an import, while it is checked and while it is taken: all rows, once each."""

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import DESK, someone
from tests.stories.site import Site, today
from tests.stories.test_lottery import press

CALL = "symposium"
ROWS = 2000
HEADER = "受付日時,氏名,フリガナ,生年月日,郵便番号,メールアドレス"
KANA = "アイウエオカキクケコ"
TAKEN = (
    "SELECT count(*), count(DISTINCT a.person_id), count(DISTINCT a.code), count(DISTINCT p.email) FROM calls_application a"
    " JOIN people_person p ON p.id = a.person_id WHERE a.channel = 'import' AND p.email LIKE 'many%'"
)
# Rows that belong to an application, each of which must be there once.
HANGING = (
    "SELECT (SELECT count(*) FROM participation_participation WHERE application_id IN (SELECT id FROM mine)),"
    " (SELECT count(*) FROM people_consent WHERE purpose = 'application' AND about_id IN (SELECT id FROM mine)),"
    " (SELECT count(*) FROM journal_entry WHERE verb = 'application.submitted' AND subject_id IN (SELECT id FROM mine))"
)
MINE = (
    "WITH mine AS (SELECT a.id FROM calls_application a JOIN people_person p ON p.id = a.person_id"
    " WHERE a.channel = 'import' AND p.email LIKE 'many%') "
)
SEATS = (
    "SELECT p.taken, (SELECT count(*) FROM calls_application a WHERE a.seat_pool_id = p.id AND a.state = 'accepted')"
    " FROM calls_seatpool p JOIN calls_call c ON c.id = p.call_id WHERE c.code = ? AND p.option = 'オンライン'"
)
RUNNING = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING' AND task_path LIKE '%take_file'"


@pytest.fixture
def fragile(demo_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A site of its own with room for all, where a dead worker's work returns after three seconds."""
    site = Site(tmp_path / "site", web_workers=1, SONJUKU_TASK_LEASE="3")
    site.prepare_from(demo_folder)
    site.write("UPDATE calls_seatpool SET capacity = 9000 WHERE option = 'オンライン'")
    site.start()
    yield site
    site.stop()


def many() -> bytes:
    first = dt.datetime.combine(today() - dt.timedelta(days=2), dt.time(1))
    lines = [HEADER]
    for number in range(ROWS):
        at, kana = (
            first + dt.timedelta(seconds=number),
            "".join(KANA[int(digit)] for digit in f"{number:04d}"),
        )
        born = dt.date(1960, 1, 1) + dt.timedelta(days=number)
        lines.append(
            f"{at:%Y-%m-%d %H:%M:%S},多数 番号{number},タスウ {kana},{born},758-0041,many{number}@example.jp"
        )
    return "\r\n".join([*lines, ""]).encode()


def wait(what: Callable[[], Any], words: str, site: Site, seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"{words}: {site.log()}"
        time.sleep(0.02)
    return found


def strike(site: Site) -> None:
    """Web and worker die at once."""
    site.kill(site.worker)
    site.kill(site.web)


def rise(site: Site) -> None:
    """Both are started again, as a service manager does."""
    site.start_web()
    site.start_worker()


def upload(desk: Page) -> None:
    desk.goto(f"/c/hagi/desk/calls/{CALL}/imports/")
    desk.locator("input[type=file]").set_input_files(
        {"name": "多数.csv", "mimeType": "text/csv", "buffer": many()}
    )
    press(desk, "読み込む")
    expect(desk.get_by_text(f"{ROWS:,} 行").or_(desk.get_by_text(f"{ROWS} 行"))).to_be_visible()
    desk.locator("select[name=option]").select_option(label="オンライン")
    press(desk, "この対応で点検する")
    desk.wait_for_url(re.compile("/imports/[0-9a-f-]+/$"))


def killed_while_checking(desk: Page, site: Site) -> None:
    address = look_away(desk)
    checked = "SELECT rows_checked FROM calls_importbatch WHERE file_name = '多数.csv'"
    wait(lambda: site.one(checked), "nothing was checked", site)
    strike(site)
    assert 0 < site.one(checked) < ROWS
    assert site.rows(TAKEN) == [(0, 0, 0, 0)]
    rise(site)
    wait(lambda: site.one(checked) == ROWS, "the check did not go on", site)
    desk.goto(address)
    expect(desk.get_by_role("heading", level=1)).to_have_text("点検の結果")


def look_away(desk: Page) -> str:
    """The page would ask for the progress while the site is down; its address."""
    address = desk.url
    desk.goto("about:blank")
    return address


def killed_while_taking(desk: Page, site: Site) -> None:
    desk.get_by_role("link", name="確認へ進む").click()
    desk.locator("[name=consented]").check()
    press(desk, "まとめて登録する")
    desk.wait_for_url(re.compile("/imports/[0-9a-f-]+/$"))
    address = look_away(desk)
    wait(lambda: site.one(RUNNING), "nobody took the file", site)
    time.sleep(0.5)
    strike(site)
    assert site.rows(TAKEN) == [(0, 0, 0, 0)], "killed before the end, so nothing may be there"
    assert site.one("SELECT state FROM calls_importbatch WHERE file_name = '多数.csv'") == "promoting"
    rise(site)
    wait(lambda: site.one("SELECT 1 FROM calls_importbatch WHERE state = 'done'"), "it was not resumed", site)
    desk.goto(address)
    expect(desk.get_by_text("件を登録しました").first).to_be_visible()


@pytest.mark.story
def test_an_import_survives_kills_all_or_nothing(
    fragile: Site, chromium: Browser, become: Callable[[Page, str], None]
) -> None:
    with someone(chromium, fragile, DESK) as desk:
        become(desk, "萩の事務局")
        upload(desk)
        killed_while_checking(desk, fragile)
        killed_while_taking(desk, fragile)
        assert fragile.rows(TAKEN) == [(ROWS, ROWS, ROWS, ROWS)]
        assert fragile.rows(MINE + HANGING) == [(ROWS, ROWS, ROWS)]
        [(taken, accepted)] = fragile.rows(SEATS, CALL)
        assert taken == accepted >= ROWS
        assert fragile.one("SELECT count(*) FROM calls_importrow") == 0
