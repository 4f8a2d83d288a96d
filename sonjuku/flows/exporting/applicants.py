"""The list of applicants: what they told of themselves, what became of them, and their answers."""

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.exporting.columns import (
    ABOUT_APPLICATION,
    ABOUT_PERSON,
    Column,
    Value,
    in_words,
    is_english,
    person_columns,
    yes_no,
)
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import MOST_WISHES
from sonjuku.rooms.calls.rules.columns import companion_columns
from sonjuku.rooms.forms import queries as forms
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.people.rules import may
from sonjuku.rooms.vocabulary import queries as vocabulary

USUAL = {
    *("family_name", "given_name", "family_name_kana", "given_name_kana", "email", "phone"),
    *("code", "state", "option", "seat", "received_at"),
}
SELECTING = _("選考（発表前は取扱注意）")
ANSWERS = _("質問への回答")
COMPANIONS = _("一緒に参加する人")
SENSITIVE = _("要配慮個人情報の回答")


class Applicants:
    def __init__(self, by: Actor, call: Call) -> None:
        self.by, self.call = by, call
        self.places: dict[str, str] = {}
        self.answers: Mapping[uuid.UUID, Mapping[str, Value]] = {}
        # Asked once: the page and the file need the same questions.
        self.questions = forms.readable_questions(by, self._visible().values("id"), call.form_version_id)

    def _visible(self) -> QuerySet[Application]:
        rows = calls.applications_visible_to(self.by).filter(call=self.call)
        return rows.exclude(state=Application.State.DRAFT)

    def count(self) -> int:
        return self._visible().count()

    def person_id(self, row: Application) -> uuid.UUID:
        return row.person_id

    def columns(self) -> list[Column]:
        code = Column("code", _("受付番号"), ABOUT_PERSON, lambda row: row.code, is_usual=True)
        found = [code, *person_columns(lambda row: row.person, USUAL, self.places)]
        found += [*_about_application(), *self.wish_columns, *_about_companions(self.call)]
        if may(self.by.role, "selection.run"):
            found += _about_selection()
        return found + self._about_answers()

    @cached_property
    def wish_columns(self) -> list[Column]:
        """In the words that a file to import has, so that the same file can be read again."""
        found = []
        is_ranked = self.call.selection == Call.Selection.RANKED
        options = {pool.option for pool in calls.pools(self.call)} if is_ranked else set()
        if len(options) > 1:
            for place in range(1, min(len(options), MOST_WISHES) + 1):
                label = format_lazy(_("第{place}希望"), place=place)
                found.append(Column(f"wish_{place}", label, ABOUT_APPLICATION, _wish(place), is_usual=True))
        if len(calls.drawn_together(self.call)) > 1:
            label = _("この募集の希望の順")
            found.append(
                Column("wish_rank", label, ABOUT_APPLICATION, lambda row: row.wish_rank, is_usual=True)
            )
        return found

    def _about_answers(self) -> list[Column]:
        found = []
        for key, question in self.questions.titled.items():
            found.append(
                Column(
                    f"q.{key}",
                    (is_english() and question.title_en) or question.title,
                    SENSITIVE if question.is_sensitive else ANSWERS,
                    self._answer_to(key),
                    is_usual=not question.is_sensitive,
                    is_sensitive=question.is_sensitive,
                )
            )
        return found

    def _answer_to(self, key: str) -> Callable[[Application], Value]:
        return lambda row: self.answers.get(row.id, {}).get(key, "")

    def _along(self, keys: Collection[str]) -> list[str]:
        asked = {column.key for column in _about_companions(self.call)} - {"persons"}
        return ["companions"] if asked & set(keys) else []

    def rows(self, keys: Collection[str], limit: int | None = None) -> list[Application]:
        consents = Consent.objects.filter(
            about_id=OuterRef("pk"), purpose=Consent.Purpose.GUARDIAN, withdrawn_at__isnull=True
        )
        found = (
            self._visible()
            .select_related("person__school", "person__audience", "seat_pool")
            .annotate(guardian_agreed=Exists(consents.filter(given_at__isnull=False)))
            .prefetch_related(*self._along(keys))
            .order_by("submitted_at", "code")
        )
        rows: list[Any] = list(found[:limit] if limit else found)
        if "lg_code" in keys:
            codes = {row.person.lg_code for row in rows if row.person.lg_code}
            self.places.update(vocabulary.names_of(codes, "en" if is_english() else "ja"))
        asked = {key.removeprefix("q.") for key in keys if key.startswith("q.")}
        about: Any = [row.id for row in rows] if limit else self._visible().values("id")
        self.answers = forms.answer_cells(self.questions, asked, about) if asked else {}
        return rows


def _about_application() -> list[Column]:
    found: list[tuple[str, Any, Any]] = [
        ("state", _("状態"), lambda row: str(row.get_state_display())),
        ("option", _("区分"), lambda row: row.option),
        ("seat", _("席の枠"), lambda row: in_words(row.seat_pool, "seat_type")),
        ("received_at", _("受付日時"), lambda row: row.received_at or row.submitted_at),
        ("channel", _("届いた方法"), lambda row: str(row.get_channel_display())),
        ("out_of_area", _("域内・域外"), _area),
        ("guardian", _("保護者の同意"), _guardian),
        ("confirm_by", _("参加の返事の期限"), lambda row: row.confirm_by),
        (
            "checked",
            _("紙との照合"),
            lambda row: yes_no(None if row.channel == "web" else bool(row.checked_at)),
        ),
        ("priority", _("優先の段階"), lambda row: row.priority or None),
        ("decision_note", _("選んだ理由"), lambda row: row.decision_note),
    ]
    return [Column(key, label, ABOUT_APPLICATION, read, key in USUAL) for key, label, read in found]


def _about_companions(call: Call) -> list[Column]:
    """How many take part with the applicant, and who; nothing where everybody comes alone. As an import reads them."""
    if call.max_persons == 1:
        return []
    found = [Column("persons", _("人数"), COMPANIONS, lambda row: row.persons, is_usual=True)]
    for number in range(1, call.max_persons):
        for part, title in companion_columns(number).items():
            found.append(
                Column(f"companion_{number}_{part}", title, COMPANIONS, _of_companion(number, part), True)
            )
    return found


def _of_companion(number: int, part: str) -> Callable[[Application], Value]:
    def read(row: Application) -> Value:
        along = list(row.companions.all())
        return getattr(along[number - 1], part) if number <= len(along) else ""

    return read


def _wish(place: int) -> Callable[[Application], Value]:
    return lambda row: row.wishes[place - 1] if len(row.wishes) >= place else ""


def _area(row: Application) -> str:
    return now("不明") if row.out_of_area is None else now("域外") if row.out_of_area else now("域内")


def _guardian(row: Any) -> str:
    if not row.needs_guardian:
        return now("不要")
    return now("同意済み") if row.guardian_agreed else now("まだ")


def _about_selection() -> list[Column]:
    found: list[tuple[str, Any, Any]] = [
        ("verdict", _("判定"), lambda row: str(row.get_verdict_display()) if row.verdict else ""),
        ("rank", _("順位"), lambda row: row.rank),
        ("score", _("総合点"), lambda row: row.score),
        ("announced_at", _("結果を発表した日時"), lambda row: row.announced_at),
    ]
    return [Column(key, label, SELECTING, read) for key, label, read in found]
