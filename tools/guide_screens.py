"""Makes docs/guide/images/*.png from a running demo: `python tools/guide_screens.py http://localhost:8000`.

The desk is that of the demo's secretariat. Nothing is sent except a file of made-up applicants, read and not registered.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "guide" / "images"
DESK = {"width": 1120, "height": 760}
PHONE = {"width": 375, "height": 700}
LARGEST = 150_000
SHEET = """氏名,フリガナ,生年月日,メール,郵便番号,住所,応募の動機
見本 太郎,ミホン タロウ,平成2年5月5日,taro@example.jp,758-0041,山口県萩市江向1,仕事に生かしたい
見本 花子,ミホン ハナコ,昭和60年4月1日,hanako@example.jp,758-0041,山口県萩市江向2,学び直したい
"""

# Chromium without a screen writes dates as Americans do, whatever the page's language.
JAPANESE_DATES = """
for (const field of document.querySelectorAll("input[type=date]")) {
  const day = field.value.replaceAll("-", "/");
  field.type = "text";
  field.value = day;
}
"""


class Shot(NamedTuple):
    """`prepare` brings the page from `path` to what is shown; `part` is the element that is shown, "" for the screen."""

    name: str
    path: str
    cast: str = "secretariat"
    part: str = ""
    screen: dict[str, int] = DESK
    prepare: Callable[[Page], None] = lambda page: None


def read_a_sheet(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "名簿.csv", "mimeType": "text/csv", "buffer": SHEET.encode("cp932")}
    )
    page.get_by_role("button", name="読み込む").click()
    page.wait_for_load_state()


def write_a_letter(page: Page) -> None:
    page.get_by_role("link", name="お知らせを書く").first.click()
    page.wait_for_load_state()


def first_badge(page: Page) -> None:
    page.locator("a[href*='/badges/'], a[href*='/b/']").first.click()
    page.wait_for_load_state()


def run_of(title: str, then: str = "") -> Callable[[Page], None]:
    """To the selection of this name, and on by this link."""

    def go(page: Page) -> None:
        page.locator("main").get_by_role("link", name=title).first.click()
        page.wait_for_load_state()
        if then:
            page.get_by_role("link", name=then, exact=True).first.click()
            page.wait_for_load_state()

    return go


def ask_by_phone(page: Page) -> None:
    run_of(DRAWN)(page)
    code = page.locator("table.cardly td.mono").first.inner_text()
    page.get_by_role("link", name="電話応対票").click()
    page.locator("main input[type=text]").first.fill(code)
    page.get_by_role("button", name="結果を出す").click()
    page.wait_for_load_state()


FROZEN, DRAWN = "週末の動画教室", "はじめての動画づくり 秋期"
HAGI = "/c/hagi/desk"
LOTTERY = f"{HAGI}/calls/it-passport-winter"
SHOTS = [
    Shot("desk", f"{HAGI}/"),
    Shot("first-steps", f"{HAGI}/", part="section[aria-labelledby=first-steps]"),
    Shot("call-new", f"{HAGI}/calls/new/"),
    Shot("call", f"{LOTTERY}/"),
    Shot("papers", f"{LOTTERY}/papers/"),
    Shot("entry", f"{LOTTERY}/entry/"),
    Shot("import", f"{LOTTERY}/imports/", prepare=read_a_sheet),
    Shot("selection", f"{HAGI}/calls/video-autumn/selection/"),
    Shot("run", f"{HAGI}/selections/", prepare=run_of(FROZEN)),
    Shot("run-number", f"{HAGI}/selections/", prepare=run_of(FROZEN, "数の入力へ進む")),
    Shot("run-screen", f"{HAGI}/selections/", prepare=run_of(DRAWN, "公開抽選の画面")),
    Shot("run-phone", f"{HAGI}/selections/", prepare=ask_by_phone),
    Shot("proof", "/c/hagi/calls/video-autumn/proof/", cast="learner"),
    Shot("letter", f"{LOTTERY}/", prepare=write_a_letter),
    Shot("check-in", f"{HAGI}/checkin/"),
    Shot("badge", "/me/", cast="learner", screen=PHONE, prepare=first_badge),
    Shot("privacy", f"{HAGI}/privacy/"),
    Shot("handover", f"{HAGI}/handover/"),
]


def main(base: str, *only: str) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--lang=ja-JP"],
            env={"LANGUAGE": "ja"},
        )
        for shot in SHOTS:
            if not only or shot.name in only:
                keep(take(browser, base, shot), TARGET / f"{shot.name}.png")
        browser.close()


def take(browser: Browser, base: str, shot: Shot) -> bytes:
    context = browser.new_context(
        viewport=shot.screen, base_url=base, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    page.goto("/demo/cast/")
    page.locator(f"form:has(input[value={shot.cast}]) button").click()
    page.goto(shot.path)
    shot.prepare(page)
    # The strip that only the demo has, and the note that somebody stepped in, belong to no council's page.
    page.evaluate("document.querySelectorAll('.demo-strip, .toasts').forEach((each) => each.remove())")
    page.evaluate(JAPANESE_DATES)
    if page.get_by_role("heading", name="見つかりません").count():
        raise SystemExit(f"{shot.name}: no such page: {page.url}")
    picture = page.locator(shot.part).screenshot() if shot.part else page.screenshot()
    context.close()
    return picture


def keep(picture: bytes, target: Path) -> None:
    """A palette of as few colours as it takes to stay small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in (64, 32, 16):
        image.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size <= LARGEST:
            return
    raise SystemExit(f"{target.name} is larger than {LARGEST} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
