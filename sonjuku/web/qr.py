"""QR codes on paper."""

import segno


def qr_svg(text: str) -> str:
    """A QR code as inline SVG that needs no style attribute (CSP); its container gives it a name."""
    return segno.make(text, error="m", micro=False).svg_inline(
        border=4, omitsize=True, light="#fff", svgclass=None, lineclass=None
    )
