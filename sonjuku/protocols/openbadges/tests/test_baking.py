import json
import struct
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sonjuku.protocols.openbadges import baking, image, proofs
from sonjuku.protocols.openbadges.reading import LARGEST_FILE, Unreadable, read_any

PNG = image.badge_png("ITの基礎", "萩IT松下村塾", "#c74700", 64)
SVG = image.badge_svg("ITの基礎", "萩IT松下村塾", "#c74700").encode()
NAMESPACE = b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'


def chunk(kind, data):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def with_chunk(kind, data):
    return PNG[:-12] + chunk(kind, data) + PNG[-12:]


def refused(data):
    with pytest.raises(Unreadable) as error:
        read_any(data)
    return error.value.reason


@pytest.fixture
def signed(badge, key, at):
    return proofs.sign(badge, key, at)


def test_a_badge_comes_back_from_each_carrier_and_holds(signed, at):
    text = json.dumps(signed, ensure_ascii=False)
    carriers = (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        baking.bake_png(PNG, text),
        baking.bake_svg(SVG, text),
    )
    for data in carriers:
        assert read_any(data) == signed
        assert proofs.verify(read_any(data), at).ok


def test_the_png_stays_as_it_was_around_one_uncompressed_chunk():
    expected = with_chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + b'{"a":1}')
    assert baking.bake_png(PNG, '{"a":1}') == expected


def test_the_svg_stays_as_it_was_around_the_element():
    baked = baking.bake_svg(SVG, '{"a":1}')
    element = b"<openbadges:credential " + NAMESPACE + b'><![CDATA[{"a":1}]]></openbadges:credential>'
    assert baked.replace(element, b"") == SVG
    assert baked.startswith(SVG[: SVG.index(b">") + 1] + element)


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])), st.text("]]>あ&<\"'{}")
    )
)
@example({"a": "\ufffe\uffff\x7f"})
def test_any_json_comes_back(document):
    text = json.dumps(document, ensure_ascii=False)
    assert read_any(baking.bake_svg(SVG, text)) == document
    assert read_any(baking.bake_png(PNG, text)) == document


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<?xml version='1.0'?>\n",
        b"<!-- <svg> a > b -->\n",
        b"\xef\xbb\xbf<?xml version='1.0'?><!--x--><!--y-->",
    ],
)
def test_an_svg_may_have_a_head_and_attributes_with_signs(head):
    svg = head + b"<svg xmlns='http://www.w3.org/2000/svg' data-x='a>b' id=\"c>d\"><g/></svg>"
    assert read_any(baking.bake_svg(svg, '{"a":1}')) == {"a": 1}


@pytest.mark.parametrize(
    "svg", [b"", b"<svg", b"<svg/>", b"<html></html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_what_is_no_svg_is_not_baked(svg):
    with pytest.raises(baking.BakingRefused):
        baking.bake_svg(svg, "{}")


def test_nothing_is_baked_twice():
    for bake, plain in ((baking.bake_png, PNG), (baking.bake_svg, SVG)):
        with pytest.raises(baking.BakingRefused, match="already_baked"):
            bake(bake(plain, "{}"), "{}")


def test_a_compressed_chunk_is_read_but_no_bomb():
    head = b"openbadgecredential\0\1\0\0\0"
    assert read_any(with_chunk(b"iTXt", head + zlib.compress(b'{"a":1}'))) == {"a": 1}
    bomb = with_chunk(b"iTXt", head + zlib.compress(b'{"a":"' + b" " * 50_000_000 + b'"}'))
    assert refused(bomb) == "too_large"


def test_entities_and_document_types_are_refused():
    laugh = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    assert refused(laugh) == "broken_image"
    assert refused(b'<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg/>') == "broken_image"


def test_two_credentials_in_one_svg_are_refused():
    one = b"<openbadges:credential " + NAMESPACE + b">{}</openbadges:credential>"
    assert refused(b"<svg>" + one * 2 + b"</svg>") == "several_credentials"
    assert read_any(b"<svg>" + one + b"</svg>") == {}


def test_a_look_alike_without_the_namespace_is_none():
    assert refused(
        b'<svg><openbadges:credential xmlns:openbadges="http://x">{}</openbadges:credential></svg>'
    ) == ("no_credential")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" " * (LARGEST_FILE + 1), "too_large"),
        (b'{"a":"' + b"a" * 300_000 + b'"}', "too_large"),
        (b"hello", "unknown_kind"),
        (b"%PDF-1.7", "unknown_kind"),
        (b"\xff\xd8\xff\xe0", "unknown_kind"),
        (b"{", "not_json"),
        (b'{"a":1,"a":2}', "not_json"),
        (b'{"a":NaN}', "not_json"),
        (b'{"a":"\\ud800"}', "not_json"),
        (b'{"a":"\xff"}', "not_json"),
        (b"[" * 200_000, "not_json"),
        (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", "not_json"),
        (b"[]", "not_an_object"),
        (PNG, "no_credential"),
        (PNG[:-20], "broken_image"),
        (PNG[:8], "broken_image"),
        (PNG[:40] + b"\0" + PNG[41:], "broken_image"),
        (SVG, "no_credential"),
        (SVG[:-3], "broken_image"),
    ],
)  # fmt: skip
def test_each_wrong_file_has_its_reason(data, reason):
    assert refused(data) == reason


def answer(data):
    try:
        return read_any(data)
    except Unreadable as error:
        return error.reason


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"<svg", PNG[:8], PNG[:33], b"<svg>", b"eyJ"]))
def test_any_bytes_are_answered_or_refused_with_a_reason(data, start):
    assert isinstance(answer(start + data), dict | str)


@given(st.integers(0, len(PNG) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_png_gives_the_credential_or_a_reason(place, wrong):
    baked = baking.bake_png(PNG, '{"a":1}')
    found = answer(baked[:place] + wrong + baked[place + len(wrong) :])
    assert found == {"a": 1} or found in ("broken_image", "no_credential", "unknown_kind", "not_json")
