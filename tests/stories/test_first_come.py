"""An event with seats for whoever comes first: from the poster to the ticket."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.stories.site import Site

ENGINEER = "engineer@sonjuku.example"
CALL = "koryu-hachinohe"
PLACES = (
    "SELECT count(*) FROM participation_participation p JOIN calls_call c ON c.id = p.call_id"
    " JOIN people_person h ON h.id = p.person_id JOIN people_account a ON a.id = h.account_id"
    " WHERE c.code = ? AND a.email = ?"
)


class Finger:
    """Taps and counts."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()


@pytest.mark.story
def test_booked_within_three_taps(site: Site, phone: Page, become: Callable[[Page, str], None]) -> None:
    """Someone who is logged in and has a profile opens the call from a poster's QR; the third tap shows the ticket."""
    become(phone, "東京のエンジニア")
    phone.goto(f"/c/aomori/calls/{CALL}/")
    assert site.one(PLACES, CALL, ENGINEER) == 0
    finger = Finger()
    finger.tap(phone.get_by_role("link", name="申し込む"))
    finger.tap(phone.get_by_role("button", name="同意して申し込む"))
    expect(phone.get_by_text("参加が決まりました").first).to_be_visible()
    assert site.one(PLACES, CALL, ENGINEER) == 1
    finger.tap(phone.get_by_role("link", name="参加券を開く"))
    expect(phone.get_by_role("img", name="受付で見せるQRコード")).to_be_visible()
    assert finger.taps <= 3
    phone.goto("/me/")
    expect(phone.get_by_role("main")).to_contain_text("八戸")
