"""The map says nothing of four people; with the consent of a fifth the next release shows them."""

import csv
import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.conftest import PHONE, someone
from tests.stories.site import DATABASE, Site
from tests.stories.test_lottery import press, tick
from tests.stories.visitor import Visitor

MAP = "/c/hagi/map/"
SKILL, CODE, HAGI = "コンピュータサイエンス", "tech-01", "352047"
# Five learners of the summer course live in the city and have shown their badge to nobody yet.
LEARNERS = [f"hagi-pupil-{number}@sonjuku.example" for number in range(2, 7)]
SHOWN = (
    "SELECT count(*) FROM credentials_award w JOIN people_person p ON p.id = w.person_id JOIN people_account a"
    " ON a.id = p.account_id WHERE a.email IN (?, ?, ?, ?, ?) AND w.visibility <> 'private'"
)
# Other stories may have given them more badges since.
OLDEST = (
    "SELECT w.id FROM credentials_award w JOIN people_person p ON p.id = w.person_id JOIN people_account a"
    " ON a.id = p.account_id WHERE a.email = ? ORDER BY w.issued_at LIMIT 1"
)


@pytest.fixture
def meanwhile(site: Site, tmp_path: Path) -> Iterator[Site]:
    """The site as it is at `begin`, to see what would become of it if nobody did anything more."""
    other = Site(tmp_path / "meanwhile", web_workers=1)
    yield other
    other.stop()


def begin(meanwhile: Site, site: Site) -> None:
    shutil.copytree(site.var, meanwhile.var, ignore=shutil.ignore_patterns(f"{DATABASE}*", "mail"))
    with (
        closing(sqlite3.connect(site.var / DATABASE)) as now,
        closing(sqlite3.connect(meanwhile.var / DATABASE)) as copy,
    ):
        now.backup(copy)
    meanwhile.start_web()


def let_quarter_end(site: Site) -> None:
    """What was released counts as released a quarter before: the quarter after it has ended and is due."""
    releases = (
        "SELECT r.id, r.quarter_on FROM talent_release r JOIN people_council c ON c.id = r.council_id"
        " WHERE c.slug = 'hagi' ORDER BY r.quarter_on"
    )
    before = site.rows(releases)
    for key, quarter_on in before:
        site.write(
            "UPDATE talent_release SET quarter_on = date(?, '-3 months') WHERE id = ?", quarter_on, key
        )
    site.manage("tick")  # or the worker's own, whichever comes first
    assert len(site.rows(releases)) == len(before) + 1


def oldest_badge(site: Site, email: str) -> str:
    return f"/me/badges/{UUID(site.one(OLDEST, email))}/"


def show_to_the_council(site: Site, email: str) -> None:
    """Log in by the number in a mail, and by a second one to confirm the address; then show the badge."""
    visitor = Visitor(site.url)
    page = visitor.send(visitor.get("/accounts/login/code/"), "email", {"email": email})
    while page.has_field("code"):
        page = visitor.send(page, "code", {"code": site.code(email, "次の番号")})
    badge = visitor.get(oldest_badge(site, email))
    visitor.send(badge, "visibility", {"visibility": "council"})


def show_by_phone(phone: Page, site: Site, email: str) -> None:
    phone.goto("/accounts/login/code/")
    phone.locator("main [name=email]").fill(email)
    phone.locator("main form button").first.click()
    for page in ("login/code/confirm", "confirm-email"):
        phone.wait_for_url(f"**/accounts/{page}/")
        phone.locator("[name=code]").first.fill(site.code(email, "次の番号"))
        press(phone, "確かめる")
    phone.goto("/me/")
    phone.locator(f"a[href='{oldest_badge(site, email)}']").first.click()
    tick(phone, "visibility", "council")
    press(phone, "この範囲にする")
    expect(phone.locator("[name=visibility][value=council]")).to_be_checked()


def shown(page: Page) -> tuple[str, str]:
    """What page and file of the newest release say of the skill in the city."""
    page.goto(MAP)
    row = page.locator("table.heat tbody tr", has_text=SKILL)
    cell = row.locator("td[data-label=萩市]").text_content() or ""
    text = page.context.request.get("/c/hagi/map.csv").body().decode("utf-8-sig")
    rows = [line for line in csv.reader(io.StringIO(text)) if line[1] == CODE and line[4] == HAGI]
    return cell.strip(), rows[-1][5]


@pytest.mark.story
def test_a_fifth_consent_brings_a_cell_into_the_open(
    site: Site, meanwhile: Site, chromium: Browser, phone: Page, guest: Page
) -> None:
    for email in LEARNERS[:4]:
        show_to_the_council(site, email)
    assert site.one(SHOWN, *LEARNERS) == 4
    begin(meanwhile, site)
    let_quarter_end(meanwhile)
    with someone(chromium, meanwhile, PHONE) as passer_by:
        assert shown(passer_by) == ("—非公表", "")
    show_by_phone(phone, site, LEARNERS[4])
    let_quarter_end(site)
    assert shown(guest) == ("5", "5")
