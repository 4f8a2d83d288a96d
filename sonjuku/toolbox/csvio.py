"""CSV that Excel in a Japanese office opens rightly and that runs nothing when opened."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

Cell = str | int | float | Decimal | date | None

# Full-width signs too: Japanese Excel can take them for the narrow ones.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
# What a spreadsheet may skip before it looks at the first sign.
_UNSEEN = re.compile("^[\\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")

# The same signs under the code points that CP932 knows.
_CP932_TWINS = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¢": "￠", "£": "￡", "¬": "￢"})


def _geta(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "〓" * (error.end - error.start), error.end


codecs.register_error("geta", _geta)


def write_csv(
    rows: Iterable[Sequence[Cell]],
    header: Sequence[str],
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
) -> bytes:
    """The file's bytes: header in line 1, CRLF, UTF-8 with BOM or CP932.

    Numbers are written as numbers, dates as ISO, None as nothing; text that a spreadsheet would run gets a
    leading `'`. In CP932 a character that it lacks becomes 〓 (𠮷 for one), so offer UTF-8 first. Instants
    are refused with ValueError: format them for their reader.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(title) for title in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    text = out.getvalue()
    return (
        text.translate(_CP932_TWINS).encode("cp932", "geta") if encoding == "cp932" else text.encode(encoding)
    )


def _cell(value: Cell) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, date):
        if hasattr(value, "hour"):
            raise ValueError("instant_in_csv")
        return value.isoformat()
    return neutral(value) if isinstance(value, str) else value


def neutral(text: str) -> str:
    """The text as a spreadsheet may hold it: with a leading `'` where it would be taken for a formula."""
    seen = _UNSEEN.sub("", text)
    return (
        f"'{text}"
        if text.lstrip(" \u3000").startswith(_FORMULA_STARTS) or seen.startswith(_FORMULA_STARTS)
        else text
    )
