"""Which questions are asked, what counts as an answer, how it reads. No database, no clock."""

from sonjuku.rooms.forms.rules.branching import holds, operators_for, visible_questions
from sonjuku.rooms.forms.rules.building import options_text, parse_options, problems
from sonjuku.rooms.forms.rules.taking import (
    ADDRESS_PARTS,
    LONGEST,
    YES,
    Cleaned,
    IncomingFile,
    check_file,
    clean,
    input_name,
)
from sonjuku.rooms.forms.rules.wording import (
    CHOICE_KINDS,
    display,
    in_language,
    joined,
    scale_steps,
    sensitive_notice,
)

__all__ = [
    "ADDRESS_PARTS",
    "CHOICE_KINDS",
    "LONGEST",
    "YES",
    "Cleaned",
    "IncomingFile",
    "check_file",
    "clean",
    "display",
    "holds",
    "in_language",
    "input_name",
    "joined",
    "operators_for",
    "options_text",
    "parse_options",
    "problems",
    "scale_steps",
    "sensitive_notice",
    "visible_questions",
]
