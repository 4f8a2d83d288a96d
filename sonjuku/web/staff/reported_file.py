"""Reading a file of reported totals: every fault with its row, in plain words."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from sonjuku.rooms.talent.rules import quarter_of
from sonjuku.rooms.vocabulary.models import Municipality, Skill
from sonjuku.toolbox.dates import parse_date
from sonjuku.toolbox.tables import TableError, read_table

HEADINGS = ("全国地方公共団体コード", "スキルの番号", "四半期", "人数", "出所")
MOST_ROWS = 5_000
MOST_PEOPLE = 10_000_000
SOURCE_LENGTH = 140
MOST_PROBLEMS = 50


@dataclass
class Read:
    """`problems`: {line, text}; line None is the whole file. Rows are good only when there is no problem."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def add(self, line: int | None, text: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append({"line": line, "text": text})


def read_reported(data: bytes) -> Read:
    """The rows of a CSV or XLSX as `talent.actions.keep_reported` wants them."""
    found = Read()
    try:
        table = read_table(data, headings=HEADINGS)
    except TableError:
        found.add(None, _("ファイルを読み取れません。CSVかExcel（xlsx）で保存し直してください。"))
        return found
    columns = {name: table.header.index(name) for name in HEADINGS if name in table.header}
    missing = [name for name in HEADINGS if name not in columns]
    if missing:
        found.add(table.header_line, _("見出しが足りません：%(names)s") % {"names": "、".join(missing)})
        return found
    if len(table.rows) > MOST_ROWS:
        found.add(None, _("行が多すぎます。%(number)d行までに分けてください。") % {"number": MOST_ROWS})
        return found
    places = set(Municipality.objects.filter(is_prefecture=False).values_list("pk", flat=True))
    skills = dict(Skill.objects.values_list("code", "pk"))
    for line in table.rows:
        cells = {name: line.cells[at].strip() for name, at in columns.items()}
        row = _row(found, line.number, cells, places, skills)
        if row:
            found.rows.append(row)
    if not found.rows and not found.problems:
        found.add(None, _("報告値の行がありません。"))
    return found


def _row(
    found: Read, line: int, cells: dict[str, str], places: set[str], skills: dict[str, Any]
) -> dict[str, Any] | None:
    code, skill, day, number, source = (cells[name] for name in HEADINGS)
    before = len(found.problems)
    # Spreadsheets drop the leading zero.
    code = code.zfill(6) if code.isdecimal() else code
    if code not in places:
        found.add(line, _("全国地方公共団体コードが見つかりません。6桁で書いてください。"))
    if skill and skill not in skills:
        found.add(line, _("スキルの番号が見つかりません。全体の人数なら空欄にしてください。"))
    quarter_on = _quarter(day)
    if quarter_on is None:
        found.add(line, _("四半期は、その初日（1月・4月・7月・10月の1日）で書いてください。"))
    people = _number(number)
    if people is None:
        found.add(line, _("人数を0以上の整数で書いてください。"))
    if not source or len(source) > SOURCE_LENGTH:
        found.add(line, _("出所を140字までで書いてください。"))
    if len(found.problems) > before or len(found.problems) >= MOST_PROBLEMS:
        return None
    return {
        "lg_code": code,
        "skill_id": skills.get(skill),
        "quarter_on": quarter_on,
        "number": people,
        "source": source,
    }


def _quarter(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day == quarter_of(day) else None


def _number(text: str) -> int | None:
    digits = text.replace(",", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 8:
        return None
    return int(digits) if int(digits) <= MOST_PEOPLE else None
