"""Forms of the letters' pages: the outbox's filter, a message to a group, the council's own wording."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.letters import rules
from sonjuku.rooms.letters.models import Letter
from sonjuku.web.staff.inputs import DeskForm, rows_field

LANGUAGES = [("ja", "日本語"), ("en", "English")]
ANY = [("", _("すべて"))]


class LetterFilter(DeskForm):
    q = forms.CharField(label=_("宛先か件名"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[*ANY, *Letter.State.choices])
    kind = forms.ChoiceField(
        label=_("種類"),
        required=False,
        choices=[*ANY, *((key, kind.label) for key, kind in rules.KINDS.items())],
    )


class NewLetter(DeskForm):
    """Whom to, then what. Only calls whose people the actor sees are offered."""

    call = rows_field(pgettext_lazy("記録", "募集"))
    states = forms.MultipleChoiceField(
        label=_("だれに"), choices=Application.State.choices[1:], widget=forms.CheckboxSelectMultiple,
        initial=[Application.State.ACCEPTED],
    )  # fmt: skip
    subject = forms.CharField(label=_("件名"), max_length=120)
    body = forms.CharField(
        label=_("本文"), widget=forms.Textarea({"rows": 10}), max_length=4000,
        help_text=_("宛名・受付番号・問合せ先・短いアドレスは、自動で付きます。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, calls: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["call"].queryset = calls  # type: ignore[attr-defined]


class Wording(DeskForm):
    subject = forms.CharField(label=_("件名"), max_length=200)
    body = forms.CharField(label=_("本文"), widget=forms.Textarea({"rows": 14}), max_length=8000)
