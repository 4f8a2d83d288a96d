"""Forms of the desk for what was given to another body."""

import uuid
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people.models import Body, Council
from sonjuku.toolbox.dates import at_tokyo, day_of
from sonjuku.web.staff.inputs import DeskForm, date_field, lines_of, rows_field

NOON = time(12)


class ProvisionFilter(DeskForm):
    way = forms.ChoiceField(
        label=_("向き"), required=False,
        choices=[("", _("すべて")), ("given", _("渡したもの")), ("taken", _("受けたもの"))],
    )  # fmt: skip
    since = date_field(_("この日から"))
    until = date_field(_("この日まで"))


class ProvisionForm(DeskForm):
    """To whom, what, on which ground, whose."""

    to_body = rows_field(_("提供先の団体"), "name", required=False, empty_label=_("構成団体ではない"))
    to_name = forms.CharField(
        label=_("構成団体でない提供先の名前"), required=False, max_length=140,
        help_text=_("本人の同意に書いてある名前のとおりに入れます。"),
    )  # fmt: skip
    items = forms.CharField(
        label=_("提供した項目"), max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("一行に一つ。例：氏名、所属、参加した回"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("根拠"),
        required=False,
        max_length=140,
        help_text=_("空欄にすると、同意の種類と版が入ります。"),
    )
    given_on = date_field(_("提供した日"), required=True)
    applications = forms.MultipleChoiceField(
        label=_("だれの情報か"), widget=forms.CheckboxSelectMultiple,
        help_text=_("同意のない人は、次の画面で除かれます。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, council: Council, own: Any, rows: Any, day: date) -> None:
        found = list(rows)
        super().__init__(data, initial={"given_on": day, "applications": [str(row.pk) for row in found]})
        self.fields["to_body"].queryset = Body.objects.filter(council=council).exclude(pk=own)  # type: ignore[attr-defined]
        self.fields["applications"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), f"{row.code} {row.person.full_name}") for row in found
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("to_body")) == bool(data.get("to_name", "").strip()):
            self.add_error("to_body", _("提供先の団体を選ぶか、名前を書くか、どちらか一つにしてください。"))
        return data

    def provision(self, at: datetime) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        day, chosen = data.pop("given_on"), data.pop("applications")
        return {
            **data,
            "items": lines_of(data["items"]),
            "application_ids": [uuid.UUID(key) for key in chosen],
            "given_at": at if day == day_of(at) else at_tokyo(day, NOON),
        }
