"""The editor's sections that choose among other things: the questions, the survey, the badge, the approvals."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import calls as actions
from sonjuku.rooms.calls.models import Approval, Call
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.credentials.models import Achievement
from sonjuku.rooms.forms import actions as form_actions
from sonjuku.rooms.forms import queries as form_queries
from sonjuku.rooms.journal.models import Actor
from sonjuku.web.staff.call_rows import version_label
from sonjuku.web.staff.inputs import DeskForm, date_field, pick, rows_field


class Section(DeskForm):
    lead: ClassVar[Any] = ""

    def __init__(self, data: Any = None, files: Any = None, *, call: Call, actor: Actor) -> None:
        self.call, self.actor = call, actor
        super().__init__(data, files, initial=self.initial_values())

    def initial_values(self) -> dict[str, Any]:
        return {}


class Questions(Section):
    lead = _("申込みのときに聞くことです。受付を始めると、文言が固定されます。")
    how = forms.ChoiceField(
        label=_("様式の決め方"),
        widget=forms.RadioSelect,
        choices=[
            ("keep", _("選んだ様式を使う（追加の質問がないときは空欄）")),
            ("copy", _("選んだ様式を写して、新しい様式をつくる")),
            ("new", _("新しい様式をつくる")),
        ],
    )
    form_version = rows_field(_("使う様式"), required=False, empty_label=_("質問なし"))

    def explain(self) -> None:
        field: Any = self.fields["form_version"]
        field.queryset = form_queries.versions_of(self.call.council_id)
        field.label_from_instance = version_label
        super().explain()

    def initial_values(self) -> dict[str, Any]:
        return {"how": "keep", "form_version": self.call.form_version_id}

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("how") == "copy" and not data.get("form_version"):
            self.add_error("form_version", _("写すもとになる様式を選んでください。"))
        return data

    def save(self, by: Actor) -> None:
        version = self.cleaned_data["form_version"]
        if self.cleaned_data["how"] == "new":
            form = form_actions.create_form(by=by, council=self.call.council, title=self.call.title)
            version = form_queries.latest(form)
        elif self.cleaned_data["how"] == "copy":
            version = form_queries.latest(form_actions.copy_form(by=by, form=version.form))
        actions.change_call(by=by, call=self.call, form_version=version)


class Badge(Section):
    lead = _("修了した人に渡すバッジです。だれかが受け取ったあとは変えられません。")
    title = forms.CharField(label=_("バッジの名前"), max_length=120)
    title_en = forms.CharField(label=_("バッジの名前（英語）"), max_length=160, required=False)
    type = forms.ChoiceField(label=_("バッジの種類"), choices=Achievement.Type.choices)
    description = forms.CharField(label=_("何ができる人か"), widget=forms.Textarea({"rows": 3}))
    description_en = forms.CharField(
        label=_("何ができる人か（英語）"), widget=forms.Textarea({"rows": 3}), required=False
    )
    criteria = forms.CharField(label=_("何をした人に渡すか"), widget=forms.Textarea({"rows": 3}))
    criteria_en = forms.CharField(
        label=_("何をした人に渡すか（英語）"), widget=forms.Textarea({"rows": 3}), required=False
    )

    NAMES = ("title", "title_en", "type", "description", "description_en", "criteria", "criteria_en")

    @property
    def standing(self) -> Achievement | None:
        return self.call.achievements.order_by("created_at").first()

    def initial_values(self) -> dict[str, Any]:
        achievement = self.standing
        return {name: getattr(achievement, name) for name in self.NAMES} if achievement else {}

    def save(self, by: Actor) -> None:
        values = pick(self.cleaned_data, *self.NAMES)
        achievement = self.standing
        if achievement is None:
            credentials.define_achievement(by=by, council=self.call.council, call=self.call, **values)
        else:
            credentials.change_achievement(by=by, achievement=achievement, **values)


class Approvals(Section):
    lead = _("決裁の番号と日付だけを残します。書類は預かりません。")

    def explain(self) -> None:
        for step in Approval.Step:
            self.fields[f"{step}_number"] = forms.CharField(
                label=_("%(step)sの決裁番号") % {"step": step.label}, max_length=60, required=False
            )
            self.fields[f"{step}_on"] = date_field(_("%(step)sの決裁日") % {"step": step.label})
        super().explain()

    def initial_values(self) -> dict[str, Any]:
        rows = self.call.approvals.all()
        return {f"{row.step}_number": row.number for row in rows} | {
            f"{row.step}_on": row.decided_on for row in rows
        }

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for step in Approval.Step:
            number, on = data.get(f"{step}_number"), data.get(f"{step}_on")
            if bool(number) != bool(on):
                missing = f"{step}_on" if number else f"{step}_number"
                self.add_error(missing, _("決裁番号と決裁日は、両方を入力してください。"))
        return data

    def save(self, by: Actor) -> None:
        for step in Approval.Step:
            number, on = self.cleaned_data[f"{step}_number"], self.cleaned_data[f"{step}_on"]
            if number:
                actions.record_approval(by=by, call=self.call, step=step, number=number, decided_on=on)
