"""Workbooks for offices: plain cells only, nothing that runs when opened."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sonjuku.toolbox.csvio import neutral
from sonjuku.toolbox.dates import local

Cell = str | int | float | Decimal | date | datetime | None

# What XML 1.0 cannot hold.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
# Excel's own limits.
_LONGEST_CELL, _LONGEST_NAME = 32_767, 31
_NARROWEST, _WIDEST = 9, 42


def write_xlsx(rows: Iterable[Sequence[Cell]], header: Sequence[str], title: str) -> bytes:
    """The file's bytes: one sheet called `title`, the header frozen, row by row so that long lists stay small in memory.

    Numbers, days and instants (aware; shown as Tokyo's clock) are cells of their kind; all text is text, also
    digits such as 0838, and gets a leading `'` where a spreadsheet would run it (as csvio does, since people save
    sheets as CSV). Characters that a sheet cannot hold are left out, text is cut at Excel's 32,767 characters.
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(_NO_SHEET_NAME.sub(" ", _clean(title))[:_LONGEST_NAME].strip("' ") or "1")
    sheet.freeze_panes = "A2"
    for number, name in enumerate(header, 1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(name)
    heads = [_text(sheet, name) for name in header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(name: str) -> int:
    """In half-width characters: a full-width one takes two."""
    wide = sum(2 if ord(sign) > 0xFF else 1 for sign in name)
    return max(_NARROWEST, min(wide + 4, _WIDEST))


def _clean(text: str) -> str:
    return _NO_XML.sub("", text)


def _text(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=neutral(_clean(str(text)))[:_LONGEST_CELL])
    # openpyxl takes "#N/A" for an error and "=…" for a formula; here every text is one.
    cell.data_type = "s"
    return cell


def _cell(sheet: Any, value: Cell) -> Any:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=local(value).replace(tzinfo=None, microsecond=0))
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if isinstance(value, date):
        day: Any = value
        cell = WriteOnlyCell(sheet, value=day)
        cell.number_format = "yyyy-mm-dd"
        return cell
    if not isinstance(value, str):
        return value
    cell = _text(sheet, value)
    if value[:1].isdigit() or value.startswith("#"):
        # Stays text when somebody edits it: phone numbers and postal codes keep their zero.
        cell.number_format = "@"
    return cell
