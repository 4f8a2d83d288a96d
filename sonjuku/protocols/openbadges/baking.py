"""A credential inside a badge image, as Open Badges 3.0 (5.3) bakes it, and out of it again."""

import re
import struct
import zlib

import png
from defusedxml import DefusedXmlException, ElementTree
from openbadgeslib import baking as wheel
from openbadgeslib.errors import LibOpenBadgesException

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What one credential may have: the most that the canonicaliser takes.
LARGEST_CREDENTIAL = 256 * 1024

_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = f"{{{_NAMESPACE}}}credential"
_HEAD = rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?(?:\s*<!--(?:(?!-->).)*-->)*\s*"
_ROOT = re.compile(_HEAD + rb"""<svg(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*)?(?<!/)>""", re.DOTALL)
_BROKEN_PNG = (png.Error, EOFError, struct.error, zlib.error, UnicodeDecodeError, LibOpenBadgesException)


class BakingRefused(ValueError):
    """The image can't be baked or read.

    `reason`: broken_image, too_large, already_baked, no_credential, several_credentials."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def bake_png(image: bytes, credential: str) -> bytes:
    """The PNG with the credential's JSON in an iTXt chunk before its end; all others stay."""
    try:
        if wheel.has_png(image, keyword=wheel.ITXT_KEYWORD_OB3):
            raise BakingRefused("already_baked")
        return wheel.bake_png(image, credential, keyword=wheel.ITXT_KEYWORD_OB3)
    except _BROKEN_PNG as error:
        raise BakingRefused("broken_image") from error


def unbake_png(image: bytes) -> str:
    """The text in the credential's chunk, at most LARGEST_CREDENTIAL bytes of it. Raises BakingRefused."""
    try:
        text = wheel.extract_png(image, LARGEST_CREDENTIAL, keyword=wheel.ITXT_KEYWORD_OB3)
    except wheel.DecompressionLimitExceeded as error:
        raise BakingRefused("too_large") from error
    except _BROKEN_PNG as error:
        raise BakingRefused("broken_image") from error
    if text is None:
        raise BakingRefused("no_credential")
    return text


def bake_svg(image: bytes, credential: str) -> bytes:
    """The SVG with the credential's JSON as CDATA right behind its root tag; every other byte stays."""
    if _credentials(image):
        raise BakingRefused("already_baked")
    root = _ROOT.match(image)
    if root is None:
        raise BakingRefused("broken_image")
    # JSON has ">" inside strings only, where this escape says the same.
    data = credential.replace("]]>", "]]\\u003e")
    element = (
        f'<openbadges:credential xmlns:openbadges="{_NAMESPACE}"><![CDATA[{data}]]></openbadges:credential>'
    )
    return image[: root.end()] + element.encode() + image[root.end() :]


def unbake_svg(image: bytes) -> str:
    """The text of the one credential element. Document types are refused. Raises BakingRefused."""
    found = _credentials(image)
    if len(found) != 1:
        raise BakingRefused("several_credentials" if found else "no_credential")
    return found[0]


def _credentials(image: bytes) -> list[str]:
    try:
        root = ElementTree.fromstring(image, forbid_dtd=True)
        # A credential secured as a JWT stands in the attribute "verify".
        return [(one.text or one.get("verify") or "").strip() for one in root.iter(_ELEMENT)]
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BakingRefused("broken_image") from error
