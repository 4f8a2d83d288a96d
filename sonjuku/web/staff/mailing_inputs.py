"""The form of a message to a segment: whom (each choice with its count), what, when, and as whom to look at it."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.flows.mailing import Group
from sonjuku.rooms.letters import merging
from sonjuku.toolbox.dates import at_tokyo
from sonjuku.toolbox.ids import normalise_code, uuid7
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.staff.inputs import DeskForm, date_field, rows_field, time_field

MOST_PREVIEWS = 3
MOST_AHEAD = timedelta(days=366)
DUTY = [
    ("1", _("申込みや参加に必要な連絡（全員に届きます）")),
    ("0", _("そのほかの案内（受け取る人が配信を止められます）")),
]
WHEN = [("now", _("すぐに送る")), ("later", _("日時を決めて送る"))]


class ChooseCall(DeskForm):
    call = rows_field(pgettext_lazy("記録", "募集"))

    def __init__(self, data: Any = None, *, calls: Any) -> None:
        super().__init__(data)
        self.fields["call"].queryset = calls  # type: ignore[attr-defined]


class MailingForm(DeskForm):
    """`groups` are those of the chosen call; `at` is the moment of the request."""

    subject = forms.CharField(label=_("件名"), max_length=120)
    body = forms.CharField(
        label=_("本文"), widget=forms.Textarea({"rows": 12}), max_length=4000,
        help_text=_("宛名・受付番号・問合せ先・短いアドレスは、自動で付きます。"),
    )  # fmt: skip
    is_duty = forms.ChoiceField(
        label=_("お知らせの種類"), choices=DUTY, initial="1", required=False, widget=forms.RadioSelect
    )
    when = forms.ChoiceField(
        label=_("いつ送りますか"), choices=WHEN, initial="now", required=False, widget=forms.RadioSelect
    )
    on = date_field(_("送る日"))
    clock = time_field(_("送る時刻"), help_text=_("書かないと、朝9時に送ります。"))
    samples = forms.CharField(
        label=_("文面を確かめる人の受付番号"), required=False, max_length=60,
        help_text=_("3人まで。書かないと、最初の人と、差し込みが空になる人の文面を出します。"),
    )  # fmt: skip

    def __init__(self, data: Any, *, groups: Sequence[Group], at: datetime, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.at, self.groups = at, groups
        for group in groups:
            self.fields[group.name] = forms.MultipleChoiceField(
                label=group.label, required=group.name == "states", widget=forms.CheckboxSelectMultiple,
                choices=[
                    (choice.value, format_lazy(_("{label}（{number}）"), label=choice.label, number=choice.number))
                    for choice in group.choices
                ],
                error_messages={
                    "invalid_choice": _("いまは当てはまる人のいないものがありました。選び直してください。")
                },
            )  # fmt: skip
        self.order_fields([group.name for group in groups])
        self.explain()

    @property
    def whom(self) -> list[Any]:
        return [self[group.name] for group in self.groups]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but states is chosen, so that the page must show it."""
        return any(self[group.name].value() for group in self.groups if group.name != "states")

    @property
    def what(self) -> list[Any]:
        return [self[name] for name in ("is_duty", "subject", "body")]

    @property
    def at_what_time(self) -> list[Any]:
        return [self[name] for name in ("when", "on", "clock")]

    def clean_is_duty(self) -> bool:
        return bool(self.cleaned_data["is_duty"] != "0")

    def clean_samples(self) -> list[str]:
        words = re.split(r"[\s,、，]+", self.cleaned_data["samples"].strip())
        codes = list(dict.fromkeys(normalise_code(word) for word in words if word))
        if len(codes) > MOST_PREVIEWS:
            raise forms.ValidationError(_("受付番号は3人分までです。"))
        return codes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("subject", "body"):
            try:
                merging.fields_in(data.get(name, ""))
            except Refused as error:
                self.add_error(
                    name,
                    format_lazy("{message} {next_step}", message=error.message, next_step=error.next_step),
                )
        data["due_at"] = self._due_at(data)
        return data

    def _due_at(self, data: dict[str, Any]) -> datetime:
        if data.get("when") != "later":
            return self.at
        if data.get("on") is None:
            if "on" not in self.errors:
                self.add_error("on", _("送る日を入力してください。"))
            return self.at
        due = at_tokyo(data["on"], data["clock"]) if data.get("clock") else at_tokyo(data["on"]) + NINE
        if due <= self.at:
            self.add_error("on", _("この日時は過ぎています。これからの日時を入力してください。"))
        elif due > self.at + MOST_AHEAD:
            self.add_error("on", _("1年より先には予約できません。"))
        return due

    @property
    def segment(self) -> dict[str, list[str]]:
        return {group.name: self.cleaned_data.get(group.name, []) for group in self.groups}


NINE = timedelta(hours=9)


def mailing_id(text: str) -> uuid.UUID:
    """The id that came with the page, so that a second click sends nothing more; a fresh one for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid7()
