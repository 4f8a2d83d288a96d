"""The main story: from a call to a badge that anyone can verify, on phones and at the desk."""

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from sonjuku.toolbox.ids import uuid7
from tests.stories.site import Site, today

CALL = "it-passport-winter"
PUPIL, MOTHER = "story-pupil@example.jp", "story-mother@example.jp"


def picture() -> bytes:
    """A photo of a student card, as a phone takes one."""
    file = io.BytesIO()
    Image.new("RGB", (640, 400), "#efe9dd").save(file, "JPEG")
    return file.getvalue()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def tick(page: Page, name: str, value: str) -> None:
    page.locator(f'[name="{name}"][value="{value}"]').check()


def read_qr(drawn: Locator) -> str:
    """What a camera sees in this part of the screen."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.screenshot())))
    assert len(found) == 1
    return found[0].text


def register(phone: Page, site: Site) -> None:
    phone.goto(f"/c/hagi/calls/{CALL}/")
    follow(phone, "申し込む")
    follow(phone, "アカウントを作る")
    phone.locator("[name=email]").fill(PUPIL)
    press(phone, "番号を受け取る")
    phone.locator("[name=code]").first.fill(site.code(PUPIL, "次の番号"))
    press(phone, "確かめる")


def tell_about_oneself(phone: Page) -> None:
    birthday = today() - dt.timedelta(days=16 * 365 + 200)
    told = {
        "family_name": "物語", "given_name": "芽生", "family_name_kana": "ものがたり", "given_name_kana": "めい",
        "date_of_birth": birthday.isoformat(), "postal_code": "758-0041", "address": "山口県萩市江向1",
    }  # fmt: skip
    for name, value in told.items():
        phone.locator(f"[name={name}]").fill(value)
    phone.locator("[name=school_stage]").select_option("high")
    press(phone, "保存して次へ")


def answer_questions(phone: Page) -> None:
    """What is asked depends on what was answered."""
    loan, delivery = phone.locator("[name=q_loan]"), phone.locator("[name=q_delivery]")
    expect(loan.first).to_be_hidden()
    tick(phone, "q_pc", "yes")
    expect(loan.first).to_be_hidden()
    tick(phone, "q_pc", "no")
    expect(loan.first).to_be_visible()
    expect(delivery.first).to_be_hidden()
    tick(phone, "q_loan", "yes")
    tick(phone, "q_delivery", "school")
    phone.locator("[name=q_reason]").fill("ゲームを自分で作れるようになりたいです。")
    phone.locator("[name=q_pupil_card]").set_input_files(
        {"name": "生徒証.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    phone.locator("[name=q_line_cost]").check()
    phone.locator("[name=guardian-name]").fill("物語 母")
    phone.locator("[name=guardian-relation]").select_option("母")
    tick(phone, "guardian-how", "mail")
    phone.locator("[name=guardian-email]").fill(MOTHER)
    press(phone, "同意して申し込む")
    expect(phone.get_by_role("heading", name="申込みを受け付けました")).to_be_visible()
    expect(phone.get_by_text("保護者の同意を待っています").first).to_be_visible()


def consent(guest: Page, site: Site) -> None:
    guest.goto(site.link(site.mail(MOTHER, "同意のお願い")))
    expect(guest.get_by_text("物語 芽生").first).to_be_visible()
    guest.locator("[name=is_guardian]").check()
    press(guest, "同意する")
    expect(guest.get_by_role("heading", name="同意をいただきました")).to_be_visible()


NUMBER = "03 11 19 27 36 42"


def colleague_types(site: Site, call: str, value: str) -> None:
    """The second of the two who type the public number, at another desk."""
    site.write(
        "INSERT INTO calls_typednumber (id, run_id, account_id, value, typed_at)"
        " SELECT ?, c.selection_run_id, a.id, ?, strftime('%Y-%m-%d %H:%M:%f', 'now')"
        " FROM calls_call c, people_account a WHERE c.code = ? AND a.id NOT IN"
        " (SELECT account_id FROM calls_typednumber WHERE run_id = c.selection_run_id) LIMIT 1",
        uuid7().hex, value, call,
    )  # fmt: skip


def end_the_days_of_checking(site: Site, call: str) -> None:
    site.write(
        "UPDATE calls_selectionrun SET check_days = 0"
        " WHERE id = (SELECT selection_run_id FROM calls_call WHERE code = ?)",
        call,
    )


def settle_doubles(desk: Page, run: str) -> None:
    """Other stories' applicants may look like the demo's: whoever there is, all are different people."""
    desk.goto(f"{run}doubles/?all=1")
    button = desk.get_by_role("button", name="すべて別の人として記録する")
    if button.count():
        button.click()
        expect(desk.get_by_text("記録しました").first).to_be_visible()
    desk.goto(run)


def draw(desk: Page, site: Site) -> None:
    desk.goto(f"/c/hagi/desk/calls/{CALL}/selection/")
    settle_doubles(desk, desk.url)
    expect(desk.get_by_text("資格確認の期間です").first).to_be_visible()
    end_the_days_of_checking(site, CALL)
    desk.reload()
    follow(desk, "確認へ進む")
    press(desk, "一覧を固定する")
    follow(desk, "数の入力へ進む")
    desk.locator("[name=value]").fill(NUMBER)
    press(desk, "この数を入力する")
    expect(desk.get_by_text("もう一人の入力を待っています").first).to_be_visible()
    colleague_types(site, CALL, NUMBER)
    follow(desk, "選考のページへ戻る")
    follow(desk, "確認へ進む")
    press(desk, "抽選する")
    expect(desk.get_by_text("発表前").first).to_be_visible()
    follow(desk, "確認へ進む")
    press(desk, "結果を発表する")
    expect(desk.get_by_text("結果を発表しました").first).to_be_visible()


def check_in(phone: Page, desk: Page, site: Site) -> None:
    follow(phone, "参加券を開く")
    address = read_qr(phone.get_by_role("img", name="受付で見せるQRコード"))
    assert address.startswith(f"{site.url}/c/hagi/desk/checkin/t/")
    desk.goto(address)
    expect(desk.get_by_text("物語 芽生").first).to_be_visible()
    assert check_ins(site) == 0, "opening the link must not check in"
    press(desk, "受付する")
    expect(desk.get_by_text("物語 芽生さんの受付をしました")).to_be_visible()
    assert check_ins(site) == 1


def check_ins(site: Site) -> Any:
    return site.one(
        "SELECT count(*) FROM participation_checkin c JOIN participation_participation p ON p.id = c.participation_id"
        " JOIN people_person h ON h.id = p.person_id WHERE h.email = ? OR h.account_id ="
        " (SELECT id FROM people_account WHERE email = ?)",
        PUPIL, PUPIL,
    )  # fmt: skip


def answer_survey(phone: Page) -> None:
    phone.goto("/me/")
    follow(phone, "回答する")
    tick(phone, "q_content", "5")
    month = phone.locator("[name=q_month]")
    expect(month).to_be_hidden()
    tick(phone, "q_exam", "yes")
    month.fill((today() + dt.timedelta(days=90)).isoformat())
    press(phone, "回答を送る")
    expect(phone.get_by_text("修了です").first).to_be_visible()


def show_badge(phone: Page) -> str:
    tick(phone, "visibility", "public")
    press(phone, "この範囲にする")
    return phone.locator("#badge-address").inner_text()


def verify(guest: Page, address: str, folder: Path) -> None:
    guest.goto(address)
    expect(guest.get_by_role("heading", level=1)).to_contain_text("ITパスポート講座")
    with guest.expect_download() as waiting:
        follow(guest, "データ（JSON）")
    badge = folder / "badge.json"
    waiting.value.save_as(badge)
    guest.goto("/verify/")
    guest.locator("input[type=file]").set_input_files(badge)
    press(guest, "確かめる")
    expect(guest.get_by_role("heading", name="本物です")).to_be_visible()
    # One letter changed, and it is no longer genuine.
    forged = folder / "forged.json"
    forged.write_text(badge.read_text().replace("ITパスポート講座", "ITパスポート講師", 1))
    guest.goto("/verify/")
    guest.locator("input[type=file]").set_input_files(forged)
    press(guest, "確かめる")
    expect(guest.get_by_role("heading", name="正しい証明ではありません")).to_be_visible()


@pytest.mark.story
def test_from_a_call_to_a_verified_badge(
    site: Site, phone: Page, desk: Page, guest: Page, become: Any, tmp_path: Path
) -> None:
    register(phone, site)
    tell_about_oneself(phone)
    answer_questions(phone)
    assert "受け付けました" in site.mail(PUPIL, "受付番号")
    consent(guest, site)
    site.let_close(CALL)
    become(desk, "萩の事務局")
    draw(desk, site)
    letter = site.mail(PUPIL, "参加するかどうか")
    assert re.search("当選|参加", letter.splitlines()[0])
    phone.goto(site.link(letter))
    press(phone, "参加を確認する")
    expect(phone.get_by_text("参加が決まりました").first).to_be_visible()
    site.let_meet(CALL)
    check_in(phone, desk, site)
    answer_survey(phone)
    assert "バッジ" in site.mail(PUPIL, "【修了】")
    verify(guest, show_badge(phone), tmp_path)
