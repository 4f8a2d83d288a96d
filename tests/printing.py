"""A page on paper: what Chromium prints of it, and the QR codes that can be read back from the print."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import zxingcpp
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-pdf-header-footer")
SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')


def print_to_pdf(browser: Client, address: str, folder: Path) -> Path:
    """The page at `address` as this client sees it, printed to PDF with its own style sheets; nothing goes out."""
    html = browser.get(address).content.decode()
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_text(SHEET.sub(lambda found: _style(browser, found[1]), html), encoding="utf-8")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder}/browser", f"--print-to-pdf={pdf}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return pdf


def _style(browser: Client, href: str) -> str:
    path = href.partition("/static/")[2]
    found = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.css$)", "", path)) if path else None
    css = Path(found).read_text(encoding="utf-8") if found else browser.get(href).content.decode()
    return f"<style>{css}</style>"


def pages_of(pdf: Path) -> list[Any]:
    """The PDF's pages as pictures at 150 dpi, as a copier would see them."""
    stem = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "150", "-png", str(pdf), str(stem)], check=True, timeout=60)
    return [Image.open(path) for path in sorted(pdf.parent.glob(f"{stem.name}-*.png"))]


def codes_on(page: Any) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(page)]


def can_print() -> bool:
    """Whether a test that prints may run; in CI it must, and fails where a program is missing."""
    return bool(CHROMIUM and shutil.which("pdftoppm")) or has_to("OFFICE", "BROWSER")


def has_office() -> bool:
    """The same for LibreOffice."""
    return bool(shutil.which("soffice")) or has_to("OFFICE")


def has_to(*programs: str) -> bool:
    return all(os.environ.get(f"SONJUKU_REQUIRE_{name}") for name in programs)
