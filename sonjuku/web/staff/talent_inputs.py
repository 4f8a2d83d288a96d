"""Forms of areas and of files with reported totals."""

import re
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.people.models import AreaGroup, Council
from sonjuku.rooms.vocabulary.models import Municipality
from sonjuku.rooms.vocabulary.queries import short_names
from sonjuku.toolbox.lg_code import municipality_of, prefecture_of
from sonjuku.toolbox.tables import MAX_BYTES
from sonjuku.web.staff.inputs import DeskForm

BETWEEN = re.compile(r"[、,\s]+")
MOST_NAMES = 400


class AreaForm(DeskForm):
    title = forms.CharField(label=_("圏域の名称"), max_length=80)
    title_en = forms.CharField(label=_("名称（英語）"), max_length=120, required=False)
    slug = forms.SlugField(
        label=_("記号"), max_length=40, help_text=_("ページのアドレスに使います。半角の英数字。例：tokachi")
    )
    lg_codes = forms.CharField(
        label=_("市区町村"),
        widget=forms.Textarea({"rows": 6}),
        max_length=8000,
        help_text=format_lazy(
            _("名前を「、」か改行で区切って書きます。政令指定都市は市の名前で書きます。例：{example}"),
            example="帯広市、音更町",
        ),
    )
    ordinal = forms.IntegerField(
        label=_("並び順"), required=False, min_value=0, max_value=999, help_text=_("小さい順に並びます。")
    )

    def __init__(self, data: Any = None, *, council: Council, group: AreaGroup | None = None) -> None:
        self.council, self.group = council, group
        initial: dict[str, Any] = {}
        if group:
            names = short_names(group.lg_codes)
            initial = {name: getattr(group, name) for name in ("title", "title_en", "slug", "ordinal")}
            initial["lg_codes"] = "、".join(names[code] for code in group.lg_codes)
        super().__init__(data, initial=initial)
        if group:
            del self.fields["slug"]

    def clean_ordinal(self) -> int:
        return self.cleaned_data["ordinal"] or 0

    def clean_lg_codes(self) -> list[str]:
        """Names to codes, in the council's prefecture first; a code itself is taken too."""
        wanted = [name for name in BETWEEN.split(self.cleaned_data["lg_codes"]) if name][:MOST_NAMES]
        rows = Municipality.objects.filter(name__in=wanted, is_prefecture=False)
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row.name, []).append(row.lg_code)
        known = set(Municipality.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        codes, unknown = [], []
        for name in wanted:
            code = name if name in known else self._one(found.get(name, []))
            codes.append(municipality_of(code)) if code else unknown.append(name)
        if unknown:
            raise forms.ValidationError(
                _(
                    "見つからない市区町村があります：%(names)s。名前を確かめるか、6桁の全国地方公共団体コードで書いてください。"
                ),
                params={"names": "、".join(unknown[:10])},
            )
        return codes

    def _one(self, codes: list[str]) -> str:
        """Names are not unique in the country (府中市): the council's own prefecture, else the only one there is."""
        here = [code for code in codes if prefecture_of(code) == prefecture_of(self.council.lg_code)]
        return (here or codes)[0] if len(here or codes) == 1 else ""


class ReportedFile(DeskForm):
    file = forms.FileField(
        label=_("報告値のファイル（CSVまたはExcel）"),
        help_text=format_lazy(
            _(
                "見出しは{headings}。スキルの番号が空の行は、全体の人数です。四半期は、その初日を 2026-07-01 の形で書きます。"
            ),
            headings="「全国地方公共団体コード」「スキルの番号」「四半期」「人数」「出所」",
        ),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("ファイルが大きすぎます。10 MBまでに分けてください。"))
        return file.read()
