"""What comes out of a printer or an office program, and what can be read in it again."""

import io
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Page

from tests import printing

OFFICE = shutil.which("soffice")
READS_PDF = shutil.which("pdftotext") and shutil.which("pdftoppm")
MUST = bool(os.environ.get("SONJUKU_REQUIRE_OFFICE"))
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PAGE_NUMBER = re.compile(r"\n\d+\s*\f")

# In CI neither may be missing: the story then fails where it calls the program.
needs_print = pytest.mark.skipif(
    not (READS_PDF or MUST), reason="poppler-utils is not installed (apt-get install poppler-utils)"
)
needs_office = pytest.mark.skipif(
    not ((OFFICE and READS_PDF) or MUST),
    reason="LibreOffice or poppler-utils is not installed (apt-get install libreoffice-writer-nogui poppler-utils)",
)


def print_to_pdf(page: Page, folder: Path) -> Path:
    """The page as it is shown, as Chromium's print dialog saves it."""
    path = folder / "print.pdf"
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    return path


def codes_by_page(pdf: Path) -> list[list[str]]:
    """What a camera reads in the QR codes of each sheet."""
    return [printing.codes_on(page) for page in printing.pages_of(pdf)]


def text_of_pdf(pdf: Path, *options: str) -> str:
    run = subprocess.run(
        ["pdftotext", *options, str(pdf), "-"], capture_output=True, check=True, timeout=60, text=True
    )
    return run.stdout


def open_in_office(files: list[Path], folder: Path) -> list[Path]:
    """LibreOffice opens each of these and saves it as PDF."""
    command = [
        "soffice",
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    command += ["--outdir", str(folder), *map(str, files)]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    return [folder / f"{file.stem}.pdf" for file in files]


def squeezed(text: str) -> str:
    """Without any space, and with letters in one form: fonts name some characters by their look-alikes."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def paragraphs(document: bytes) -> list[str]:
    """Each paragraph of a DOCX as it stands in the file: headings, text and table cells."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    found = ("".join(part.text or "" for part in p.iter(f"{WORDS}t")) for p in root.iter(f"{WORDS}p"))
    return [text for text in map(squeezed, found) if text]


def lost(document: bytes, pdf: Path) -> list[str]:
    """The paragraphs that the PDF does not say; each must stand there as often as in the document."""
    # In the order in which the office program drew, so that a cell's lines stay together.
    said = squeezed(PAGE_NUMBER.sub("\n\f", text_of_pdf(pdf, "-raw")))
    wanted = paragraphs(document)
    return [text for text in dict.fromkeys(wanted) if said.count(text) < wanted.count(text)]
