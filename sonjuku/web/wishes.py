"""第1希望…第n希望 on a form: one select per wish, best first."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.rules import MOST_WISHES


def wish_label(place: int) -> Any:
    return format_lazy(_("第{place}希望"), place=place)


def ask_wishes(
    form: Any, options: list[tuple[str, Any]], *, all_needed: bool = False, widget: Any = forms.Select
) -> None:
    """One select per wish, best first, behind the other fields; names them in `form.wish_names`."""
    most = len(options) if all_needed else min(len(options), MOST_WISHES)
    for place in range(1, most + 1):
        needed = all_needed or place == 1
        label = wish_label(place)
        form.wish_names.append(f"wish_{place}")
        form.fields[f"wish_{place}"] = forms.ChoiceField(
            label=label,
            choices=[("", _("選んでください") if needed else _("選ばない")), *options],
            required=needed,
            widget=widget,
            error_messages={"required": format_lazy(_("{label}を選んでください。"), label=label)},
        )


def refuse_twice(form: Any) -> None:
    """The same thing wished for twice is said beside the second one."""
    seen: dict[str, Any] = {}
    for name in form.wish_names:
        chosen = form.cleaned_data.get(name)
        if chosen and chosen in seen:
            text = format_lazy(_("{first}と同じです。ほかのものを選んでください。"), first=seen[chosen])
            form.add_error(name, text)
        elif chosen:
            seen[chosen] = form.fields[name].label


def chosen_wishes(form: Any) -> list[str]:
    """Best first; a place left empty is none."""
    return [form.cleaned_data[name] for name in form.wish_names if form.cleaned_data.get(name)]
