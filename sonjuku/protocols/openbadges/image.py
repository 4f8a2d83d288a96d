"""Badge images, drawn: a hexagon in the council's colour with the achievement's name."""

import hashlib
import io
import re
import unicodedata
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw, ImageFont

_OUTER = ((100, 8), (180, 54), (180, 146), (100, 192), (20, 146), (20, 54))
_INNER = ((100, 22), (168, 61), (168, 139), (100, 178), (32, 139), (32, 61))
_VIEW = 200
# Width inside the hexagon that text may take, in the same units as the points above.
_TEXT_WIDTH = 124
_TEXT_HEIGHT = 58
# Latin words, runs of katakana, and kanji with their hiragana: a title breaks between these if it can.
_WORDS = re.compile(r"(?:[!-~]+|[ァ-ヺー]+|[一-鿿々]+(?:の|[ぁ-ん]*)|[ぁ-ん]+|.)\s*", re.DOTALL)
_SIGNS = re.compile(r"(?:[!-~]+|.)\s*", re.DOTALL)
_ANY = re.compile(".", re.DOTALL)
_FONT_FAMILY = "'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif"
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
_FONT_NAMES = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansJP*.[ot]tf",
    "ipaexg.ttf",
    "ipagp.ttf",
    "YuGothB.ttc",
    "meiryob.ttc",
    "Hiragino*.ttc",
)

Rgb = tuple[int, int, int]


def badge_svg(title: str, subtitle: str, colour: str) -> str:
    """A square SVG badge. `colour` is #rrggbb and is darkened until white text reads on it (4.5 : 1).

    It uses neither style nor script, and ids of its own, so several may stand in one page."""
    title, subtitle = _printable(title), _printable(subtitle)
    top, bottom = _shades(colour)
    mark = "b" + hashlib.sha256(f"{title}\n{subtitle}\n{colour}".encode()).hexdigest()[:10]
    lines, size = _fit(title)
    texts = [(line, y, size, 700) for line, y in zip(lines, _baselines(len(lines), size), strict=True)]
    if subtitle:
        texts.append((subtitle, 150, _shrunk(subtitle, 13, 92), 400))
    label = quoteattr(f"{title} {subtitle}".strip())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_VIEW} {_VIEW}"'
        f' role="img" aria-label={label}>'
        f'<defs><linearGradient id="{mark}" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{_hex(top)}"/>'
        f'<stop offset="1" stop-color="{_hex(bottom)}"/></linearGradient></defs>'
        f'<polygon points="{_points(_OUTER)}" fill="url(#{mark})"/>'
        f'<polygon points="{_points(_INNER)}" fill="none" stroke="#fff" stroke-opacity=".55"'
        ' stroke-width="2"/>'
        f'<g fill="#fff" text-anchor="middle" font-family="{_FONT_FAMILY}">'
        + "".join(
            f'<text x="100" y="{y:g}" font-size="{points:g}" font-weight="{weight}">{escape(text)}</text>'
            for text, y, points, weight in texts
        )
        + "</g></svg>"
    )


def badge_png(title: str, subtitle: str, colour: str, size: int = 400) -> bytes:
    """The same badge as a transparent PNG of `size` × `size` pixels (64 to 2000).

    Without a Japanese font on the machine it is drawn without text."""
    if not 64 <= size <= 2000:
        raise ValueError("a badge has 64 to 2000 pixels")
    title, subtitle = _printable(title), _printable(subtitle)
    scale = size * 2 / _VIEW
    picture = Image.new("RGBA", (size * 2, size * 2), (0, 0, 0, 0))
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).polygon([(x * scale, y * scale) for x, y in _OUTER], fill=255)
    picture.paste(_gradient(*_shades(colour), size * 2), mask=mask)
    frame = Image.new("RGBA", picture.size, (255, 255, 255, 0))
    edge = [(x * scale, y * scale) for x, y in (*_INNER, _INNER[0])]
    ImageDraw.Draw(frame).line(edge, fill=(255, 255, 255, 140), width=round(2 * scale), joint="curve")
    picture = Image.alpha_composite(picture, frame)
    if font_file():
        _write(picture, title, subtitle, scale)
    out = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def font_file() -> str:
    """The path of a Japanese font on this machine, "" where there is none."""
    folders = [Path(folder) for folder in _FONT_FOLDERS if Path(folder).is_dir()]
    found = (file for name in _FONT_NAMES for folder in folders for file in sorted(folder.rglob(name)))
    return str(next(found, ""))


def _write(picture: Image.Image, title: str, subtitle: str, scale: float) -> None:
    draw = ImageDraw.Draw(picture)

    def put(text: str, y: float, points: float) -> None:
        font = ImageFont.truetype(font_file(), round(points * scale))
        draw.text((100 * scale, y * scale), text, font=font, fill="#fff", anchor="ms")

    lines, points = _fit(title)
    for line, y in zip(lines, _baselines(len(lines), points), strict=True):
        put(line, y, points)
    if subtitle:
        put(subtitle, 150, _shrunk(subtitle, 13, 92))


def _printable(text: str) -> str:
    # XML has no place for control signs.
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _width(text: str) -> float:
    # In ems: full-width signs count one, Latin letters a little over half.
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else 0.6 for sign in text)


def _shrunk(text: str, most: float, room: float) -> float:
    return round(min(most, room / max(_width(text), 1)), 2)


def _fit(title: str) -> tuple[list[str], float]:
    # The largest size at which the title stands in the hexagon, first without breaking a word.
    for pattern, sizes in ((_WORDS, (26, 24, 22, 20, 18, 16)), (_SIGNS, (20, 18, 16, 14, 12)), (_ANY, (12,))):
        pieces = pattern.findall(title)
        for size in sizes:
            room = _TEXT_WIDTH / size
            lines = _wrapped(pieces, room)
            if len(lines) * size <= _TEXT_HEIGHT and all(_width(line) <= room for line in lines):
                return lines, size
    kept = lines[: int(_TEXT_HEIGHT / size)]
    while kept[-1] and _width(kept[-1]) + 1 > room:
        kept[-1] = kept[-1][:-1]
    return [*kept[:-1], kept[-1].rstrip() + "…"], size


def _wrapped(pieces: list[str], room: float) -> list[str]:
    lines, line = [], ""
    for piece in pieces:
        if line and _width(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _baselines(count: int, size: float) -> list[float]:
    step = size * 1.25
    first = 100 - step * (count - 1) / 2 + size * 0.1
    return [round(first + step * number, 2) for number in range(count)]


def _points(corners: tuple[tuple[int, int], ...]) -> str:
    return " ".join(f"{x},{y}" for x, y in corners)


def _shades(colour: str) -> tuple[Rgb, Rgb]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError("a colour is #rrggbb")
    top = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    while 1.05 / (_luminance(top) + 0.05) < 4.5:
        top = _darker(top, 0.95)
    return top, _darker(top, 0.68)


def _darker(colour: Rgb, factor: float) -> Rgb:
    red, green, blue = (int(part * factor) for part in colour)
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    # WCAG 2.2, relative luminance.
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _gradient(top: Rgb, bottom: Rgb, side: int) -> Image.Image:
    column = Image.new("RGBA", (1, side))
    for y in range(side):
        share = y / (side - 1)
        red, green, blue = (round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        column.putpixel((0, y), (red, green, blue, 255))
    return column.resize((side, side))
