"""A credential inside a badge image, as Open Badges 3.0 (5.3) bakes it, and out of it again; 2.0's are read too."""

import re
import struct
import zlib
from collections.abc import Iterator

import png
from defusedxml import DefusedXmlException, ElementTree
from openbadgeslib import baking as wheel
from openbadgeslib.errors import LibOpenBadgesException

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What one credential may have: the most that the canonicaliser takes.
LARGEST_CREDENTIAL = 256 * 1024

_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
# 3.0's and 2.0's names for the same place.
_ELEMENTS = (f"{{{_NAMESPACE}}}credential", "{http://openbadges.org}assertion")
_KEYWORDS = (b"openbadgecredential", b"openbadges")
_HEAD = rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?(?:\s*<!--(?:(?!-->).)*-->)*\s*"
_ROOT = re.compile(_HEAD + rb"""<svg(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*)?(?<!/)>""", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")
_BROKEN_PNG = (png.Error, EOFError, struct.error, zlib.error, UnicodeDecodeError, LibOpenBadgesException)


class BakingRefused(ValueError):
    """The image can't be baked or read.

    `reason`: broken_image, too_large, already_baked, no_credential, several_credentials."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def bake_png(image: bytes, credential: str) -> bytes:
    """The PNG with the credential, JSON or a token, in an iTXt chunk before its end; all others stay."""
    try:
        if any(True for _ in _chunks(image)):
            raise BakingRefused("already_baked")
        return wheel.bake_png(image, credential, keyword=wheel.ITXT_KEYWORD_OB3)
    except _BROKEN_PNG as error:
        raise BakingRefused("broken_image") from error


def unbake_png(image: bytes) -> str:
    """The text of the one credential chunk (3.0's or 2.0's), at most LARGEST_CREDENTIAL bytes. Raises BakingRefused."""
    try:
        found = list(_chunks(image))
    except _BROKEN_PNG as error:
        raise BakingRefused("broken_image") from error
    return _only(found)


def _chunks(image: bytes) -> Iterator[str]:
    """The text of each credential chunk: keyword, compressed or not and how, language, keyword in it, text."""
    for kind, data in png.Reader(bytes=image).chunks():
        keyword, _, rest = data.partition(b"\0")
        if kind != b"iTXt" or keyword not in _KEYWORDS:
            continue
        packed, words = rest[:2], rest[2:].split(b"\0", 2)
        if packed not in (b"\0\0", b"\1\0") or len(words) < 3:
            raise BakingRefused("broken_image")
        yield (_inflated(words[2]) if packed[0] else words[2]).decode()


def _inflated(data: bytes) -> bytes:
    inflator = zlib.decompressobj()
    text = inflator.decompress(data, LARGEST_CREDENTIAL + 1)
    if len(text) > LARGEST_CREDENTIAL:
        raise BakingRefused("too_large")
    if not inflator.eof:
        raise BakingRefused("broken_image")
    return text


def _only(found: list[str]) -> str:
    # Two readers may take different ones.
    if len(found) != 1:
        raise BakingRefused("several_credentials" if found else "no_credential")
    return found[0]


def bake_svg(image: bytes, credential: str) -> bytes:
    """The SVG with the credential right behind its root tag, JSON as CDATA, a token as attribute; all else stays."""
    if _credentials(image):
        raise BakingRefused("already_baked")
    root = _ROOT.match(image)
    if root is None:
        raise BakingRefused("broken_image")
    head = f'<openbadges:credential xmlns:openbadges="{_NAMESPACE}"'
    if _TOKEN.fullmatch(credential):
        element = f'{head} verify="{credential}"/>'
    else:
        # JSON has ">" and noncharacters inside strings only, where these escapes say the same.
        data = (
            credential.replace("]]>", "]]\\u003e").replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
        )
        element = f"{head}><![CDATA[{data}]]></openbadges:credential>"
    return image[: root.end()] + element.encode() + image[root.end() :]


def unbake_svg(image: bytes) -> str:
    """The text of the one credential element (3.0's or 2.0's). Document types are refused. Raises BakingRefused."""
    return _only(_credentials(image))


def _credentials(image: bytes) -> list[str]:
    try:
        root = ElementTree.fromstring(image, forbid_dtd=True)
        # A credential secured as a token stands in the attribute "verify".
        return [(one.get("verify") or one.text or "").strip() for one in root.iter() if one.tag in _ELEMENTS]
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BakingRefused("broken_image") from error
