import io
import re

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sonjuku.protocols.openbadges import image

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_an_svg_shows_and_says_its_words():
    root = ElementTree.fromstring(image.badge_svg("ITの基礎", "萩IT松下村塾", "#c74700"))
    assert [text.text for text in root.iter(SVG + "text")] == ["ITの基礎", "萩IT松下村塾"]
    assert root.get("role") == "img"
    assert root.get("aria-label") == "ITの基礎 萩IT松下村塾"


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_words_give_sound_xml_without_style_or_script(title, subtitle):
    text = image.badge_svg(title, subtitle, "#0017c1")
    for element in ElementTree.fromstring(text).iter():
        assert element.tag.removeprefix(SVG) not in ("script", "style")
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}


@pytest.mark.parametrize(
    "title", ["とても長い名前の講座なのでこれは省略されます" * 3, "A" * 200, "講座 " * 40]
)
def test_a_long_title_is_cut_and_stays_inside(title):
    root = ElementTree.fromstring(image.badge_svg(title, "", "#0017c1"))
    lines = list(root.iter(SVG + "text"))
    assert lines[-1].text.endswith("…")
    for line in lines:
        signs = sum(1 if ord(sign) > 0x2E80 else 0.6 for sign in line.text)
        assert signs * float(line.get("font-size")) <= 136


def test_a_word_is_not_broken_where_it_fits():
    root = ElementTree.fromstring(image.badge_svg("地域課題解決プロジェクト", "", "#0017c1"))
    assert [text.text for text in root.iter(SVG + "text")] == ["地域課題解決", "プロジェクト"]


@pytest.mark.parametrize("colour", ["#ffffff", "#ffff00", "#00b4a0", "#c74700", "#000000"])
def test_white_text_reads_on_any_colour(colour):
    stops = re.findall(r'stop-color="(#\w{6})"', image.badge_svg("名", "", colour))
    assert len(stops) == 2
    assert all(1.05 / (luminance(stop) + 0.05) >= 4.5 for stop in stops)


def test_two_badges_in_one_page_have_ids_of_their_own():
    first, second = (image.badge_svg(title, "", "#0017c1") for title in ("一", "二"))
    found = [re.findall(r'\bid="(\w+)"', text) for text in (first, second)]
    assert found[0] != found[1]
    assert f"url(#{found[0][0]})" in first


@pytest.mark.parametrize("colour", ["red", "#fff", '#0017c1"/><script>', ""])
def test_a_wrong_colour_is_refused(colour):
    with pytest.raises(ValueError):
        image.badge_svg("名", "", colour)


def opened(data):
    return Image.open(io.BytesIO(data))


def test_a_png_has_its_size_a_clear_edge_and_the_colour():
    picture = opened(image.badge_png("名", "", "#c74700", 128))
    assert (picture.format, picture.size) == ("PNG", (128, 128))
    assert picture.getpixel((0, 0))[3] == 0
    assert picture.getpixel((64, 25))[3] == 255


def test_without_a_font_it_is_drawn_without_text(monkeypatch):
    monkeypatch.setattr(image, "font_file", lambda: "")
    bare = image.badge_png("ITの基礎", "萩", "#c74700", 128)
    assert opened(bare).size == (128, 128)
    assert bare == image.badge_png("別の名前", "", "#c74700", 128)


def test_with_a_font_the_title_shows():
    if not image.font_file():
        pytest.skip("no Japanese font on this machine")
    assert image.badge_png("ITの基礎", "", "#c74700", 128) != image.badge_png("別の名前", "", "#c74700", 128)


@pytest.mark.parametrize("size", [0, 63, 2001])
def test_a_size_out_of_bounds_is_refused(size):
    with pytest.raises(ValueError):
        image.badge_png("名", "", "#c74700", size)
