"""Uploaded pictures: what shows is kept, whatever else is refused or gone."""

import io
import zlib

import pytest
from PIL import Image, PngImagePlugin

from sonjuku.protocols.openbadges import baking, pictures

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>'


def png(size=(100, 100), **options):
    out = io.BytesIO()
    Image.new("RGBA", size, (200, 0, 0, 128)).save(out, "PNG", **options)
    return out.getvalue()


def test_a_png_is_drawn_anew_without_its_other_chunks():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody", zip=True)
    kind, clean = pictures.clean(baking.bake_png(png(pnginfo=notes), "{}"))
    assert kind == "png"
    assert b"Author" not in clean
    assert b"openbadgecredential" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert (image.size, image.getpixel((5, 5))) == ((100, 100), (200, 0, 0, 128))


def test_a_drawing_keeps_its_shapes_and_can_be_baked():
    drawn = SVG.format(
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<rect width="10" height="10" fill="url(#a)"/><text x="1" y="2">萩 &lt;b&gt;</text>'
    )
    kind, clean = pictures.clean(drawn.encode())
    assert kind == "svg"
    assert "url(#a)" in clean.decode()
    assert "萩 &lt;b&gt;" in clean.decode()
    assert baking.unbake_svg(baking.bake_svg(clean, '{"a": 1}')) == '{"a": 1}'
    assert pictures.clean(clean) == ("svg", clean)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect width="1" height="1" onload="alert(1)"/>',
        '<a href="javascript:alert(1)"><rect width="1" height="1"/></a>',
        '<image href="https://evil.example/x.png" width="1" height="1"/>',
        '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://evil.example/#x"/>',
        '<rect width="1" height="1" fill="url(https://evil.example/x)"/>',
        '<rect width="1" height="1" fill="url( &quot;//evil.example&quot; )"/>',
        '<rect width="1" height="1" style="fill:red"/>',
        "<style>* { fill: url(https://evil.example) }</style>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<set attributeName="onload" to="alert(1)"/>',
        '<x:rect xmlns:x="https://elsewhere.example/" width="1"/>',
        '<rect xml:base="https://evil.example/" width="1"/>',
    ],
)
def test_what_does_not_belong_into_a_badge_is_refused(inside):
    with pytest.raises(pictures.BadPicture, match="forbidden"):
        pictures.clean(SVG.format(inside).encode())


def bomb():
    """A small PNG that says that it is 30,000 pixels wide."""
    head = b"IHDR" + (30_000).to_bytes(4) * 2 + b"\x08\x06\0\0\0"
    end = b"\0\0\0\0IEND\xae\x42\x60\x82"
    return baking.PNG_SIGNATURE + (13).to_bytes(4) + head + zlib.crc32(head).to_bytes(4) + end


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unknown_kind"),
        (b"GIF89a", "unknown_kind"),
        (b"<html></html>", "unknown_kind"),
        (png((100, 90)), "not_square"),
        (png((32, 32)), "too_large"),
        (bomb(), "too_large"),
        (png()[:60], "broken"),
        (b"\x89PNG\r\n\x1a\n", "broken"),
        (b"<svg", "broken"),
        (b"x" * (pictures.LARGEST + 1), "too_large"),
        (SVG.format("<g/>" * 5_001).encode(), "too_large"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20"/>', "not_square"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not_square"),
        (
            b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">&a;</svg>',
            "broken",
        ),
    ],
)
def test_a_bad_file_is_refused_for_its_own_reason(content, reason):
    with pytest.raises(pictures.BadPicture) as refused:
        pictures.clean(content)
    assert refused.value.reason == reason
