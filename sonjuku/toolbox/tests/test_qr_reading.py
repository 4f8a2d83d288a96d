import io
import zlib

import pytest
import segno
from PIL import Image

from sonjuku.toolbox import qr_reading
from sonjuku.toolbox.qr_reading import NoCode, read

TEXT = "https://sonjuku.example/badges/019a3f00-0000-7000-8000-000000000001/"


def code(text=TEXT, scale=6):
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=scale, border=4)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def written(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def sheet(*codes, size=(1200, 900)):
    whole = Image.new("RGB", size, "white")
    for number, one in enumerate(codes):
        whole.paste(one, (40 + number * 500, 200))
    return whole


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_screenshot_of_each_kind(kind):
    assert read(written(sheet(code()), kind)) == TEXT


def test_a_photo_is_turned_and_large():
    photo = sheet(code(scale=24), size=(4600, 3400)).rotate(11, expand=True, fillcolor="grey")
    assert read(written(photo, "JPEG", quality=60)) == TEXT


def test_a_code_on_a_transparent_ground():
    signs = code().convert("L").point(lambda grey: 255 - grey)
    clear = Image.new("RGBA", signs.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=signs)
    assert read(written(clear)) == TEXT


def test_a_long_token():
    token = "eyJ" + "aB3_" * 500
    assert read(written(code(token, scale=4))) == token


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("no_code", lambda: written(sheet())),
        ("several_codes", lambda: written(sheet(code(), code("https://evil.example/")))),
        ("broken_picture", lambda: written(sheet(code()))[:300]),
        ("broken_picture", lambda: b"GIF89a" + bytes(50)),
        ("broken_picture", lambda: b"RIFF....WAVE"),
        ("broken_picture", lambda: b"\x89PNG\r\n\x1a\n"),
        ("picture_too_large", lambda: bytes(qr_reading.LARGEST_PICTURE + 1)),
        ("picture_too_large", lambda: written(Image.new("1", (6000, 6000)))),
        ("no_text", lambda: written(code("   "))),
    ],
)
def test_what_is_not_read(reason, data):
    with pytest.raises(NoCode) as refused:
        read(data())
    assert refused.value.reason == reason


def test_a_picture_that_says_to_be_huge_is_not_unpacked():
    small = written(Image.new("L", (8, 8)))
    ihdr = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + small[24:29]
    bomb = small[:12] + ihdr + zlib.crc32(ihdr).to_bytes(4, "big") + small[33:]
    with pytest.raises(NoCode, match=r"picture_too_large|broken_picture"):
        read(bomb)
