"""Lists out as files: chosen columns, a purpose, one line in the register and one in the journal per person."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.flows.exporting.applicants import Applicants
from sonjuku.flows.exporting.columns import Column, Sheet, Value, is_english
from sonjuku.flows.exporting.letters import Letters
from sonjuku.flows.exporting.places import Places
from sonjuku.flows.exporting.scores import Scores
from sonjuku.rooms.calls.models import Call, Export
from sonjuku.rooms.journal.actions import record_for_persons, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.csvio import write_csv
from sonjuku.toolbox.dates import day_of, local
from sonjuku.toolbox.files import safe_name
from sonjuku.toolbox.refusals import Refused
from sonjuku.toolbox.xlsx import write_xlsx

__all__ = ["Column", "File", "export", "may_export", "preview", "sheet"]

SHEETS: dict[str, Any] = {
    Export.Sheet.APPLICANTS: Applicants,
    Export.Sheet.PLACES: Places,
    Export.Sheet.SCORES: Scores,
    Export.Sheet.LETTERS: Letters,
}
NEEDS = {
    Export.Sheet.APPLICANTS: "applications.read",
    Export.Sheet.PLACES: "applications.read",
    Export.Sheet.SCORES: "selection.run",
    Export.Sheet.LETTERS: "letters.read",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CSV_CP932 = "text/csv; charset=shift_jis"


@dataclass(frozen=True)
class File:
    name: str
    mime: str
    content: bytes


def may_export(by: Actor, kind: str) -> bool:
    return kind in NEEDS and may(by.role, NEEDS[Export.Sheet(kind)])


def sheet(*, by: Actor, call: Call, kind: str) -> Sheet:
    """The list of this kind (Export.Sheet) as this actor may see it. Refused: not_allowed."""
    if not may_export(by, kind):
        raise Refused(
            "not_allowed", _("この一覧を書き出す権限がありません。"), _("事務局におたずねください。")
        )
    found: Sheet = SHEETS[kind](by, call)
    return found


def preview(found: Sheet, columns: list[Column], limit: int = 3) -> list[list[Value]]:
    """The first rows as the file would hold them. Nothing leaves the desk, nothing is recorded."""
    return [[column.read(row) for column in columns] for row in found.rows([c.key for c in columns], limit)]


@writes
def export(
    *, by: Actor, call: Call, kind: str, columns: Collection[str], purpose: str, file_format: str
) -> File:
    """The file, registered with its purpose (利用目的) and journaled for every person in it, in one transaction.

    `columns` are keys of the sheet's columns; `file_format` an Export.Format. Refused: not_allowed (also for a column
    that this actor may not see), no_columns, no_purpose, nothing.
    """
    found = sheet(by=by, call=call, kind=kind)
    allowed = {column.key: column for column in found.columns()}
    if set(columns) - set(allowed):
        raise Refused(
            "not_allowed",
            _("選べない列が含まれています。"),
            _("ページを読み直して、列を選び直してください。"),
        )
    if not columns:
        raise Refused("no_columns", _("列が選ばれていません。"), _("書き出す列を一つ以上選んでください。"))
    if not purpose.strip():
        raise Refused("no_purpose", _("利用目的がありません。"), _("何に使うかを一行で書いてください。"))
    chosen = [column for key, column in allowed.items() if key in columns]
    keys = [column.key for column in chosen]
    rows = found.rows(keys)
    if not rows:
        raise Refused(
            "nothing", _("書き出すものがありません。"), _("募集に申込みや参加があるか確かめてください。")
        )
    content = _written(found, chosen, rows, Export.Format(file_format), str(Export.Sheet(kind).label))
    made = Export.objects.create(
        council_id=call.council_id, call=call, body_id=by.body_id, account_id=by.account_id, sheet=kind,
        file_format=file_format, columns=keys, rows=len(rows), purpose=purpose.strip(), made_at=by.at,
    )  # fmt: skip
    persons = (key for key in map(found.person_id, rows) if key is not None)
    record_for_persons(
        by=by, verb="applications.exported", subject=made, person_ids=persons, field_names=keys
    )
    return File(_name(by, call, made), MIMES[Export.Format(made.file_format)], content)


MIMES = {Export.Format.XLSX: XLSX, Export.Format.CSV: CSV, Export.Format.CSV_CP932: CSV_CP932}


def _written(
    found: Sheet, columns: list[Column], rows: list[Any], file_format: Export.Format, title: str
) -> bytes:
    header = [str(column.label) for column in columns]
    cells = ([column.read(row) for column in columns] for row in rows)
    if file_format == Export.Format.XLSX:
        return write_xlsx(cells, header, title)
    encoding: Any = "cp932" if file_format == Export.Format.CSV_CP932 else "utf-8-sig"
    return write_csv(_for_csv(cells), header, encoding)


def _for_csv(rows: Iterator[list[Value]]) -> Iterator[list[Any]]:
    """Instants as Tokyo's clock shows them: 2026-11-21 09:30."""
    for row in rows:
        yield [f"{local(v):%Y-%m-%d %H:%M}" if isinstance(v, datetime) else v for v in row]


def _name(by: Actor, call: Call, made: Export) -> str:
    """萩_ITパスポート講座_申込者_20261121.xlsx"""
    title = (is_english() and call.title_en) or call.title
    parts = [_area(call), title[:60], str(made.get_sheet_display()), f"{day_of(by.at):%Y%m%d}"]
    suffix = "xlsx" if made.file_format == Export.Format.XLSX else "csv"
    return safe_name("_".join(part.replace("/", "／") for part in parts) + f".{suffix}")


def _area(call: Call) -> str:
    """The area in one word: 萩 of 萩市, 北海道 as it is; the council's own name where the area is not known."""
    council = call.council
    place = vocabulary.municipality(council.lg_code)
    if place is None:
        return council.short_title or council.title
    name = (is_english() and place.name_en) or place.name
    return name[:-1] if len(name) > 1 and name[-1] in "市区町村県府" else name
