"""Papers that an office edits: a list of blocks, written as a DOCX on A4 with Japanese type.

The same blocks can be drawn as a page, so that what is printed and what is edited say the same.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

BODY_FONT, HEADING_FONT = "MS Mincho", "MS Gothic"
A4 = (Mm(210), Mm(297))
MARGIN_MM = 22
SIZE_PT = 10.5
HEADING_PT = {0: 16, 1: 13, 2: 11.5, 3: 10.5}
# What XML cannot carry; a line end and a tab may stay.
_UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 0 is the title of the paper, 1 to 3 are its parts."""

    text: str
    level: int = 1
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a line end in it stays one."""

    text: str
    align: Align = "left"
    bold: bool = False
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `numbered` counts 1, 2, 3."""

    items: Sequence[str]
    numbered: bool = False
    kind: str = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text. `header`: the first row names the columns; `heads`: the first column names the rows.

    `shares` are the columns' widths in relation to each other; `row_mm` makes rows at least that high, to write in.
    """

    rows: Sequence[Sequence[str]]
    header: bool = False
    heads: bool = False
    shares: Sequence[float] = ()
    row_mm: float = 0
    caption: str = ""
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class NewPage:
    kind: str = "new_page"


Block = Heading | Text | Items | Table | NewPage


@dataclass(frozen=True, slots=True)
class Paper:
    """`title` and `author` go into the file's properties; `at` is the instant that it bears."""

    title: str
    blocks: Sequence[Block]
    author: str = ""
    at: datetime | None = None
    landscape: bool = False


def write(paper: Paper) -> bytes:
    """The DOCX file: A4, page numbers in the foot, fonts that Japanese offices have. Control characters are dropped."""
    document: Any = docx.Document()
    _set_fonts(document)
    _set_page(document, landscape=paper.landscape)
    _set_properties(document, paper)
    for block in paper.blocks:
        _WRITERS[block.kind](document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def texts(paper: Paper) -> list[str]:
    """Every text that the paper says, cell by cell, in order."""
    found: list[str] = []
    for block in paper.blocks:
        if isinstance(block, Heading | Text):
            found.append(block.text)
        elif isinstance(block, Items):
            found += block.items
        elif isinstance(block, Table):
            found += [block.caption, *(cell for row in block.rows for cell in row)]
    return [text for text in found if text]


# The frame


def _fonts(style: Any, font: str) -> None:
    """A style's font for Latin and for Japanese: Word reads the second from another attribute."""
    style.font.name = font
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), font)
    # The template's headings name theme fonts, which win over names.
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)


def _set_fonts(document: Any) -> None:
    normal = document.styles["Normal"]
    _fonts(normal, BODY_FONT)
    normal.font.size = Pt(SIZE_PT)
    normal.paragraph_format.space_after = Pt(4)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "ja-JP")
    normal.element.get_or_add_rPr().append(language)
    for level, size in HEADING_PT.items():
        style = document.styles[f"Heading {level}" if level else "Title"]
        _fonts(style, HEADING_FONT)
        style.font.size = Pt(size)
        style.font.bold = True
        style.font.color.rgb = None
        style.font.italic = False
        style.paragraph_format.keep_with_next = True
        for border in style.element.iter(qn("w:pBdr")):
            border.getparent().remove(border)


def _set_page(document: Any, *, landscape: bool) -> None:
    section = document.sections[0]
    width, height = reversed(A4) if landscape else A4
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(MARGIN_MM))
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_number(foot.add_run())


def _page_number(run: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.set(qn("xml:space"), "preserve")
            part.text = text
        run._r.append(part)


def _set_properties(document: Any, paper: Paper) -> None:
    properties = document.core_properties
    properties.title, properties.author = _clean(paper.title)[:255], _clean(paper.author)[:255]
    properties.last_modified_by, properties.comments = properties.author, ""
    properties.language = "ja-JP"
    if paper.at is not None:
        properties.created = properties.modified = paper.at


def _clean(text: object) -> str:
    return _UNWRITABLE.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


# The blocks


def _heading(document: Any, block: Heading) -> None:
    paragraph = document.add_heading(_clean(block.text), level=block.level)
    if block.level == 0:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _text(document: Any, block: Text) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(_clean(block.text)).bold = block.bold
    paragraph.alignment = _ALIGN[block.align]


def _items(document: Any, block: Items) -> None:
    # Numbers are written out: a numbered style would count on from list to list.
    for number, item in enumerate(block.items, 1):
        paragraph = document.add_paragraph(
            f"{number}　{_clean(item)}" if block.numbered else f"・{_clean(item)}"
        )
        paragraph.paragraph_format.left_indent = Mm(6)
        paragraph.paragraph_format.first_line_indent = Mm(-4)


def _table(document: Any, block: Table) -> None:
    columns = max((len(row) for row in block.rows), default=0)
    if not columns:
        return
    if block.caption:
        document.add_paragraph().add_run(_clean(block.caption)).bold = True
    table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.autofit = False
    widths = _widths(document, block, columns)
    for place, cells in enumerate(block.rows):
        row = table.add_row()
        if block.row_mm and not (block.header and place == 0):
            row.height, row.height_rule = Mm(block.row_mm), WD_ROW_HEIGHT_RULE.AT_LEAST
        for column, cell in enumerate(row.cells):
            cell.width = widths[column]
            text = _clean(cells[column]) if column < len(cells) else ""
            is_head = (block.header and place == 0) or (block.heads and column == 0)
            cell.paragraphs[0].add_run(text).bold = is_head
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
        # A row stays on one page; the header stands again on each page that the table runs over.
        _mark(row, "w:cantSplit")
        if block.header and place == 0:
            _mark(row, "w:tblHeader")
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _widths(document: Any, block: Table, columns: int) -> list[int]:
    section = document.sections[0]
    whole = section.page_width - section.left_margin - section.right_margin
    shares = list(block.shares) or ([1.0, 3.0] if block.heads and columns == 2 else [1.0] * columns)
    return [int(whole * share / sum(shares)) for share in shares]


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _new_page(document: Any, _block: NewPage) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


_WRITERS: dict[str, Any] = {
    "heading": _heading,
    "text": _text,
    "items": _items,
    "table": _table,
    "new_page": _new_page,
}
