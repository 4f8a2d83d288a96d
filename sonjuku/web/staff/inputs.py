"""What all forms of the desk share: labels in plain words and errors that say what to do."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.toolbox.dates import at_tokyo, end_of_day, local
from sonjuku.toolbox.refusals import Refused

LAST_MINUTE = time(23, 59)
DASHES = BLANK_CHOICE_DASH[0][1]
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def date_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


def time_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label, required=required, help_text=help_text, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )


class DataSelect(forms.Select):
    """A select of rows that people named: options without English are marked as Japanese on an English page."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if (get_language() or "ja") == "en" and JAPANESE.search(str(option["label"])):
            option["attrs"]["lang"] = "ja"
        return option


def in_words(row: Any, field: str) -> str:
    """The row's title or name in the reader's language, Japanese where English is missing; a body with its branch."""
    english = getattr(row, f"{field}_en", "") if get_language() == "en" else ""
    return f"{english or getattr(row, field)} {getattr(row, 'branch', '')}".strip()


def rows_field(label: Any, field: str = "title", **options: Any) -> forms.ModelChoiceField:
    """A choice among rows; the form sets `queryset`. `field` is what names a row, with `_en` beside it."""
    return dress(forms.ModelChoiceField(label=label, queryset=None, **options), field)


def dress(choice: Any, field: str = "title", rows: Any = None) -> forms.ModelChoiceField:
    """Show the rows of a choice in the reader's language; `rows`: which ones."""
    choice.widget = DataSelect()
    if rows is not None:
        choice.queryset = rows
    choice.label_from_instance = partial(in_words, field=field)
    choice.widget.is_required = choice.required
    # A widget put in later knows no rows; setting them again tells it.
    choice.queryset = choice.queryset
    return choice


class DeskForm(forms.Form):
    """A form that names the field in its "required" message and takes a Refused as an error of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.explain()

    def explain(self) -> None:
        for field in self.fields.values():
            field.error_messages["required"] = format_lazy(_what_is_missing(field), label=field.label or "")
            _name_nothing(field)
        # What is typed twice, once per language, says which it is.
        for name in self.fields:
            if f"{name}_en" in self.fields:
                self.fields[name].widget.attrs["lang"] = "ja"
                self.fields[f"{name}_en"].widget.attrs["lang"] = "en"

    def refuse(self, error: Refused) -> None:
        """Show a rule's no above the form, with what was typed still in it."""
        self.add_error(
            None, format_lazy("{message} {next_step}", message=error.message, next_step=error.next_step)
        )


def _what_is_missing(field: forms.Field) -> Any:
    """One types words, chooses among what is offered, ticks a box."""
    if isinstance(field, forms.BooleanField):
        return _("「{label}」に印を付けてください。")
    if isinstance(field, forms.ChoiceField | forms.FileField):
        return _("「{label}」を選んでください。")
    return _("「{label}」を入力してください。")


def _name_nothing(field: forms.Field) -> None:
    """The empty choice says in words what it means, instead of Django's dashes."""
    nothing = _("選んでください") if field.required else _("選ばない")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = nothing
    elif isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        field.choices = [(value, nothing if label == DASHES else label) for value, label in offered]


class DeskFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of one kind; a row left empty is no row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("form_kwargs", {}).setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, error: Refused) -> None:
        self._non_form_errors.append(  # type: ignore[attr-defined]
            format_lazy("{message} {next_step}", message=error.message, next_step=error.next_step)
        )

    def rows(self) -> list[dict[str, Any]]:
        """The cleaned rows that hold anything and are not marked for removal."""
        found = []
        for form in self.forms:
            data = {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            is_filled = any(value not in (None, "", []) for value in data.values())
            if is_filled and (form.has_changed() or form.initial) and not form.cleaned_data.get("DELETE"):
                found.append(data)
        return found


def opening_of(day: date | None, clock: time | None) -> datetime | None:
    """The instant at which something opens: 0:00 in Tokyo when no time is given."""
    return at_tokyo(day, clock or time(0)) if day else None


def close_of(day: date | None, clock: time | None) -> datetime | None:
    """An exclusive close: without a time, or at 23:59, the day counts to its very end."""
    if day is None:
        return None
    return end_of_day(day) if clock in (None, LAST_MINUTE) else at_tokyo(day, clock)


def split_close(at: datetime | None) -> tuple[date | None, time | None]:
    """A close as people type it: the end of a day is the day without a time."""
    if at is None:
        return None, None
    there = local(at)
    if there.time() == time(0):
        return there.date() - timedelta(days=1), None
    return there.date(), there.time()


def split_opening(at: datetime | None) -> tuple[date | None, time | None]:
    if at is None:
        return None, None
    there = local(at)
    return there.date(), there.time()


def lines_of(text: str) -> list[str]:
    """One entry per line, empty lines dropped."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def pick(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}
