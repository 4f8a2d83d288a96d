"""Who comes along with an applicant, as the page for members, the desk's form for paper and machines ask it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import Fellow
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.dates import age_on
from sonjuku.toolbox.kana import is_katakana, to_katakana

OLDEST = 120
NAMES: dict[str, tuple[Any, int]] = {
    "family_name": (_("姓"), 60),
    "given_name": (_("名"), 60),
    "family_name_kana": (_("姓のフリガナ"), 80),
    "given_name_kana": (_("名のフリガナ"), 80),
}
PARTS = (*NAMES, "date_of_birth")


class CompanionsForm(forms.Form):
    """Nobody needs to be named; whoever is named is named fully, and agrees. `fellows` is what flows take.

    `most` persons may be in an application, its applicant among them.
    """

    companions_agreed = forms.BooleanField(
        label=_("一緒に参加する人の全員（未成年のときは保護者）から、個人情報を渡すことの同意を得ました"), required=False
    )  # fmt: skip

    def __init__(self, data: Any = None, *, most: int, today: date) -> None:
        super().__init__(data)
        self.today, self.most = today, most - 1
        tick = self.fields.pop("companions_agreed")
        for number in range(1, most):
            for part, (label, size) in NAMES.items():
                help_text = _("ひらがなでも入力できます") if part.endswith("_kana") else ""
                self.fields[field_name(number, part)] = forms.CharField(
                    label=label,
                    max_length=size,
                    required=False,
                    help_text=help_text,
                    widget=forms.TextInput({"autocomplete": "off"}),
                )
            self.fields[field_name(number, "date_of_birth")] = forms.DateField(
                label=_("生年月日"),
                required=False,
                widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
                error_messages={
                    "invalid": _("日付として読み取れません。2008-04-01 のように入力してください。")
                },
            )
        self.fields["companions_agreed"] = tick

    def clean(self) -> dict[str, Any]:
        named = [number for number in range(1, self.most + 1) if self._is_named(number)]
        for number in named:
            for part in NAMES:
                self._clean_name(number, part)
            self._clean_birth(number)
        if named and not self.cleaned_data.get("companions_agreed"):
            self.add_error("companions_agreed", _("全員に確かめてから、印を付けてください。"))
        return self.cleaned_data

    def _is_named(self, number: int) -> bool:
        return any(str(self.data.get(field_name(number, part)) or "").strip() for part in PARTS)

    def _clean_name(self, number: int, part: str) -> None:
        name, label = field_name(number, part), NAMES[part][0]
        if name in self.errors:
            return
        text = self.cleaned_data.get(name, "")
        if not text:
            problem = _("{number}人目の{what}が空です。入力するか、この人の欄をすべて空にしてください。")
            self.add_error(name, format_lazy(problem, number=number, what=label))
        elif part.endswith("_kana"):
            self.cleaned_data[name] = to_katakana(text)
            if not is_katakana(self.cleaned_data[name]):
                self.add_error(
                    name,
                    _("フリガナに使えない文字があります。ひらがなか片仮名で入力してください。"),
                )

    def _clean_birth(self, number: int) -> None:
        born = self.cleaned_data.get(field_name(number, "date_of_birth"))
        if born and not (born <= self.today and age_on(born, self.today) <= OLDEST):
            self.add_error(
                field_name(number, "date_of_birth"),
                _("生年月日が正しくないようです。西暦の年を確かめてください。"),
            )

    @property
    def groups(self) -> Iterator[dict[str, Any]]:
        """The fields of each companion: `names`, four of them, and `born`."""
        for number in range(1, self.most + 1):
            *names, born = (self[field_name(number, part)] for part in PARTS)
            yield {"names": names, "born": born}

    @property
    def is_open(self) -> bool:
        return self.is_bound and (
            bool(self.errors) or any(self._is_named(n) for n in range(1, self.most + 1))
        )

    @property
    def fellows(self) -> list[Fellow]:
        return [
            Fellow(**{part: self.cleaned_data[field_name(number, part)] for part in PARTS})
            for number in range(1, self.most + 1)
            if self._is_named(number)
        ]

    @property
    def consents(self) -> set[str]:
        return {Consent.Purpose.COMPANIONS} if self.cleaned_data.get("companions_agreed") else set()


def field_name(number: int, part: str) -> str:
    """The input for one companion, counted from 1; `part`: one of PARTS."""
    return f"companion_{number}_{part}"
