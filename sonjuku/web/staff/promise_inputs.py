"""Forms of the desk for terms and the accessibility statement, and the sample texts that a secretariat adapts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people.models import AccessibilityStatement, TermsVersion
from sonjuku.web.staff.inputs import DeskForm, date_field

AREA = forms.Textarea({"rows": 14})
# A start to adapt, no legal advice; Japanese alone, because that is the text that counts.
SAMPLES: dict[str, str] = {
    TermsVersion.Kind.TERMS: """【見本です。協議会の実情に合わせて直し、必要なら弁護士に確かめてください】

第1条（目的）
この規約は、運営主体が行う募集・講座・催しの申込みと参加に使うこのサイトの利用について定めます。

第2条（申込み）
申込みには、事実を正しく入力してください。未成年の方は、保護者の同意が要ることがあります。

第3条（禁止すること）
ほかの人になりすますこと、ほかの人の権利を害すること、サイトの運営を妨げることをしてはいけません。

第4条（中止と変更）
災害などのやむを得ない事情で、募集や催しを中止・変更することがあります。そのときは、できるだけ早くお知らせします。

第5条（規約の変更）
規約を変えるときは、変更点と効き始める日を、前もってこのサイトでお知らせします。
""",
    TermsVersion.Kind.PRIVACY: """【見本です。協議会の実情に合わせて直し、必要なら弁護士に確かめてください】

1. 利用目的
いただいた個人情報は、募集ごとに示した目的のためだけに使います。

2. 第三者への提供
本人の同意があるとき、または法律で認められたときだけ、ほかの団体に提供します。提供したときは記録を残します。

3. 安全管理
見られる担当者を限り、だれがいつ見たかの記録を残します。保存期間が過ぎた情報は、決裁のうえ廃棄します。

4. 開示などの請求
本人は、自分の情報の開示・訂正・利用停止・消去を請求できます。マイページか、問合せ先にお申し出ください。
""",
}


class VersionForm(DeskForm):
    """One version of terms."""

    operator_name = forms.CharField(
        label=_("運営主体"), max_length=140, help_text=_("サイトに責任を持つ団体の正式な名前")
    )
    operator_address = forms.CharField(label=_("住所"), max_length=200, required=False)
    operator_representative = forms.CharField(label=_("代表者の職と氏名"), max_length=140, required=False)
    text = forms.CharField(label=_("本文"), max_length=50_000, widget=AREA)
    text_en = forms.CharField(label=_("本文（英語）"), max_length=50_000, required=False, widget=AREA)
    changes = forms.CharField(
        label=_("前の版からの変更点"), max_length=2_000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text=_("最初の版では空欄にします。"),
    )  # fmt: skip
    valid_from = date_field(
        _("効き始める日"), required=True, help_text=_("この日から書き換えられません。それまでは下書きです。")
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if "【見本です" in text:
            raise forms.ValidationError(
                _("「見本です」の行が残っています。内容を確かめて、この行を消してください。")
            )
        return text


class StatementForm(DeskForm):
    """The council's accessibility statement."""

    target = forms.CharField(label=_("規格と等級"), max_length=140)
    due_on = date_field(_("目標を達成する期限"))
    result = forms.ChoiceField(
        label=_("試験の結果"), choices=AccessibilityStatement.Result.choices, widget=forms.RadioSelect,
        help_text=_("「準拠」「一部準拠」は、試験した日があるときだけ選べます。"),
    )  # fmt: skip
    tested_on = date_field(_("試験した日"))
    tested_by = forms.CharField(label=_("試験した人"), max_length=140, required=False)
    tested_pages = forms.CharField(
        label=_("試験したページと方法"), max_length=4_000, required=False, widget=forms.Textarea({"rows": 4})
    )
    exceptions = forms.CharField(
        label=_("できていないことと、代わりの方法"), max_length=4_000, required=False, widget=forms.Textarea({"rows": 4})
    )  # fmt: skip
    exceptions_en = forms.CharField(
        label=_("できていないことと、代わりの方法（英語）"), max_length=4_000, required=False,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    other_ways = forms.CharField(
        label=_("電話・紙での手続き"), max_length=4_000, required=False, widget=forms.Textarea({"rows": 4})
    )
    other_ways_en = forms.CharField(
        label=_("電話・紙での手続き（英語）"), max_length=4_000, required=False, widget=forms.Textarea({"rows": 4})
    )  # fmt: skip

    def __init__(self, data: Any, row: AccessibilityStatement) -> None:
        super().__init__(data, initial={name: getattr(row, name) for name in self.base_fields})
