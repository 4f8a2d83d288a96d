"""What an uploaded file really is: known by its bytes, never by what the browser claims."""

import io
import re
import unicodedata
import zipfile
from typing import Literal, NamedTuple

Reason = Literal["empty", "not_allowed", "mismatch", "unreadable"]


class FileKind(NamedTuple):
    """`ext` is the canonical one, without dot; `mime` carries no charset."""

    mime: str
    ext: str


class FileError(ValueError):
    """An upload that is not taken, with its `reason`.

    `empty`; `not_allowed` (this extension is never taken); `mismatch` (the content is not what the
    extension says); `unreadable` (a damaged Office file, or one with macros).
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


ALLOWED = {
    kind.ext: kind
    for kind in (
        FileKind("application/pdf", "pdf"),
        FileKind("image/png", "png"),
        FileKind("image/jpeg", "jpg"),
        FileKind("image/heic", "heic"),
        FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        FileKind("text/plain", "txt"),
        FileKind("text/csv", "csv"),
    )
}
_ALIASES = {"jpeg": "jpg", "jpe": "jpg", "heif": "heic"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
_OFFICE_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def sniff(data: bytes, filename: str) -> FileKind:
    """The kind of a file whose content and extension agree and stand in `ALLOWED`. Raises FileError.

    Office files are opened as far as their list of parts, nothing is unpacked. Text must decode as UTF-8
    or CP932. Nothing here looks for viruses: serve what was uploaded as a download, with `nosniff`.
    """
    if not data:
        raise FileError("empty")
    claimed = filename.rpartition(".")[2].lower() if "." in filename else ""
    claimed = _ALIASES.get(claimed, claimed)
    if claimed not in ALLOWED:
        raise FileError("not_allowed")
    found = _binary_kind(data)
    if found is None and claimed in {"txt", "csv"} and _is_text(data):
        found = claimed
    if found != claimed:
        raise FileError("mismatch")
    return ALLOWED[claimed]


def safe_name(name: str) -> str:
    """The last part of a file name, fit for Content-Disposition and Windows: 1 to 100 characters.

    Path parts, control and direction characters and `<>:"|?*;` go; the extension stays. Quoting is left to
    the framework's header function.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    kept = re.sub(r'[<>:"|?*;\s]+', "_", kept).strip("._ ")
    stem, dot, ext = kept.rpartition(".")
    if not dot or len(ext) > 10:
        return kept[:100] or "file"
    return f"{stem[: 99 - len(ext)]}.{ext}"


def _binary_kind(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "heic"
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    return None


def _office_kind(data: bytes) -> str:
    """`docx`, `xlsx`, or `zip` for any other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise FileError("unreadable") from None
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise FileError("unreadable")
    kinds = {kind for part, kind in _OFFICE_PARTS.items() if part in parts}
    return kinds.pop() if len(kinds) == 1 and "[Content_Types].xml" in parts else "zip"


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A leading < is a page, a picture in SVG or XML under a text file's name.
        return not _CONTROLS.search(text) and not text.lstrip().startswith("<")
    return False
