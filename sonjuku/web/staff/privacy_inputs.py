"""Forms of the desk for requests about personal data."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people.models import DataRequest, Person
from sonjuku.toolbox.kana import is_katakana, to_katakana
from sonjuku.web.staff.inputs import DeskForm, date_field

CORRECTABLE = (
    "family_name", "given_name", "family_name_kana", "given_name_kana", "date_of_birth", "postal_code", "address",
    "employer", "email", "phone",
)  # fmt: skip


class RequestFilter(DeskForm):
    state = forms.ChoiceField(
        label=_("状態"), required=False, choices=[("", _("回答していないもの")), ("all", _("すべて"))]
    )
    kind = forms.ChoiceField(
        label=_("種類"), required=False, choices=[("", _("すべて")), *DataRequest.Kind.choices]
    )


class NewRequest(DeskForm):
    """What came in on paper or at the counter. Its person is found by the receipt code of one of their applications."""

    code = forms.CharField(
        label=_("受付番号"),
        max_length=20,
        help_text=_("本人の申込みのうち、どれか一つの受付番号を入れます。"),
    )
    kind = forms.ChoiceField(
        label=_("求めること"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect
    )
    received_on = date_field(_("届いた日"), required=True)
    text = forms.CharField(
        label=_("求めている内容"), required=False, max_length=2000, widget=forms.Textarea({"rows": 4})
    )


class Identity(DeskForm):
    how = forms.CharField(
        label=_("どうやって本人と確かめたか"), max_length=140,
        help_text=_("例：窓口で運転免許証を見た。本人のアカウントからの請求。書類の写しや番号は残しません。"),
    )  # fmt: skip


class Done(DeskForm):
    reason = forms.CharField(
        label=_("対応の内容"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("本人への回答に、このまま載ります。"),
    )  # fmt: skip
    approval_number = forms.CharField(label=_("決裁番号"), required=False, max_length=60)


class Refusal(DeskForm):
    reason = forms.CharField(
        label=_("応じない理由"), max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("本人への回答に、このまま載ります。"),
    )  # fmt: skip
    approval_number = forms.CharField(label=_("決裁番号"), required=False, max_length=60)


class Erasure(DeskForm):
    approval_number = forms.CharField(label=_("決裁番号"), required=False, max_length=60)
    sure = forms.BooleanField(label=_("消した情報は元に戻せないことを確かめました"))

    def __init__(self, data: Any = None, *, others: bool = False) -> None:
        self.others = others
        super().__init__(data)

    def explain(self) -> None:
        if self.others:
            self.fields["agreed"] = forms.BooleanField(
                label=_("上の団体に、その団体の募集の分も消すことを確かめました")
            )
        super().explain()


class Correction(DeskForm):
    """The record as it stands, to be put right as the request asks."""

    family_name = forms.CharField(label=_("姓"), max_length=60)
    given_name = forms.CharField(label=_("名"), max_length=60)
    family_name_kana = forms.CharField(label=_("セイ"), max_length=80)
    given_name_kana = forms.CharField(label=_("メイ"), max_length=80)
    date_of_birth = date_field(_("生年月日"))
    postal_code = forms.CharField(label=_("郵便番号"), max_length=8, required=False)
    address = forms.CharField(label=_("住所"), max_length=200, required=False)
    employer = forms.CharField(label=_("勤め先"), max_length=120, required=False)
    email = forms.EmailField(label=_("メールアドレス"), required=False)
    phone = forms.CharField(label=_("電話番号"), max_length=30, required=False)

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data, initial={name: getattr(person, name) for name in CORRECTABLE}, prefix="person")

    def clean(self) -> dict[str, Any]:
        for name in ("family_name_kana", "given_name_kana"):
            kana = to_katakana(self.cleaned_data.get(name, "").strip())
            if kana and not is_katakana(kana):
                self.add_error(
                    name, _("フリガナに使えない文字があります。ひらがなか片仮名で入力してください。")
                )
        return self.cleaned_data


class RuleForm(DeskForm):
    """How long one sort of body has to answer one kind of request, from a day on."""

    bodies = forms.ChoiceField(
        label=_("どの団体"), widget=forms.RadioSelect,
        choices=[("public", _("行政機関等（市町村・県・公立学校など）")), ("private", _("民間の団体（協議会・会議所・企業など）"))],
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("求めること"), choices=DataRequest.Kind.choices)
    days = forms.IntegerField(
        label=_("回答までの日数"), required=False, min_value=0, max_value=365,
        help_text=_("受け付けた翌日から数えます。空欄は、日数の定めなし。"),
    )  # fmt: skip
    fee_note = forms.CharField(
        label=_("手数料"), required=False, max_length=140, help_text=_("本人の画面に出ます。")
    )
    basis = forms.CharField(label=_("根拠"), required=False, max_length=140)
    valid_from = date_field(_("この日から"), required=True)

    def rule(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"for_public_bodies": data.pop("bodies") == "public", **data}


def today_first(day: date) -> dict[str, date]:
    return {"received_on": day, "valid_from": day}
