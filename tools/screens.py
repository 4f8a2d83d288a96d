"""Makes docs/images/screens.png from a running demo: `python tools/screens.py http://localhost:8000`."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "screens.png"
SHOTS = [
    ("", (1280, 812), "/c/saikai/"),
    ("", (375, 812), "/c/hagi/calls/it-passport-winter/"),
    ("learner", (375, 812), "/me/"),
]


def main(base: str) -> None:
    pictures = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for cast, (width, height), path in SHOTS:
            page = browser.new_context(viewport={"width": width, "height": height}, base_url=base).new_page()
            if cast:
                page.goto("/demo/cast/")
                page.locator(f"form:has(input[value={cast}]) button").click()
            page.goto(path)
            pictures.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    gap = 24
    sheet = Image.new("RGB", (sum(p.width for p in pictures) + gap * 4, 812 + gap * 2), "#e6e6e6")
    left = gap
    for picture in pictures:
        sheet.paste(picture, (left, gap))
        left += picture.width + gap
    sheet = sheet.resize((sheet.width * 2 // 3, sheet.height * 2 // 3), Image.Resampling.LANCZOS)
    TARGET.parent.mkdir(exist_ok=True)
    sheet.quantize(128).save(TARGET, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
