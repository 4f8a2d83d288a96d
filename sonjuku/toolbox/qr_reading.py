"""The one QR code in a photo or a screenshot, whatever picture a stranger brings."""

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

# Only what cameras, phones and browsers write: each further decoder is one more to trust.
FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_PICTURE = 10 * 1024 * 1024
MOST_PIXELS = 24_000_000
# A code is legible long before this; larger photos are made smaller first.
_SIDE = 2400
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")


class NoCode(ValueError):
    """No code is read; `reason`: picture_too_large, broken_picture, no_code, several_codes, no_text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin as a picture that `read` knows."""
    return data.startswith(_STARTS)


def read(data: bytes) -> str:
    """The text of the only QR code in a picture. Raises NoCode only."""
    if len(data) > LARGEST_PICTURE:
        raise NoCode("picture_too_large")
    codes = zxingcpp.read_barcodes(_grey(data), formats=_QR)
    texts = {code.text for code in codes if code.valid}
    if len(texts) != 1:
        raise NoCode("several_codes" if texts else "no_code")
    text = texts.pop().strip()
    if not text:
        raise NoCode("no_text")
    return text


def _grey(data: bytes) -> Image.Image:
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        # A JPEG is decoded at a fraction of its size: phones take photos of 50 million pixels.
        picture.draft("L", (_SIDE, _SIDE))
        if picture.width * picture.height > MOST_PIXELS:
            raise NoCode("picture_too_large")
        picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, NoCode):
            raise
        raise NoCode("broken_picture") from error
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        # Without this a transparent ground turns black, and black on black is no code.
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("L")
    picture.thumbnail((_SIDE, _SIDE))
    return picture
