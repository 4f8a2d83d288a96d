"""Forms of the desk for keeping, disposing and giving."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.people.models import RetentionRule
from sonjuku.web.staff.inputs import DeskForm, date_field, rows_field


class RetentionForm(DeskForm):
    """How many fiscal years one kind is kept."""

    kind = forms.ChoiceField(label=_("種類"), choices=RetentionRule.Kind.choices)
    call = rows_field(
        _("募集"), required=False, empty_label=_("すべての募集"), help_text=_("一つの募集だけ変えるときに選びます。"),
    )  # fmt: skip
    years = forms.IntegerField(
        label=_("保存する年数"), required=False, min_value=0, max_value=100,
        help_text=_("その年度が終わった次の4月1日から数えます。空欄にすると、提案しません。"),
    )  # fmt: skip
    basis = forms.CharField(
        label=_("根拠"), required=False, max_length=140, help_text=_("例：文書取扱規程 第12条")
    )

    def __init__(self, data: Any = None, *, calls: QuerySet[Call]) -> None:
        super().__init__(data)
        self.fields["call"].queryset = calls  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        free = {RetentionRule.Kind.PERSON, RetentionRule.Kind.PROVISION}
        if self.cleaned_data.get("call") and self.cleaned_data.get("kind") in free:
            self.add_error(
                "call", _("この種類は、募集ごとには決められません。「すべての募集」を選んでください。")
            )
        return self.cleaned_data

    def rule(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        call = data.pop("call")
        return {**data, "call_id": call.pk if call else None}


class Approve(DeskForm):
    """廃棄決裁."""

    rows = forms.IntegerField(widget=forms.HiddenInput)
    approval_number = forms.CharField(label=_("決裁番号"), max_length=60)
    approved_on = date_field(_("決裁日"), required=True)
    sure = forms.BooleanField(label=_("元に戻せないことを確かめました"))


class KeepLonger(DeskForm):
    """保存を延長."""

    until = date_field(_("いつまで残すか"), required=True, help_text=_("この日に、もう一度提案します。"))
    note = forms.CharField(
        label=_("延長の理由"), max_length=200, help_text=_("例：監査のため。個人の名前は書かないでください。")
    )
