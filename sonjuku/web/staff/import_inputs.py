"""What staff type in on the way of a file: the file, what its columns are, a row that is repaired, the last questions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import ImportRow
from sonjuku.rooms.calls.rules.columns import QUESTION, TARGETS, WHOLE_FILE, companion_targets, targets
from sonjuku.rooms.calls.rules.intake import Fault
from sonjuku.rooms.forms.models import Question
from sonjuku.web.staff.inputs import DataSelect, DeskForm


class FileForm(DeskForm):
    file = forms.FileField(
        label=_("ファイル"),
        help_text=_("CSVかExcelのブック（.xlsx）。10 MB、20,000 行まで。文字の種類は自動で見分けます。"),
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


def column_name(number: int, heading: str) -> Any:
    return heading or format_lazy(_("（見出しのない{number}列目）"), number=number + 1)


class MappingForm(DeskForm):
    """One choice per column; `columns()` gives each with two of its values."""

    def __init__(
        self,
        data: Any = None,
        *,
        header: Sequence[str],
        questions: Sequence[Question],
        mapping: Mapping[str, str],
        samples: Sequence[Sequence[str]],
        options: Sequence[tuple[str, str]] = (),
        most: int = 1,
        useless: Collection[str] = (),
    ) -> None:
        self.options, self.most, self.useless = options, most, useless
        self.header, self.questions, self.mapping, self.samples = header, questions, mapping, samples
        super().__init__(data)

    def explain(self) -> None:
        known = targets(self.questions)
        asked = [(key, title) for key, title in known.items() if key.startswith(QUESTION)]
        told = [(target, words) for target, words in TARGETS.items() if target not in self.useless]
        choices: list[Any] = [("", _("取り込まない")), (_("申込者の情報"), told)]
        along = [item for number in range(1, self.most) for item in companion_targets(number).items()]
        choices += [(_("一緒に参加する人"), along)] if along else []
        if asked:
            choices.append((_("申込みの質問"), asked))
        for number, heading in enumerate(self.header):
            self.fields[f"c{number}"] = forms.ChoiceField(
                label=column_name(number, heading),
                choices=choices,
                required=False,
                initial=self.mapping.get(str(number), ""),
                widget=DataSelect,
            )
        if self.options:
            self.fields[WHOLE_FILE] = forms.ChoiceField(
                label=_("区分が書かれていない行の区分"),
                choices=[("", _("選ばない")), *self.options],
                required=False,
                initial=self.mapping.get(WHOLE_FILE, ""),
                help_text=_("ファイル全体が一つの区分の申込みなら、ここで選びます。"),
                widget=DataSelect,
            )
        super().explain()

    def columns(self) -> list[dict[str, Any]]:
        return [
            {
                "field": self[f"c{number}"],
                "samples": [row[number] for row in self.samples if number < len(row) and row[number]][:2],
            }
            for number in range(len(self.header))
        ]

    def chosen(self) -> dict[str, str]:
        """The mapping as `calls.actions.set_mapping` takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return {name if name == WHOLE_FILE else name[1:]: value for name, value in given.items()}


class RowForm(DeskForm):
    """The cells of one row that are taken, each with what is wrong in it."""

    def __init__(
        self, data: Any = None, *, header: Sequence[str], mapping: Mapping[str, str], row: ImportRow
    ) -> None:
        self.header, self.mapping, self.row = header, mapping, row
        super().__init__(data, initial={f"c{n}": value for n, value in enumerate(row.values)})

    def explain(self) -> None:
        for number, value in enumerate(self.row.values):
            if str(number) not in self.mapping:
                continue
            is_long = len(value) > 80 or "\n" in value
            self.fields[f"c{number}"] = forms.CharField(
                label=column_name(number, self.header[number]),
                required=False,
                max_length=10_000,
                widget=forms.Textarea({"rows": 3, "lang": "ja"})
                if is_long
                else forms.TextInput({"lang": "ja"}),
            )
        super().explain()

    def show(self, faults: Sequence[Fault]) -> None:
        """Put the faults at their cells; those of the whole row stand above."""
        self.is_bound, self.data = True, {f"c{n}": value for n, value in enumerate(self.row.values)}
        self.full_clean()
        for fault in faults:
            name = f"c{fault.column}"
            self.add_error(name if fault.column is not None and name in self.fields else None, fault.message)

    def values(self) -> list[str]:
        """All cells: those on the form as typed, the others as they were."""
        return [self.cleaned_data.get(f"c{n}", value) for n, value in enumerate(self.row.values)]


class ConfirmForm(DeskForm):
    consented = forms.BooleanField(label=_("個人情報の取扱いへの同意を、もとの申込みで全員から受けています"))
    sensitive = forms.BooleanField(label=_("要配慮個人情報の列について、取得への同意を本人から受けています"))
    guardian_paper = forms.BooleanField(
        label=_("保護者の署名のある同意書が、全員分手元にあります"),
        required=False,
        help_text=_(
            "印を付けないと、保護者あてに同意をお願いするお知らせを出します。アドレスがない分は印刷します。"
        ),
    )
    sends_receipts = forms.BooleanField(
        label=_("申込者に受付のお知らせを送る"),
        required=False,
        help_text=_("もとの申込みで受付の返信が届いているときは、印を付けません。"),
    )

    def __init__(self, data: Any = None, *, asks_sensitive: bool, asks_guardian: bool) -> None:
        self.left_out = [
            name
            for name, asked in (("sensitive", asks_sensitive), ("guardian_paper", asks_guardian))
            if not asked
        ]
        super().__init__(data)

    def explain(self) -> None:
        for name in self.left_out:
            del self.fields[name]
        for field in self.fields.values():
            field.error_messages["required"] = _("確かめてから、印を付けてください。")
