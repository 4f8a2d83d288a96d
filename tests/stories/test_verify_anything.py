"""A stranger with a phone checks what somebody shows: a token, a picture, a photo of a code, an old one, a forged one."""

import base64
import io
import json
import os
from typing import Any

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.stories.conftest import DESK, PHONE
from tests.stories.looking import axe, filled, look
from tests.stories.site import Site

# A folder to leave pictures in, for whoever wants to look.
PICTURES = os.environ.get("SONJUKU_STORY_PICTURES", "")


@pytest.fixture(scope="module")
def held(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.run("tests.stories.verify_cast"))
    return found


def photo_of(address: str) -> bytes:
    """A phone's screenshot with a code somewhere in it."""
    code, shot = io.BytesIO(), Image.new("RGB", (1170, 2532), "#f4f1ea")
    segno.make(address, error="m").save(code, kind="png", scale=9, border=4)
    shot.paste(Image.open(code).convert("RGB"), (260, 900))
    out = io.BytesIO()
    shot.save(out, "JPEG", quality=70)
    return out.getvalue()


def seen(page: Page, name: str, language: str = "ja") -> None:
    """The page as it is, narrow and wide: nothing sticks out, one filled button at most, axe is silent."""
    problems = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        problems += [f"{name} {size['width']}: {each}" for each in (*look(page, language), *axe(page))]
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{language}-{size['width']}.png", full_page=True)
    assert len(filled(page)) <= 1, name
    assert problems == []


def bring(page: Page, text: str = "", file: tuple[str, str, bytes] | None = None, prefix: str = "") -> Any:
    """Paste it or choose it, press the button; the verdict that is read first."""
    page.goto(f"{prefix}/verify/")
    if text:
        page.locator("textarea").fill(text)
    if file:
        page.locator("input[type=file]").set_input_files(
            {"name": file[0], "mimeType": file[1], "buffer": file[2]}
        )
    page.get_by_role("button", name="Check" if prefix else "確かめる", exact=True).click()
    return page.get_by_role("status").get_by_role("heading")


@pytest.mark.story
def test_a_stranger_checks_what_is_shown(site: Site, guest: Page, held: dict[str, Any]) -> None:
    guest.goto("/verify/")
    seen(guest, "form")

    expect(bring(guest, text=held["token"])).to_have_text("本物です")
    expect(guest.get_by_role("status")).to_contain_text(held["council"])
    seen(guest, "token")

    png = ("badge.png", "image/png", base64.b64decode(held["png"]))
    expect(bring(guest, file=png)).to_have_text("本物です")
    expect(guest.get_by_text(held["title"]).first).to_be_visible()

    shot = ("IMG_0001.jpg", "image/jpeg", photo_of(held["address"]))
    expect(bring(guest, file=shot)).to_have_text("本物です")

    expect(bring(guest, text=held["expired"])).to_have_text("有効期限が過ぎています")
    seen(guest, "expired")

    head, body, signature = held["token"].split(".")
    forged = f"{head}.{body}.{'A' * len(signature)}"
    expect(bring(guest, text=forged)).to_have_text("正しい証明ではありません")
    expect(guest.get_by_text("× 問題があります").first).to_be_visible()
    seen(guest, "forged")

    expect(bring(guest, text=held["record"])).to_have_text("中に、正しくないものがあります")
    seen(guest, "record")

    expect(bring(guest, text="https://elsewhere.example/badge")).to_have_text("読み取れませんでした")
    seen(guest, "elsewhere")


@pytest.mark.story
def test_the_same_in_english(site: Site, guest: Page, held: dict[str, Any]) -> None:
    guest.goto("/en/verify/")
    seen(guest, "form", "en")
    expect(bring(guest, text=held["token"], prefix="/en")).to_have_text("It is genuine")
    seen(guest, "token", "en")
    expect(bring(guest, text=held["expired"], prefix="/en")).to_have_text("Expired")
    expect(bring(guest, text=held["record"], prefix="/en")).to_have_text("Something inside is not right")
    seen(guest, "record", "en")
