"""From a file to events and to remarks on its cells. Nothing is looked up and nothing written."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.events_in import cells
from sonjuku.flows.intake.reading import refused_table
from sonjuku.protocols.opendata import Layout, headings, layout
from sonjuku.rooms.calls.models import Call
from sonjuku.toolbox import jdates
from sonjuku.toolbox.dates import at_tokyo, end_of_day
from sonjuku.toolbox.refusals import Refused
from sonjuku.toolbox.tables import Line, Table, TableError, read_table

MOST_ROWS = 1000
LONGEST_SUMMARY = 5000
_KEY_LENGTH = 80
_LIMITS = {
    "title": 140,
    "title_en": 180,
    "venue": 140,
    "contact_office": 120,
    "contact_phone": 30,
}
# What a call has no column for is kept as lines of its text: nothing of the file is lost unseen.
_LINES: dict[str, str] = {
    "audience": "対象：",
    "host": "主催：",
    "co_hosts": "共催：",
    "how_to_apply": "申込方法：",
    "meeting_point": "集合場所：",
    "how_to_reach": "アクセス：",
    "parking": "駐車場：",
    "status": "状態：",
    "note": "備考：",
    "url": "くわしい案内：",
}
_ONLINE, _HYBRID = (
    ("オンライン", "WEB", "Zoom", "ZOOM"),
    ("ハイブリッド", "オンライン併用", "会場とオンライン"),
)


class Remark(NamedTuple):
    """On one cell, in words. A wrong one keeps the whole file out; the others say what was made of a cell."""

    line: int
    column: str
    words: Any
    is_wrong: bool


@dataclass(slots=True)
class Incoming:
    """One row as a call: `fields` of Call; `meeting`, if the row says both times; `capacity`, if it says a number."""

    line: int
    key: str
    fields: dict[str, Any]
    meeting: tuple[datetime, datetime] | None = None
    capacity: int | None = None

    @property
    def title(self) -> str:
        return str(self.fields["title"])


@dataclass(slots=True)
class Sheet:
    """`unknown`: headings that were not used. `events` holds the rows that are right."""

    encoding: str
    is_fifty: bool
    unknown: tuple[str, ...]
    rows: int
    events: list[Incoming] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def wrong(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.is_wrong]


def read(data: bytes) -> Sheet:
    """Every row of a CSV or XLSX file, looked at to its end. Refused: unreadable, no_header, too_many_rows."""
    known = [heading for group in headings.HEADINGS.values() for heading in group]
    try:
        table = read_table(data, headings=known)
    except TableError as error:
        raise _unreadable(error) from None
    found = layout(table.header)
    if found is None:
        raise Refused(
            "no_header",
            _("見出しの行が見つかりません。"),
            _("「イベント名」（または「名称」）と「開始日」の列がある一覧を選んでください。"),
        )
    if len(table.rows) > MOST_ROWS:
        raise _too_many()
    sheet = Sheet(table.encoding, found.is_fifty, found.unknown, len(table.rows))
    for line in table.rows:
        _Row(sheet, table, found, line).read()
    _each_once(sheet, found, table)
    return sheet


def _unreadable(error: TableError) -> Refused:
    if error.code == "no_rows":
        return Refused(
            "table_no_rows", _("見出しの下に行がありません。"), _("催しの行があるファイルを選んでください。")
        )
    return _too_many() if error.code == "too_many_rows" else refused_table(error)


def _too_many() -> Refused:
    return Refused(
        "too_many_rows",
        format_lazy(_("行が多すぎます（{most}行まで）。"), most=MOST_ROWS),
        _("ファイルを分けて、何回かに分けて取り込んでください。"),
    )


def _each_once(sheet: Sheet, found: Layout, table: Table) -> None:
    first: dict[str, int] = {}
    for event in sheet.events:
        if event.key in first:
            place = found.columns.get("number", found.columns["title"])
            words = format_lazy(
                _("{line}行目と同じ番号です。催しごとに違う番号を付けてください。"), line=first[event.key]
            )
            sheet.remarks.append(Remark(event.line, table.header[place], words, True))
        first.setdefault(event.key, event.line)
    sheet.remarks.sort(key=lambda remark: remark.line)


class _Row:
    """One row on its way to an event."""

    def __init__(self, sheet: Sheet, table: Table, found: Layout, line: Line) -> None:
        self.sheet, self.table, self.found, self.line = sheet, table, found, line
        self.is_wrong = False
        self.extra: list[str] = []

    def cell(self, name: str) -> str:
        place = self.found.columns.get(name)
        return self.line.cells[place].strip() if place is not None else ""

    def remark(self, name: str, words: Any, *, wrong: bool = False) -> None:
        place = self.found.columns.get(name, 0)
        heading = self.table.header[place][:60]
        self.sheet.remarks.append(Remark(self.line.number, heading, words, wrong))
        self.is_wrong = self.is_wrong or wrong

    def read(self) -> None:
        starts_on, ends_on = self.days()
        fields = {
            "kind": Call.Kind.EVENT,
            "title": self.title(),
            "title_en": self.short("title_en"),
            "starts_on": starts_on,
            "ends_on": ends_on,
            **self.place(),
            **self.money(),
            "contact_office": self.short("contact_office"),
            "contact_phone": self.phone(),
        }
        meeting, note = self.meeting(starts_on, ends_on)
        fields["period_note"] = note[:200]
        fields["closes_at"] = self.close()
        capacity = self.capacity()
        fields["summary"] = self.summary()
        if starts_on and not self.is_wrong:
            key = self.key(fields["venue_lg_code"], fields["title"], starts_on)
            self.sheet.events.append(Incoming(self.line.number, key, fields, meeting, capacity))

    def title(self) -> str:
        title = " ".join(filter(None, (self.cell("title"), self.cell("subtitle")))).replace("\n", " ")
        if not self.cell("title"):
            self.remark("title", _("名称がありません。名称を入力してください。"), wrong=True)
        elif len(title) > _LIMITS["title"]:
            self.too_long("title")
        return title

    def short(self, name: str) -> str:
        text = self.cell(name).replace("\n", " ")
        if len(text) > _LIMITS[name]:
            self.too_long(name)
        return text

    def too_long(self, name: str) -> None:
        words = format_lazy(_("長すぎます。{limit}字までにしてください。"), limit=_LIMITS[name])
        self.remark(name, words, wrong=True)

    def days(self) -> tuple[date | None, date | None]:
        starts_on = self.day("starts_on")
        if not self.cell("starts_on"):
            self.remark("starts_on", _("開始日がありません。日付を入力してください。"), wrong=True)
        ends_on = self.day("ends_on") or starts_on
        if starts_on and ends_on and ends_on < starts_on:
            self.remark("ends_on", _("終了日が開始日より前です。日付を確かめてください。"), wrong=True)
        return starts_on, ends_on

    def day(self, name: str) -> date | None:
        cell = self.cell(name)
        found = jdates.parse_date(cell)
        if cell and found is None:
            words = format_lazy(
                _("「{cell}」を日付として読めません。2026-11-02 や 令和8年11月2日 のように書いてください。"),
                cell=cell[:30],
            )
            self.remark(name, words, wrong=True)
        return found

    def meeting(self, starts_on: date | None, ends_on: date | None) -> tuple[Any, str]:
        """The occasion, if both times are known and it lies within a day; what is said of the times otherwise."""
        said, start, end = self.cell("time_note"), self.cell("starts_at"), self.cell("ends_at")
        found = cells.clocks(start, end)
        if starts_on and starts_on == ends_on and found.starts and found.ends:
            return self.span(starts_on, found.starts, found.ends), said
        if not start and not end:
            return None, said
        self.remark(
            "starts_at" if start else "ends_at",
            _("時刻は「実施期間の補足」に書き写します。日程は下書きの画面で入力してください。"),
        )
        return None, "　".join(filter(None, ("〜".join(filter(None, (start, end))), said)))

    def span(self, day: date, starts: time, ends: time) -> tuple[datetime, datetime] | None:
        if ends == starts or (ends < starts and starts < time(17)):
            self.remark("ends_at", _("終了の時刻が開始より前か同じです。"), wrong=True)
            return None
        # An evening that ends after midnight.
        last = day if ends > starts else day + timedelta(days=1)
        return at_tokyo(day, starts), at_tokyo(last, ends)

    def place(self) -> dict[str, Any]:
        parts = ("address_prefecture", "address_city", "address_town", "address_rest")
        address = self.cell("address") or "".join(map(self.cell, parts))
        address = " ".join(filter(None, (address, self.cell("address_building")))).replace("\n", " ")
        code = cells.municipality(self.cell("lg_code")) or ""
        if self.cell("lg_code") and not code:
            self.remark("lg_code", _("この団体コードはありません。使わずに取り込みます。"))
        venue = self.short("venue")
        return {
            "venue": venue,
            "venue_address": self.kept(address, 200, "address"),
            "venue_lg_code": code,
            "webinar_status": self.mode(venue),
        }

    def mode(self, venue: str) -> str:
        said = f"{venue} {self.cell('holding')}"
        if any(word in said for word in _HYBRID):
            return Call.Mode.HYBRID
        only = bool(venue or self.cell("holding")) and any(word in said for word in _ONLINE)
        return Call.Mode.ONLINE if only and not self.cell("address") else Call.Mode.ON_SITE

    def money(self) -> dict[str, Any]:
        basic, detail = self.cell("fee"), self.cell("fee_note")
        amount = cells.fee(basic)
        if amount is None and not basic:
            amount = cells.fee(detail)
        elif amount is None:
            self.remark("fee", _("金額を一つに決められません。文のまま「参加費の補足」に入れます。"))
            detail = " ".join(filter(None, (basic, detail)))
        if amount == 0 and cells.fee(detail) == 0:
            detail = ""
        return {"fee_jpy": amount, "fee_note": self.kept(detail.replace("\n", " "), 200, "fee_note")}

    def kept(self, text: str, limit: int, name: str) -> str:
        """The text, or nothing where it is too long for its column: then it goes on as a line of the summary."""
        if len(text) <= limit:
            return text
        self.remark(name, _("長いので、説明の文に入れます。"))
        self.extra.append(text)
        return ""

    def phone(self) -> str:
        phone, inner = self.cell("contact_phone"), self.cell("contact_extension")
        text = f"{phone}（内線{inner}）" if phone and inner else phone
        return self.kept(text.replace("\n", " "), _LIMITS["contact_phone"], "contact_phone")

    def close(self) -> datetime | None:
        cell = self.cell("closes_on")
        day = jdates.parse_date(cell)
        if day is None:
            if cell:
                self.remark("closes_on", _("日付ではないので、説明の文に入れます。"))
                self.extra.append(f"申込締切：{cell}")
            return None
        clock = jdates.parse_time(self.cell("closes_at"))
        return end_of_day(day) if clock in (None, time(23, 59)) else at_tokyo(day, clock)

    def capacity(self) -> int | None:
        cell = self.cell("capacity")
        found = cells.seats(cell)
        if cell and found is None:
            self.remark("capacity", _("人数を一つに決められません。文のまま説明に入れます。"))
            self.extra.append(f"定員：{cell}")
        return found

    def summary(self) -> str:
        texts = list(dict.fromkeys(filter(None, (self.cell("outline"), self.cell("summary")))))
        lines = [f"{label}{self.cell(name)}" for name, label in _LINES.items() if self.cell(name)]
        text = "\n\n".join([*texts, "\n".join(self.extra + lines)]).strip()
        if len(text) > LONGEST_SUMMARY:
            self.remark("summary", _("説明が長いため、5000字で切ります。"))
        return text[:LONGEST_SUMMARY]

    def key(self, code: str, title: str, day: date) -> str:
        """What the event is known by when its list comes again."""
        number = cells.plain(self.cell("number"))
        if not number:
            return "row:" + hashlib.sha256(f"{title}\n{day}".encode()).hexdigest()[:32]
        key = f"{code}:{number}"
        return key if len(key) <= _KEY_LENGTH - 11 else "no:" + hashlib.sha256(key.encode()).hexdigest()[:32]
