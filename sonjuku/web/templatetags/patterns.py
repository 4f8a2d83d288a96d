"""The five councils' patterns as one SVG tile each. Lines are white; `ground` fills what must hide a line behind it."""

import math
from collections.abc import Callable

Tile = tuple[float, float, str]
ROOT3 = math.sqrt(3)


def _path(d: str, width: float = 1.5, stroke: str = "#fff") -> str:
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round"/>'


def _lines(pairs: list[tuple[float, float, float, float]]) -> str:
    return "".join(f"M{a:.2f} {b:.2f}L{c:.2f} {d:.2f}" for a, b, c, d in pairs)


def shippo(ground: str) -> Tile:
    """七宝: circles that share quarters, a small flower in each eye."""
    r = 24
    circles = [(r, r), (0, 0), (2 * r, 0), (0, 2 * r), (2 * r, 2 * r)]
    rings = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="#fff" stroke-width="1.6"/>'
        for x, y in circles
    )
    eyes = [(r, 0), (0, r), (2 * r, r), (r, 2 * r)]
    flowers = "".join(
        f'<path d="M{x} {y - 5}L{x + 5} {y}L{x} {y + 5}L{x - 5} {y}Z" fill="#fff" fill-opacity=".55"/>'
        for x, y in eyes
    )
    return 2 * r, 2 * r, rings + flowers


def kagome(ground: str) -> Tile:
    """籠目: three families of bamboo strips; no three cross in one point."""
    s = 17.0
    width, height = 2 * s, 2 * ROOT3 * s
    pairs = [(-s, y, width + s, y) for y in (0.0, height / 2, height)]
    pairs += [(x, -0.0, x + width, height) for x in (-width, 0.0, width)]
    pairs += [(x, 0.0, x - width, height) for x in (s, s + width, s + 2 * width)]
    d = _lines(pairs)
    return width, height, _path(d, 5) + _path(d, 2.4, ground)


def asanoha(ground: str) -> Tile:
    """麻の葉: a net of triangles, each joined from its middle to its corners."""
    side = 46.0
    high = side * ROOT3 / 2
    pairs: list[tuple[float, float, float, float]] = [(0, y, side, y) for y in (0, high, 2 * high)]
    pairs += [(0, 0, side, 2 * high), (side, 0, 0, 2 * high)]
    for x, y, up in [
        (side / 2, 0, False), (0, high, True), (side, high, True),
        (side / 2, 2 * high, True), (0, high, False), (side, high, False),
    ]:  # fmt: skip
        reach = -high if up else high
        corners = [(x - side / 2, y), (x + side / 2, y), (x, y + reach)]
        pairs += [(x, y + reach / 3, px, py) for px, py in corners]
    return side, 2 * high, _path(_lines(pairs), 1.6)


def kogin(ground: str) -> Tile:
    """こぎん菱: stitches counted over odd threads, a diamond within a diamond."""
    unit, half = 4.5, 8
    rows = []
    for row in range(-half, half):
        reach = half - abs(row)
        spans = [(-reach, 3 - reach), (reach - 3, reach)] if reach > 3 else [(-reach, reach)]
        if abs(row) <= 2:
            spans.append((abs(row) - 3, 3 - abs(row)))
        for start, end in spans:
            if end > start:
                x, y = (half + start) * unit, (half + row) * unit
                rows.append(f"M{x + 0.8:.2f} {y + unit / 2:.2f}h{(end - start) * unit - 1.6:.2f}")
    size = 2 * half * unit
    return size, size, _path("".join(rows), 2.6)


def seigaiha(ground: str) -> Tile:
    """青海波: rows of waves, each over the one behind."""
    radius = 30
    waves = []
    for row in range(4):
        y = row * radius / 2
        for x in (-radius, radius, 3 * radius) if row % 2 else (0, 2 * radius):
            waves.append(f'<circle cx="{x}" cy="{y:g}" r="{radius}" fill="{ground}"/>')
            waves += [
                f'<circle cx="{x}" cy="{y:g}" r="{r}" fill="none" stroke="#fff" stroke-width="1.7"/>'
                for r in (29, 21.5, 14, 6.5)
            ]
    return 2 * radius, radius, "".join(waves)


PATTERNS: dict[str, Callable[[str], Tile]] = {
    "shippo": shippo,
    "kagome": kagome,
    "asanoha": asanoha,
    "kogin": kogin,
    "seigaiha": seigaiha,
}


def tile(pattern: str, uid: str, ground: str) -> str:
    """`<pattern id="uid">` for a <defs>; an unknown name gives 青海波."""
    width, height, body = PATTERNS.get(pattern, seigaiha)(ground)
    return f'<pattern id="{uid}" width="{width:.3f}" height="{height:.3f}" patternUnits="userSpaceOnUse">{body}</pattern>'
