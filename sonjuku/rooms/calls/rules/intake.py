"""One row of a sheet under the rules of the call: what it says, and everything that keeps it from being taken."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sonjuku.rooms.calls.models import MOST_PERSONS, Call, EligibilityRule
from sonjuku.rooms.calls.rules import cells
from sonjuku.rooms.calls.rules.cells import FAULTS, LENGTHS, CellFault
from sonjuku.rooms.calls.rules.columns import QUESTION, WISHES
from sonjuku.rooms.calls.rules.eligibility import Facts, eligibility_problems
from sonjuku.rooms.calls.rules.opening import received_in_time
from sonjuku.rooms.forms import rules as forms
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.people.rules import needs_guardian, same_address
from sonjuku.toolbox.dates import age_on, day_of
from sonjuku.toolbox.text import search_text

OLDEST = 120
_NAMES = ("family_name", "given_name", "family_name_kana", "given_name_kana")
_GUARDIAN = {"guardian_name": "name", "guardian_relation": "relation", "guardian_email": "email", "guardian_phone": "phone"}  # fmt: skip
_YES = re.compile(r"^(はい|同意|承諾|了承|確認し|yes|true|1$|○|〇|◯|✓|☑|レ$|agree)", re.IGNORECASE)


class Fault(NamedTuple):
    """What is wrong in a row: column number (None: the row as a whole), a stable code, words for staff."""

    column: int | None
    code: str
    message: Any


@dataclass(frozen=True)
class Sheet:
    """Everything that reading a row needs to know. `mapping`: a target, or "", for each column.

    `default_option` is for rows that name none. `options`, `audiences` and `schools` are keyed by `search_text`; `above` names the audiences over each audience.
    `under` and `stages` are the guardian rule of the day. `together`: how many calls are drawn together, 0 for one alone.
    """

    call: Call
    at: datetime
    mapping: Sequence[str]
    questions: Sequence[Question] = ()
    rules: Sequence[EligibilityRule] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    audiences: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, frozenset[str]] = field(default_factory=dict)
    schools: Mapping[str, Any] = field(default_factory=dict)
    default_option: str = ""
    under: int = 18
    stages: Sequence[str] = ()
    together: int = 0


@dataclass
class Reading:
    """A row as read. `person` holds profile fields, `answers` JSON values by question key; `person_id` names who has
    applied to another call of the run already (`calls.actions.batches.rows_to_take`)."""

    person: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    guardian: dict[str, str] | None = None
    needs_guardian: bool = False
    option: str = ""
    companions: list[dict[str, Any]] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    wish_rank: int | None = None
    person_id: UUID | None = None
    received_at: datetime | None = None
    faults: list[Fault] = field(default_factory=list)


class _Row:
    """The cells of one row by target."""

    def __init__(self, sheet: Sheet, values: Sequence[str]) -> None:
        self.sheet = sheet
        self.reading = Reading()
        self.columns: dict[str, list[int]] = {}
        self.values = values
        for number, target in enumerate(sheet.mapping[: len(values)]):
            if target:
                self.columns.setdefault(target, []).append(number)
                if cells.is_broken(values[number]):
                    self.fault(target, "broken", number)

    def text(self, target: str, glue: str = "") -> str:
        numbers = self.columns.get(target, ())
        return glue.join(self.values[number] for number in numbers if self.values[number])

    def fault(self, target: str, code: str, number: int | None = None, message: Any = None) -> None:
        column = number if number is not None else next(iter(self.columns.get(target, ())), None)
        # A broken cell is told once, not once more for what its letters then do not say.
        if not any(fault.column == column and column is not None for fault in self.reading.faults):
            self.reading.faults.append(Fault(column, code, message or FAULTS[code]))

    def take(self, target: str, read: Callable[[str], Any]) -> Any:
        """The cell as a value; None when it is empty or wrong (then its fault is noted)."""
        text = self.text(target)
        if not text:
            return None
        try:
            value = read(text)
        except CellFault as fault:
            self.fault(target, fault.code)
            return None
        if isinstance(value, str) and len(value) > LENGTHS.get(target, len(value)):
            self.fault(target, "too_long")
            return None
        return value


def read_row(sheet: Sheet, values: Sequence[str]) -> Reading:
    """Read one row as a proxy entry would be read; `faults` is empty when it may be taken.

    Duplicates are not seen here: see `same_person`.
    """
    row = _Row(sheet, values)
    reading = row.reading
    _names(row)
    _person(row)
    reading.received_at = row.take("received_at", cells.instant) or sheet.at
    _time(row)
    _option(row)
    _companions(row)
    _wishes(row)
    _answers(row)
    _eligibility(row)
    _guardian(row)
    return reading


def read_rank(sheet: Sheet, values: Sequence[str]) -> int | None:
    """Only the place of this call among the person's wishes in the run; None where the row names none."""
    row = _Row(sheet, values)
    return row.take("wish_rank", cells.rank_up_to(sheet.together)) if sheet.together else None


def read_identity(sheet: Sheet, values: Sequence[str]) -> set[str]:
    """Only what tells whether two rows are one person: see `same_person`."""
    row = _Row(sheet, values)
    _names(row)
    person = row.reading.person
    return same_person(
        family_kana=person["family_name_kana"],
        given_kana=person["given_name_kana"],
        date_of_birth=row.take("date_of_birth", cells.birth),
        phone=row.take("phone", cells.phone) or "",
        email=row.take("email", cells.email) or "",
    )


def _names(row: _Row) -> None:
    person = row.reading.person
    for whole, ending, read in (("full_name", "", cells.plain), ("full_name_kana", "_kana", cells.kana)):
        family, given = f"family_name{ending}", f"given_name{ending}"
        if whole in row.columns:
            split = row.take(whole, partial(_split, read))
            person[family], person[given] = split or ("", "")
            if split is None:
                if not row.text(whole):
                    row.fault(whole, "missing")
            elif any(len(person[name]) > LENGTHS[name] for name in (family, given)):
                row.fault(whole, "too_long")
            continue
        for name in (family, given):
            person[name] = row.take(name, read) or ""
            if not person[name]:
                row.fault(name, "missing")


def _split(read: Callable[[str], str], text: str) -> tuple[str, str]:
    return cells.split_name(read(text))


def _person(row: _Row) -> None:
    sheet, person = row.sheet, row.reading.person
    readers: dict[str, Callable[[str], Any]] = {
        "postal_code": cells.postal_code,
        "address": cells.plain,
        "email": cells.email,
        "phone": cells.phone,
        "school_stage": cells.school_stage,
        "employer": cells.plain,
    }
    for target, read in readers.items():
        person[target] = row.take(target, read) or ""
    person["school_stage"] = person["school_stage"] or "none"
    person["date_of_birth"] = row.take("date_of_birth", cells.birth)
    person["audience_id"] = row.take("audience", cells.one_of(sheet.audiences, "audience"))
    person["school_id"] = row.take("school", cells.one_of(sheet.schools, "school"))
    person["lg_code"] = cells.area_of(person["postal_code"]) or cells.area_in(person["address"])


def _time(row: _Row) -> None:
    sheet, reading = row.sheet, row.reading
    received_at, born = reading.received_at, reading.person["date_of_birth"]
    assert received_at is not None
    if received_at > sheet.at:
        row.fault("received_at", "in_future")
    elif not received_in_time(sheet.call, received_at):
        row.fault("received_at", "not_in_time")
    if born is not None and not 0 <= age_on(born, day_of(received_at)) <= OLDEST:
        row.fault("date_of_birth", "birth")


def _wishes(row: _Row) -> None:
    """Best first; an empty place is none. The first stands for the option, whatever else the row says of it."""
    sheet, reading = row.sheet, row.reading
    if sheet.together:
        reading.wish_rank = row.take("wish_rank", cells.rank_up_to(sheet.together))
    if not _ranks(row):
        return
    for target in WISHES:
        wish = row.take(target, cells.one_of(sheet.options, "option"))
        if wish in reading.wishes:
            row.fault(target, "wish_twice")
        elif wish is not None:
            reading.wishes.append(wish)
    if not row.text("wish_1"):
        row.fault("wish_1", "missing")
    reading.option = reading.wishes[0] if reading.wishes else reading.option


def _ranks(row: _Row) -> bool:
    return row.sheet.call.selection == Call.Selection.RANKED and "wish_1" in row.columns


def _option(row: _Row) -> None:
    if _ranks(row):
        return
    options = row.sheet.options
    text = row.text("option")
    if text or set(options.values()) - {""}:
        found = row.take("option", cells.one_of(options, "option")) if text else None
        row.reading.option = found or ""
        if not text and row.sheet.default_option in set(options.values()):
            row.reading.option = row.sheet.default_option
        elif not text and "" not in options.values():
            row.fault("option", "missing" if "option" in row.columns else "option")


def _companions(row: _Row) -> None:
    """Who comes along: name and reading each, a birth date if it is told; in the order of their numbers."""
    for number in range(1, MOST_PERSONS):
        names, kana, born = (
            f"companion_{number}_{part}" for part in ("full_name", "full_name_kana", "date_of_birth")
        )
        if not any(row.text(target) for target in (names, kana, born)):
            continue
        found = [row.take(names, partial(_split, cells.plain)), row.take(kana, partial(_split, cells.kana))]
        for target in (names, kana):
            if not row.text(target):
                row.fault(target, "missing")
        if all(found):
            parts = [text for pair in found for text in pair]
            told = dict(zip(_NAMES, parts, strict=True))
            if any(len(text) > LENGTHS[name] for name, text in told.items()):
                row.fault(names, "too_long")
            row.reading.companions.append({**told, "date_of_birth": row.take(born, cells.birth)})
    if len(row.reading.companions) >= row.sheet.call.max_persons:
        row.fault(f"companion_{row.sheet.call.max_persons}_full_name", "too_many_persons")


def _answers(row: _Row) -> None:
    """The answers through the same door as the public form: hidden questions are dropped, wrong ones told."""
    questions = row.sheet.questions
    if not questions:
        return
    sent: dict[str, list[str]] = {}
    for question in questions:
        text = row.text(QUESTION + question.key, "\n" if question.kind == "multiple" else " ")
        if text:
            sent.update(_sent(question, text))
    kept = [question.key for question in questions if question.kind == "file"]
    cleaned = forms.clean(questions, sent, {}, max_bytes=0, kept=kept)
    row.reading.answers = cleaned.values
    titles = {question.key: question for question in questions}
    for key, messages in cleaned.errors.items():
        target = QUESTION + key
        known = target in row.columns
        words = (
            messages[0]
            if known
            else f"{forms.in_language(titles[key].title, titles[key].title_en)} — {messages[0]}"
        )
        row.fault(target, "answer", message=words)


def _sent(question: Question, text: str) -> dict[str, list[str]]:
    """A cell as the browser would have sent it."""
    name = forms.input_name(question.key)
    found: dict[str, list[str]] = {name: [text]}
    if question.is_sensitive:
        # The operator declares these consents for the whole file before it is taken.
        found[forms.input_name(question.key, "consent")] = [forms.YES]
    if question.kind in forms.CHOICE_KINDS:
        values = {
            search_text(words): option["value"]
            for option in question.options
            for words in (option["value"], option["title"], option.get("title_en", ""))
            if words
        }
        listed = cells.several(text, list(_option_words(question))) if question.kind == "multiple" else [text]
        found[name] = [values.get(search_text(each), each) for each in listed]
    elif question.kind == "consent":
        found[name] = [forms.YES] if _YES.match(cells.half(text)) else []
    elif question.kind == "scale":
        found[name] = [cells.half(text).split(".")[0]]
    elif question.kind == "address":
        return _address(question.key, text)
    return found


def _option_words(question: Question) -> list[str]:
    return [
        words
        for option in question.options
        for words in (option["value"], option["title"], option.get("title_en", ""))
        if words
    ]


def _address(key: str, text: str) -> dict[str, list[str]]:
    """`〒758-0041 萩市江向510` in its three parts; where the street begins is told by the first figure."""
    found = re.match(r"〒?\s*(\d{3}-?\d{4})?\s*(\D*)(.*)", cells.half(text), re.DOTALL)
    parts = found.groups() if found else ("", "", text)
    return {
        forms.input_name(key, part): [said or ""]
        for part, said in zip(("postal_code", "area", "street"), parts, strict=True)
    }


def _eligibility(row: _Row) -> None:
    sheet, person, reading = row.sheet, row.reading.person, row.reading
    if not sheet.rules or any(fault.code in {"date", "birth", "postal_code"} for fault in reading.faults):
        return
    audience = person["audience_id"] or ""
    facts = Facts(
        date_of_birth=person["date_of_birth"],
        lg_code=person["lg_code"],
        school_stage=person["school_stage"],
        audience=audience,
        audiences=sheet.above.get(audience, frozenset()),
    )
    assert reading.received_at is not None
    day = day_of(reading.received_at)
    shown = {"age": "date_of_birth", "school_stage": "school_stage", "audience": "audience"}
    for problem in eligibility_problems(sheet.rules, facts, day=day, names=sheet.names):
        target = shown.get(problem.kind, "address" if "address" in row.columns else "postal_code")
        row.fault(target, "ineligible", message=problem.message)


def _guardian(row: _Row) -> None:
    sheet, reading = row.sheet, row.reading
    person = reading.person
    assert reading.received_at is not None
    reading.needs_guardian = needs_guardian(
        date_of_birth=person["date_of_birth"],
        school_stage=person["school_stage"],
        day=day_of(sheet.at),
        required_under=sheet.under,
        required_stages=sheet.stages,
    )
    readers = {"guardian_email": cells.email, "guardian_phone": cells.phone}
    found = {
        name: row.take(target, readers.get(target, cells.plain)) or "" for target, name in _GUARDIAN.items()
    }
    if not reading.needs_guardian:
        return
    for target in ("guardian_name", "guardian_relation"):
        if not found[_GUARDIAN[target]]:
            row.fault(target, "guardian")
    if same_address(found["email"], person["email"]):
        row.fault("guardian_email", "same_address")
    reading.guardian = found


def same_person(
    *, family_kana: str, given_kana: str, date_of_birth: date | None, phone: str, email: str
) -> set[str]:
    """Keys by which two records are taken for one person: the reading with birth date, with telephone, with e-mail.

    Two records that share one key are the same person; the reading alone is not enough.
    """
    reading = search_text(family_kana, given_kana)
    digits = re.sub(r"\D", "", phone)
    known = [date_of_birth.isoformat() if date_of_birth else "", digits, email.casefold()]
    return {f"{reading}\t{each}" for each in known if reading and each}
