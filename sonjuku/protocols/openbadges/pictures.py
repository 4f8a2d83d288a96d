"""Pictures of badges that somebody uploads: what is not plainly a drawing doesn't get in."""

import io
import re
from xml.etree import ElementTree as Plain

from defusedxml import DefusedXmlException, ElementTree
from PIL import Image

from sonjuku.protocols.openbadges.baking import PNG_SIGNATURE

LARGEST = 256 * 1024
_SIDES = (64, 2000)
_MOST_ELEMENTS = 5_000
_SVG = "http://www.w3.org/2000/svg"
_ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "defs",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "title",
        "desc",
        "text",
        "tspan",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "id",
        "viewBox",
        "width",
        "height",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "d",
        "points",
        "transform",
        "gradientTransform",
        "gradientUnits",
        "spreadMethod",
        "clipPathUnits",
        "offset",
        "stop-color",
        "stop-opacity",
        "fill",
        "fill-opacity",
        "fill-rule",
        "clip-path",
        "clip-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "stroke-dashoffset",
        "opacity",
        "font-family",
        "font-size",
        "font-weight",
        "text-anchor",
        "dominant-baseline",
        "letter-spacing",
        "dx",
        "dy",
        "role",
        "aria-label",
        "preserveAspectRatio",
        "version",
    ]
)
# A reference may lead into the picture itself only.
_OUTWARD = re.compile(r"url\((?!\s*#)|[a-z][a-z+.-]*:|&|\\|@import|expression", re.IGNORECASE)


class BadPicture(ValueError):
    """`reason`: too_large, unknown_kind, broken, not_square, forbidden."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean(content: bytes) -> tuple[str, bytes]:
    """("png" or "svg", the picture drawn or written anew): only what shows is kept. Raises BadPicture."""
    if len(content) > LARGEST:
        raise BadPicture("too_large")
    if content.startswith(PNG_SIGNATURE):
        return "png", _bounded(_png(content))
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return "svg", _bounded(_svg(content))
    raise BadPicture("unknown_kind")


def _bounded(content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise BadPicture("too_large")
    return content


def _png(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            # Pillow has read the header alone so far: a bomb ends here.
            if not all(_SIDES[0] <= side <= _SIDES[1] for side in image.size):
                raise BadPicture("too_large")
            if image.width != image.height:
                raise BadPicture("not_square")
            drawn = image.convert("RGBA")
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise BadPicture("too_large") from error
    except Exception as error:  # whatever a broken file makes the decoder raise
        raise BadPicture("broken") from error
    bare = Image.new("RGBA", drawn.size)
    bare.paste(drawn)
    out = io.BytesIO()
    bare.save(out, "PNG", optimize=True)
    return out.getvalue()


def _svg(content: bytes) -> bytes:
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise BadPicture("broken") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise BadPicture("unknown_kind")
    elements = list(root.iter())
    if len(elements) > _MOST_ELEMENTS:
        raise BadPicture("too_large")
    for element in elements:
        _check(element)
    box = (root.get("viewBox") or "").replace(",", " ").split()
    if len(box) != 4 or box[2] != box[3]:
        raise BadPicture("not_square")
    # ElementTree's own register is global: names are taken out of the namespace instead.
    for element in elements:
        element.tag = str(element.tag).removeprefix(f"{{{_SVG}}}")
    root.set("xmlns", _SVG)
    return Plain.tostring(root, encoding="unicode").encode()


def _check(element: Plain.Element) -> None:
    tag = str(element.tag)
    if not tag.startswith(f"{{{_SVG}}}") or tag.removeprefix(f"{{{_SVG}}}") not in _ELEMENTS:
        raise BadPicture("forbidden")
    for name, value in element.attrib.items():
        free = name == "aria-label"
        if name not in _ATTRIBUTES or (not free and _OUTWARD.search(value)):
            raise BadPicture("forbidden")
