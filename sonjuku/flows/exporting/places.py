"""The list of places taken: who takes part, what they still owe, when they came."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.exporting.columns import ABOUT_PERSON, Column, Value, in_words, is_english, person_columns
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.participation.models import CheckIn, Obligation, ObligationRule, Occasion, Participation
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import day_of, format_date

USUAL = {"family_name", "given_name", "family_name_kana", "given_name_kana"}
ABOUT_PLACE = _("参加")
DUTIES = _("参加者がすること")
ARRIVALS = _("当日の受付")


def _persons(row: Participation) -> Value:
    """Who comes along counts too."""
    return row.application.persons if row.application else 1


class Places:
    def __init__(self, by: Actor, call: Call) -> None:
        self.by, self.call = by, call
        self.places: dict[str, str] = {}
        self.met: dict[tuple[uuid.UUID, uuid.UUID], datetime | str] = {}
        self.arrived: dict[tuple[uuid.UUID, uuid.UUID], datetime] = {}
        self.rules: list[ObligationRule] = list(call.obligation_rules.all())
        self.occasions: list[Occasion] = list(call.occasions.all())

    def _visible(self) -> Any:
        return participation.participations_visible_to(self.by).filter(call=self.call)

    def count(self) -> int:
        return int(self._visible().count())

    def person_id(self, row: Participation) -> uuid.UUID:
        return row.person_id

    def columns(self) -> list[Column]:
        code = Column(
            "code",
            _("受付番号"),
            ABOUT_PERSON,
            lambda row: row.application.code if row.application else "",
            True,
        )
        found = [code, *person_columns(lambda row: row.person, USUAL, self.places), *_about_place()]
        if self.call.max_persons > 1:
            found.append(Column("persons", _("人数"), ABOUT_PLACE, _persons, is_usual=True))
        found += [self._duty(number, rule) for number, rule in enumerate(self.rules, 1)]
        found += [self._arrival(number, occasion) for number, occasion in enumerate(self.occasions, 1)]
        return found

    def _duty(self, number: int, rule: ObligationRule) -> Column:
        def read(row: Participation) -> Value:
            return self.met.get((row.id, rule.id), "")

        return Column(f"duty.{number}", in_words(rule, "title"), DUTIES, read, is_usual=True)

    def _arrival(self, number: int, occasion: Occasion) -> Column:
        def read(row: Participation) -> Value:
            return self.arrived.get((row.id, occasion.id))

        return Column(f"occasion.{number}", _named(occasion), ARRIVALS, read, is_usual=True)

    def rows(self, keys: Collection[str], limit: int | None = None) -> list[Participation]:
        found = (
            self._visible()
            .select_related("application", "person__school", "person__audience")
            .order_by("person__family_name_kana", "person__given_name_kana", "id")
        )
        rows = list(found[:limit] if limit else found)
        if "lg_code" in keys:
            codes = {row.person.lg_code for row in rows if row.person.lg_code}
            self.places.update(vocabulary.names_of(codes, "en" if is_english() else "ja"))
        if any(key.startswith("duty.") for key in keys):
            self._read_duties()
        if any(key.startswith("occasion.") for key in keys):
            came = CheckIn.objects.filter(participation__call=self.call)
            self.arrived = {
                (place, occasion): at
                for place, occasion, at in came.values_list("participation_id", "occasion_id", "at")
            }
        return rows

    def _read_duties(self) -> None:
        rows = Obligation.objects.filter(participation__call=self.call)
        for place, rule, done_at, waived_at in rows.values_list(
            "participation_id", "rule_id", "done_at", "waived_at"
        ):
            self.met[place, rule] = done_at or (now("免除") if waived_at else now("まだ"))


def _named(occasion: Occasion) -> str:
    day = format_date(day_of(occasion.starts_at), "en" if is_english() else "ja", year=True)
    return f"{in_words(occasion, 'title')} {day}".strip()


def _about_place() -> list[Column]:
    found: list[tuple[str, Any, Any, bool]] = [
        ("capacity", _("立場"), lambda row: str(row.get_capacity_display()), True),
        ("state", _("状態"), lambda row: str(row.get_state_display()), True),
        ("started_at", _("参加が決まった日時"), lambda row: row.started_at, False),
        ("completed_at", _("修了した日時"), lambda row: row.completed_at, True),
        ("ended_at", _("終わった日時"), lambda row: row.ended_at, False),
    ]
    return [Column(key, label, ABOUT_PLACE, read, usual) for key, label, read, usual in found]
