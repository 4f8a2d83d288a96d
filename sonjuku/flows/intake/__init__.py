"""Applications from a file: read, staged, checked in chunks, repaired, and taken all at once or not at all."""

from sonjuku.flows.intake.reading import (
    TABLE_WORDS,
    open_file,
    proposed,
    questions_of,
    read_upload,
    refused_code,
    sheet_of,
    useless_for,
)
from sonjuku.flows.intake.reporting import Line, lines_of, tally
from sonjuku.flows.intake.taking import promote, write_letters
from sonjuku.flows.intake.working import check, take

__all__ = [
    "TABLE_WORDS",
    "Line",
    "check",
    "lines_of",
    "open_file",
    "promote",
    "proposed",
    "questions_of",
    "read_upload",
    "refused_code",
    "sheet_of",
    "take",
    "tally",
    "useless_for",
    "write_letters",
]
