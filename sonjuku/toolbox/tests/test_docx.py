import datetime as dt
import io
import subprocess
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from sonjuku.toolbox import docx
from tests import printing

PAPER = docx.Paper(
    "見本の書類",
    [
        docx.Heading("見本の書類", 0),
        docx.Text("令和8年4月1日", align="right"),
        docx.Heading("1 趣旨"),
        docx.Text("一行目\n二行目"),
        docx.Table([["区分", "人数"], ["市内", "12人"], ["市外", "3人"]], header=True, shares=(2, 1)),
        docx.Items(["はさみ", "のり"]),
        docx.Items(["申し込む", "待つ"], numbered=True),
        docx.NewPage(),
        docx.Table([["氏名", ""], ["電話", ""]], heads=True, row_mm=12),
        docx.Text("以上", align="right"),
    ],
    author="見本協議会",
    at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
)  # fmt: skip


def opened(paper=PAPER):
    return Document(io.BytesIO(docx.write(paper)))


def test_the_page_is_a4_with_a_page_number():
    section = opened().sections[0]
    assert abs(section.page_width - Mm(210)) < 1000
    assert abs(section.page_height - Mm(297)) < 1000
    assert "PAGE" in section.footer._element.xml


def test_a_landscape_page_lies_down():
    section = opened(docx.Paper("横", [docx.Text("横")], landscape=True)).sections[0]
    assert section.page_width > section.page_height


def test_japanese_type_is_named_where_word_looks_for_it():
    styles = opened().styles
    fonts = {name: styles[name].element.rPr.rFonts for name in ("Normal", "Heading 1", "Title")}
    assert fonts["Normal"].get(qn("w:eastAsia")) == "MS Mincho"
    assert fonts["Heading 1"].get(qn("w:eastAsia")) == "MS Gothic"
    assert fonts["Title"].get(qn("w:eastAsiaTheme")) is None
    assert 'w:eastAsia="ja-JP"' in styles["Normal"].element.xml


def test_tables_keep_every_cell_and_repeat_their_header():
    first, second = opened().tables
    assert [[cell.text for cell in row.cells] for row in first.rows] == [
        ["区分", "人数"],
        ["市内", "12人"],
        ["市外", "3人"],
    ]
    assert "tblHeader" in first.rows[0]._tr.xml
    assert "tblHeader" not in first.rows[1]._tr.xml
    assert all("cantSplit" in row._tr.xml for row in first.rows)
    assert round(second.rows[0].height.mm) == 12


def test_properties_name_the_council_and_no_library():
    properties = opened().core_properties
    assert (properties.title, properties.author) == ("見本の書類", "見本協議会")
    assert properties.created.date() == dt.date(2026, 4, 1)
    assert "python" not in properties.comments


def test_characters_that_xml_cannot_carry_are_dropped():
    document = opened(docx.Paper("制\x00御", [docx.Text("あ\x0bい\x00う\ud800え\r\nお")]))
    assert document.paragraphs[0].text == "あいうえ\nお"
    assert document.core_properties.title == "制御"


def test_a_short_row_and_an_empty_table_do_no_harm():
    document = opened(docx.Paper("表", [docx.Table([]), docx.Table([["a", "b"], ["c"]])]))
    assert [cell.text for cell in document.tables[0].rows[1].cells] == ["c", ""]


@pytest.mark.skipif(not printing.has_office(), reason="LibreOffice is not installed here")
def test_an_office_program_reads_all_of_it(tmp_path: Path):
    file = tmp_path / "paper.docx"
    file.write_bytes(docx.write(PAPER))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "txt:Text (encoded):UTF8", "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    read = (tmp_path / "paper.txt").read_text(encoding="utf-8-sig")
    for text in docx.texts(PAPER):
        for line in text.split("\n"):
            assert line in read
