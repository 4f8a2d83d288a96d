"""The letters that went out about a call and its people: to whom, when, what became of them; never their text."""

import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.exporting.columns import ABOUT_PERSON, Column
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import queries as letters
from sonjuku.rooms.letters import rules
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation import queries as participation

ABOUT_LETTER = _("お知らせの記録")


class Letters:
    def __init__(self, by: Actor, call: Call) -> None:
        self.by, self.call = by, call
        self.codes: dict[Any, str] = {}

    def _visible(self) -> Any:
        applications = calls.applications_visible_to(self.by).filter(call=self.call).order_by().values("id")
        places = (
            participation.participations_visible_to(self.by).filter(call=self.call).order_by().values("id")
        )
        duties = participation.obligations_visible_to(self.by).filter(participation__call=self.call)
        parts = CallBody.objects.filter(call=self.call, role__in=CallBody.SEES_PEOPLE)
        parts = parts.filter(body_id=self.by.body_id) if self.by.body_id else parts.none()
        about = (
            Q(about_id__in=applications)
            | Q(about_id__in=places)
            | Q(about_id__in=duties.order_by().values("id"))
            | Q(about_id__in=parts.values("call_id"))
        )
        # What is about this call's people is what this body sees: `about_ids` are those rows.
        mine = Letter.objects.filter(council_id=self.call.council_id).filter(about)
        return letters.visible_to(self.by, about_ids=mine.order_by().values("about_id")).filter(about)

    def count(self) -> int:
        return int(self._visible().count())

    def person_id(self, row: Letter) -> uuid.UUID | None:
        return row.person_id

    def columns(self) -> list[Column]:
        found: list[tuple[str, Any, Any, Any, bool]] = [
            ("code", _("受付番号"), ABOUT_PERSON, lambda row: self.codes.get(row.about_id, ""), True),
            ("recipient", _("受け取る人"), ABOUT_PERSON, _recipient, True),
            ("to_address", _("宛先のアドレス"), ABOUT_PERSON, lambda row: row.to_address, False),
            ("kind", _("種類"), ABOUT_LETTER, _kind, True),
            ("subject", _("件名"), ABOUT_LETTER, lambda row: row.subject, True),
            ("language", _("言語"), ABOUT_LETTER, lambda row: row.language, False),
            ("state", _("状態"), ABOUT_LETTER, lambda row: str(row.get_state_display()), True),
            ("created_at", _("作った日時"), ABOUT_LETTER, lambda row: row.created_at, True),
            ("due_at", _("送る予定の日時"), ABOUT_LETTER, lambda row: row.due_at, False),
            ("sent_at", _("送った日時"), ABOUT_LETTER, lambda row: row.sent_at, True),
            ("bounced_at", _("戻ってきた日時"), ABOUT_LETTER, lambda row: row.bounced_at, False),
            ("problem", _("送れなかった理由"), ABOUT_LETTER, lambda row: row.problem, False),
        ]
        return [Column(key, label, group, read, usual) for key, label, group, read, usual in found]

    def rows(self, keys: Collection[str], limit: int | None = None) -> list[Letter]:
        # The text of a letter holds a person's data and is long: it is not even read.
        found = self._visible().select_related("person").defer("body").order_by("created_at", "id")
        rows = list(found[:limit] if limit else found)
        if "code" in keys:
            seen = calls.applications_visible_to(self.by).filter(call=self.call)
            self.codes = dict(seen.order_by().values_list("id", "code"))
        return rows


def _recipient(row: Letter) -> str:
    return row.person.full_name if row.person else ""


def _kind(row: Letter) -> str:
    return str(rules.KINDS[row.kind].label) if row.kind in rules.KINDS else row.kind
