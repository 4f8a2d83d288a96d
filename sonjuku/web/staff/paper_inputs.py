"""What staff type about papers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Application, PaperTerms
from sonjuku.web.staff.inputs import DeskForm

SHORTEST, LONGEST = 20, 2000


class TermsForm(DeskForm):
    """書類に書くこと; all of it optional. `cleaned_data` is for calls.actions.set_paper_terms."""

    document_number = forms.CharField(
        label=_("文書番号"),
        max_length=60,
        required=False,
        help_text=_("例：萩協第{n}号。{n} のところに、修了証の通し番号が入ります。"),
    )
    signatory_title = forms.CharField(label=_("職名"), max_length=80, required=False, help_text=_("例：会長"))
    signatory_name = forms.CharField(label=_("職氏名の氏名"), max_length=80, required=False)
    seal_omitted = forms.BooleanField(label=_("（公印省略）と書く"), required=False)
    appeal_notice = forms.CharField(
        label=_("教示文"),
        required=False,
        help_text=_("不服の申立てなどの案内が要るときだけ書きます。"),
        widget=forms.Textarea({"rows": 4}),
    )
    fax_number = forms.CharField(
        label=_("FAXの番号"),
        max_length=30,
        required=False,
        help_text=_("FAX申込書の送信先に出ます。"),
        widget=forms.TextInput({"inputmode": "tel"}),
    )
    deadline_by = forms.ChoiceField(
        label=_("郵送の締切の数え方"), choices=Application.DeadlineBy.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, terms: PaperTerms) -> None:
        super().__init__(data, initial={name: getattr(terms, name) for name in self.base_fields})


class BulletinForm(DeskForm):
    length = forms.IntegerField(
        label=_("字数"),
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.NumberInput({"class": "short", "inputmode": "numeric"}),
    )
    text = forms.CharField(
        label=_("広報紙の文"),
        required=False,
        max_length=LONGEST * 4,
        strip=False,
        widget=forms.Textarea({"rows": 10, "lang": "ja", "data-wide": ""}),
    )

    def explain(self) -> None:
        super().explain()
        self.fields["text"].widget.attrs["data-maxchars"] = str(self["length"].value() or "")

    def clean_text(self) -> str:
        """Browsers send CRLF."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
