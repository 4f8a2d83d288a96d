"""Writing to many: seen as one of them will see it, sent at its hour, what came back, who wants no more; and an article."""

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.stories.site import Site, today
from tests.stories.test_lottery import follow, press, tick

CALL = "programming-booth"
SUBJECT = "体験ブースの{{受付番号}}の方へ"
REPORTS = Path(__file__).parents[2] / "sonjuku/flows/tests/reports"
# Everybody with a place at the booth: nine made-up people, each with an address.
GOING = (
    "SELECT a.code, p.family_name || ' ' || p.given_name, e.email FROM calls_application a JOIN calls_call c"
    " ON c.id = a.call_id JOIN people_person p ON p.id = a.person_id JOIN people_account e ON e.id = p.account_id"
    " WHERE c.code = ? AND a.state = 'accepted' ORDER BY a.code"
)
MAILING = "SELECT id, state, recipients FROM letters_mailing WHERE subject = ?"


def write(desk: Page, site: Site) -> None:
    desk.goto("/c/hagi/desk/letters/new/")
    desk.locator("[name=call]").select_option(
        label=site.one("SELECT title FROM calls_call WHERE code = ?", CALL)
    )
    desk.get_by_role("main").locator("form button").first.click()
    desk.locator("[name=states][value=accepted]").check()
    for other in desk.locator("[name=states]:checked:not([value=accepted])").all():
        other.uncheck()
    desk.locator("[name=subject]").fill(SUBJECT)
    desk.locator("[name=body]").fill("{{氏名}}様\n\n次の体験会のご案内です。")
    tick(desk, "is_duty", "0")


def look_as(desk: Page, code: str, name: str, others: list[str]) -> None:
    """The words as this one person will read them, and nobody else's name."""
    desk.locator("[name=samples]").fill(code)
    tick(desk, "when", "later")
    desk.locator("[name=on]").fill((today() + dt.timedelta(days=1)).isoformat())
    press(desk, "宛先と文面を確かめる")
    shown = desk.locator("#checked")
    expect(shown).to_contain_text(f"体験ブースの{code}の方へ")
    expect(shown).to_contain_text(f"{name}様")
    assert not [other for other in others if other in shown.inner_text()]


def mails_of(site: Site, people: list[tuple[str, str, str]]) -> dict[str, EmailMessage]:
    """By address, the mail of this mailing in the mailbox."""
    found: dict[str, EmailMessage] = {}
    for path in (site.var / "mail").glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if "体験ブースの" in str(mail["Subject"]):
            assert str(mail["To"]) not in found, "sent twice"
            found[str(mail["To"])] = mail
    assert found.keys() <= {address for _code, _name, address in people}
    return found


def let_it_go_out(site: Site, people: list[tuple[str, str, str]]) -> dict[str, EmailMessage]:
    assert mails_of(site, people) == {}
    site.write("UPDATE letters_mailing SET due_at = datetime('now', '-1 second') WHERE subject = ?", SUBJECT)
    site.mail(people[-1][2], "体験ブースの")
    site.manage("tick")
    found = mails_of(site, people)
    for code, name, address in people:
        assert code in found[address]["Subject"]
        body = found[address].get_body(("plain",))
        assert body is not None
        assert f"{name}様" in body.get_content()
    return found


def come_back(site: Site, mail: EmailMessage, folder: Path) -> None:
    """A mail server's report about this mail lies in the bounce mailbox."""
    report = (REPORTS / "postfix.eml").read_text()
    report = report.replace("{address}", str(mail["To"])).replace("{message_id}", str(mail["Message-ID"]))
    (folder / "report.eml").write_text(report)
    assert "bounced=1" in site.manage("bounces", str(folder / "report.eml"))
    assert "bounced=0" in site.manage("bounces", str(folder / "report.eml"))


def one_click(site: Site, mail: EmailMessage) -> None:
    """RFC 8058: what a mail program does, without a browser and without cookies."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip(" <>")
    stopped = "SELECT count(*) FROM letters_unsubscription"
    before = site.one(stopped)
    assert requests.get(address, timeout=30).status_code == 200
    assert site.one(stopped) == before, "opening the link must change nothing"
    answer = requests.post(address, {"List-Unsubscribe": "One-Click"}, timeout=30, allow_redirects=False)
    assert answer.status_code == 200
    assert site.one(stopped) == before + 1


def publish(desk: Page, guest: Page) -> None:
    title = "体験ブースの様子（物語）"
    desk.goto("/c/hagi/desk/news/new/")
    desk.locator("[name=title]").fill(title)
    desk.locator("[name=text]").fill("## 当日の様子\n\nたくさんの方にお越しいただきました。")
    desk.locator("[name=owner_office]").fill("企業誘致推進課")
    press(desk, "保存する")
    press(desk, "公開する")
    expect(desk.get_by_text("公開しました")).to_be_visible()
    guest.goto("/c/hagi/news/")
    follow(guest, title)
    main = guest.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text(title)
    expect(main).to_contain_text(re.compile(r"担当課\s*企業誘致推進課"))
    expect(main.locator(f"time[datetime^='{today().isoformat()}']").first).to_be_visible()
    guest.goto("/c/hagi/news/winter-course/")
    expect(main).to_contain_text("掲載日")
    expect(main).to_contain_text("更新日")


@pytest.mark.story
def test_a_mailing_and_what_becomes_of_it(
    site: Site, desk: Page, guest: Page, become: Callable[[Page, str], None], tmp_path: Path
) -> None:
    people = site.rows(GOING, CALL)
    assert len(people) == 9
    (code, name, address), *others = people
    become(desk, "萩の事務局")
    write(desk, site)
    look_as(desk, code, name, [other for _code, other, _address in others if other != name])
    press(desk, "この内容で予約する")
    expect(desk.get_by_text("お知らせを予約しました")).to_be_visible()
    overview = desk.url
    mails = let_it_go_out(site, people)
    assert len(mails) == 9
    come_back(site, mails[address], tmp_path)
    desk.goto("/c/hagi/desk/letters/")
    expect(desk.get_by_text("相手に届かなかったお知らせが 1 件あります")).to_be_visible()
    desk.goto(overview)
    expect(desk.get_by_role("main")).to_contain_text("8 / 9")
    one_click(site, mails[others[0][2]])
    write(desk, site)
    press(desk, "宛先と文面を確かめる")
    expect(desk.locator("#checked")).to_contain_text("8 人に送ります")
    expect(desk.locator("#checked")).to_contain_text("配信を止めている人")
    publish(desk, guest)
