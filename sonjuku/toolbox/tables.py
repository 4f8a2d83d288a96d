"""Tables that people send: CSV in any encoding an office uses, or XLSX, as rows of text.

Whatever is in the file, `read_table` gives a table or raises TableError, in bounded time and memory.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal, NamedTuple

from openpyxl import load_workbook

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
# Columns with the empty ones at the end: what a spreadsheet has at most.
MAX_WIDTH = 16_384
MAX_CELL = 10_000
MAX_CELLS = 1_000_000
# Lines that are looked at: blank ones count here, so that a sheet formatted to its last line ends.
MAX_LINES = 100_000
HEADER_WITHIN = 20
SHEET_END = 1_048_576

# What an .xlsx may unpack to: a sheet of MAX_CELLS has about 50 MB.
MAX_PARTS = 1_000
MAX_UNPACKED = 80 * 1024 * 1024
MAX_RATIO = 200

Code = Literal[
    "empty", "too_big", "unreadable", "no_rows", "too_many_rows", "too_many_columns", "cell_too_long"
]
BROKEN = "\ufffd"
# Bytes that stand for nothing in CP932 and are decoded all the same.
_NOTHING = str.maketrans(dict.fromkeys("\x80\uf8f0\uf8f1\uf8f2\uf8f3", BROKEN))
_DELIMITERS = ",;\t"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What a spreadsheet writes to keep leading zeros: ="0901234567".
_AS_TEXT = re.compile(r'="([^"]*)"')
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class TableError(ValueError):
    """A file that can't be read as a table; `code` says why. Holds nothing of the file."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


class Line(NamedTuple):
    """One row: its number in the sheet (the first line is 1, a cell with line breaks does not count more) and cells."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """`encoding` is utf-8, utf-8-sig, utf-16, cp932 or xlsx. All rows are as wide as `header`; blank rows are left out.

    `broken` counts characters that could not be decoded: each stands as U+FFFD in its cell.
    """

    encoding: str
    broken: int
    header: list[str]
    header_line: int
    rows: list[Line]


def read_table(data: bytes, *, headings: Collection[str] = ()) -> Table:
    """The table in a file, by its content whatever its name says.

    The header is the line among the first 20 with the most of `headings` (compared by `heading_key`), else the first
    line that is not blank. Dates and numbers of a sheet come as text: 2024-04-01, 2024-04-01 09:05:00, 12.
    Raises TableError: empty; too_big (over 10 MB, or unpacks to too much); unreadable; no_rows (nothing below the
    header); too_many_rows (20,000); too_many_columns (200); cell_too_long (10,000 characters).
    """
    if not data.strip(b"\x00\r\n\t "):
        raise TableError("empty")
    if len(data) > MAX_BYTES:
        raise TableError("too_big")
    if data.startswith(b"PK\x03\x04"):
        encoding, broken, lines = "xlsx", 0, _sheet(data)
    else:
        text, encoding, broken = _decode(data)
        lines = _csv_lines(text)
    return _table(encoding, broken, _bounded(lines), headings)


def heading_key(text: str) -> str:
    """A heading for comparison: width, case, blanks, and remarks like （必須） or * do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"[(\[【〔][^)\]】〕]*[)\]】〕]", "", folded)
    return re.sub(r"[\s　:：*※★●○・、。.?？!！\"'「」_-]|必須|任意", "", folded)


def _table(encoding: str, broken: int, lines: list[Line], headings: Collection[str]) -> Table:
    if not lines:
        raise TableError("empty")
    known = {heading_key(heading) for heading in headings}
    scores = [sum(heading_key(cell) in known for cell in line.cells) for line in lines[:HEADER_WITHIN]]
    at = scores.index(max(scores))
    header, rows = lines[at], lines[at + 1 :]
    if not rows:
        raise TableError("no_rows")
    if len(rows) > MAX_ROWS:
        raise TableError("too_many_rows")
    width = max(len(line.cells) for line in (header, *rows))
    if width * len(rows) > MAX_CELLS * 2:
        raise TableError("too_many_rows")
    return Table(
        encoding,
        broken,
        header.cells + [""] * (width - len(header.cells)),
        header.number,
        [Line(row.number, row.cells + [""] * (width - len(row.cells))) for row in rows],
    )


def _bounded(lines: Iterator[list[str]]) -> list[Line]:
    """The lines that hold anything, tidied, without empty cells at their end."""
    kept: list[Line] = []
    cells_seen = 0
    for number, raw in enumerate(islice(lines, MAX_LINES), 1):
        if len(raw) > MAX_WIDTH:
            raise TableError("too_many_columns")
        cells = [_tidy(cell) if cell else "" for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise TableError("too_many_columns")
        if max(map(len, cells)) > MAX_CELL:
            raise TableError("cell_too_long")
        cells_seen += len(cells)
        if len(kept) > MAX_ROWS + HEADER_WITHIN or cells_seen > MAX_CELLS:
            raise TableError("too_many_rows")
        kept.append(Line(number, cells))
    if next(lines, None) is not None:
        raise TableError("too_many_rows")
    return kept


def _tidy(cell: str) -> str:
    text = _CONTROLS.sub("", cell.replace("\r\n", "\n").replace("\r", "\n")).strip()
    as_text = _AS_TEXT.fullmatch(text)
    return as_text.group(1).strip() if as_text else text


# CSV


def _decode(data: bytes) -> tuple[str, str, int]:
    """Text, encoding and how many characters are broken: strictly first, else as what breaks least."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _forgiving(data, encoding)
    for encoding in ("utf-8", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text == text.translate(_NOTHING):
            return _must_be_text(text), encoding, 0
    best = min(("utf-8", "cp932"), key=lambda encoding: data.decode(encoding, "replace").count(BROKEN))
    return _forgiving(data, best)


def _forgiving(data: bytes, encoding: str) -> tuple[str, str, int]:
    text = data.decode(encoding, "replace").lstrip("\ufeff").translate(_NOTHING)
    broken = text.count(BROKEN)
    # A file of another kind, not a list with a few damaged names.
    if broken * 10 > len(text):
        raise TableError("unreadable")
    return _must_be_text(text), encoding, broken


def _must_be_text(text: str) -> str:
    controls = len(_CONTROLS.findall(text[:100_000]))
    if controls * 20 > min(len(text), 100_000) or text.lstrip()[:1] == "<" or text.startswith("%PDF-"):
        raise TableError("unreadable")
    return text


def _csv_lines(text: str) -> Iterator[list[str]]:
    text = text.replace("\x00", "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    while True:
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader's own bound on one field; an open quote swallows the rest of a file.
            raise TableError("cell_too_long" if "limit" in str(error) else "unreadable") from None
        yield line


def _delimiter(text: str) -> str:
    """Comma, semicolon or tab: whichever gives the most columns in the first lines."""

    def columns(delimiter: str) -> int:
        try:
            lines = list(islice(csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter), 10))
        except csv.Error:
            return 0
        return max((len(line) for line in lines), default=0)

    return max(_DELIMITERS, key=columns)


# XLSX


def _sheet(data: bytes) -> Iterator[list[str]]:
    """The first sheet that holds anything, looked over before a spreadsheet library opens the file."""
    try:
        _look_over(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            lines = _sheet_lines(sheet)
            if lines:
                return iter(lines)
    except TableError:
        raise
    except Exception:
        # The library raises anything at all on a damaged or hostile file.
        raise TableError("unreadable") from None
    return iter(())


def _sheet_lines(sheet: Any) -> list[list[str]]:
    """The lines down to the last one that holds anything, blank ones between, so that numbers stay the sheet's."""
    # What a sheet says of its own size may be wrong.
    sheet.reset_dimensions()
    lines: list[list[str]] = []
    blank, gap = 0, None
    for row in sheet.iter_rows(max_col=MAX_COLUMNS + 50, max_row=SHEET_END, values_only=True):
        # A far cell makes a million blank rows before it, all of them one object.
        if row is gap or not any(value is not None and value != "" for value in row):
            gap = row
            blank += 1
            continue
        if len(lines) + blank >= MAX_LINES:
            raise TableError("too_many_rows")
        lines += [[] for _ in range(blank)]
        lines.append([_words(value) for value in row])
        blank = 0
    return lines


def _look_over(data: bytes) -> None:
    """Refuse bombs, and documents that declare entities. Raises TableError, or whatever zipfile raises."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise TableError("too_big")
        for part in parts:
            if part.file_size > 1_000_000 and part.file_size > MAX_RATIO * max(part.compress_size, 1):
                raise TableError("too_big")
            # A spreadsheet declares no document type; where entities would be, there is one.
            if part.filename.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                raise TableError("unreadable")


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
