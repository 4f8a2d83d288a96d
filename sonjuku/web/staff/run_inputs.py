"""What staff type on the pages of a selection run."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.toolbox.dates import at_tokyo, local
from sonjuku.web.staff.inputs import DeskForm, DeskFormSet, date_field, in_words, pick, time_field

SEED_KINDS = [
    (SelectionRun.SeedKind.NUMBER, _("公表される数を、二人が別々に入力する（宝くじの当せん番号、株価の終値など）")),
    (SelectionRun.SeedKind.DRAND, _("drand の乱数を貼り付ける（世界の複数の団体が公表する乱数。署名をこの画面で検証します）")),
]  # fmt: skip
BOTH_OR_NEITHER = _("抽選の日と時刻は、両方とも入力するか、両方とも空欄にしてください。")
LONGEST = {"rows": 4}


class Nothing(DeskForm):
    """Only the button."""


class Reason(DeskForm):
    """Why something published is corrected; both stay on the public page."""

    reason = forms.CharField(
        label=_("理由（公開されます）"),
        widget=forms.Textarea(LONGEST),
        max_length=2000,
        help_text=_("何が起きたか、だれに影響したか、どう直すかを書きます。氏名は書きません。"),
    )
    reason_en = forms.CharField(
        label=_("理由（英語）"), widget=forms.Textarea(LONGEST), max_length=2000, required=False
    )


def _source(required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=_("抽選に使う公開の数"),
        max_length=200,
        required=required,
        help_text=_("締切より後に公表され、だれにも決められない数。drand のときは空欄のままにします。例：12月4日の日経平均株価の終値"),
    )  # fmt: skip


class Seeding(DeskForm):
    """Where the public value comes from, and when."""

    seed_kind = forms.ChoiceField(
        label=_("抽選に使う数の決め方"), choices=SEED_KINDS, widget=forms.RadioSelect, initial="number"
    )
    seed_source = _source()
    seed_source_en = forms.CharField(label=_("抽選に使う公開の数（英語）"), max_length=240, required=False)
    draws_day = date_field(_("抽選の日"))
    draws_time = time_field(
        _("抽選の時刻"),
        help_text=_("この時刻より前に、一覧を固定します。数が公表される時刻より後にはしません。"),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("seed_kind") == SelectionRun.SeedKind.DRAND and not data.get("draws_day"):
            self.add_error(
                "draws_day", _("drand の乱数は、抽選の日時から決まります。抽選の日を入力してください。")
            )
        if bool(data.get("draws_day")) != bool(data.get("draws_time")):
            missing = "draws_time" if data.get("draws_day") else "draws_day"
            self.add_error(missing, BOTH_OR_NEITHER)
        return data

    def seeding(self) -> dict[str, Any]:
        data = self.cleaned_data
        day = data["draws_day"]
        draws_at = at_tokyo(day, data["draws_time"]) if day else None
        return {**pick(data, "seed_kind", "seed_source", "seed_source_en"), "draws_at": draws_at}


def seeding_of(row: Any) -> dict[str, Any]:
    """The same fields of a run or a call, as a form shows them."""
    there = local(row.draws_at) if row.draws_at else None
    is_drand = row.seed_kind == SelectionRun.SeedKind.DRAND
    return {
        "seed_kind": row.seed_kind,
        "seed_source": "" if is_drand else row.seed_source,
        "seed_source_en": "" if is_drand else row.seed_source_en,
        "draws_day": there.date() if there else None,
        "draws_time": there.time() if there else None,
    }


class Void(Reason, Seeding):
    """A run is declared void only with a reason and another source."""

    field_order = (
        "reason",
        "reason_en",
        "seed_kind",
        "seed_source",
        "seed_source_en",
        "draws_day",
        "draws_time",
    )


class RunForm(Seeding):
    """A run over several calls. `calls`: those that may be in it, each with its place in the order."""

    title = forms.CharField(
        label=_("選考の名前"), max_length=140, help_text=_("例：令和8年度 冬期講座 3コースの抽選")
    )
    title_en = forms.CharField(label=_("選考の名前（英語）"), max_length=180, required=False)
    calls: Any = forms.ModelMultipleChoiceField(
        label=_("一緒に選ぶ募集"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("受付を始める前の、抽選の募集だけを選べます。一人が得る席は、この中で一つまでです。"),
    )
    check_days = forms.IntegerField(
        label=_("資格確認の日数（開庁日）"), min_value=0, max_value=60, initial=3,
        help_text=_("締切の翌日から数えます。この間に、資格と二重の申込みを確かめます。"),
    )  # fmt: skip
    is_public_draw = forms.BooleanField(
        label=_("公開抽選にする"),
        required=False,
        help_text=_("抽選を公開の場で行います。投影用の画面と、立会人の欄のある記録が使えます。"),
    )
    field_order = (
        *(
            "title",
            "title_en",
            "calls",
            "seed_kind",
            "seed_source",
            "seed_source_en",
            "draws_day",
            "draws_time",
        ),
        *("check_days", "is_public_draw"),
    )

    def __init__(self, *args: Any, calls: Any, before: Sequence[Call] = (), **kwargs: Any) -> None:
        self.offered, self.before = calls, list(before)
        super().__init__(*args, **kwargs)

    def explain(self) -> None:
        choice: Any = self.fields["calls"]
        choice.queryset = self.offered
        choice.label_from_instance = _call_words
        super().explain()

    def fields_of_run(self) -> dict[str, Any]:
        return {
            **self.seeding(),
            **pick(self.cleaned_data, "title", "title_en", "check_days", "is_public_draw"),
        }

    def chosen(self) -> list[Call]:
        """Those that were in it in their order, with those this reader can't see; behind them the new ones by their start."""
        given = set(self.cleaned_data["calls"])
        kept = [call for call in self.before if call in given or call not in self.offered]
        new = sorted(
            given.difference(kept), key=lambda call: (call.starts_on is None, call.starts_on, call.code)
        )
        return [*kept, *new]


class OrderForm(DeskForm):
    """A place for each call of a run."""

    def __init__(self, data: Any = None, *, calls: Sequence[Call]) -> None:
        self.calls = calls
        super().__init__(data)

    def explain(self) -> None:
        for place, call in enumerate(self.calls, start=1):
            self.fields[f"place_{place}"] = forms.IntegerField(
                label=in_words(call, "title"),
                initial=place,
                min_value=1,
                max_value=len(self.calls),
                widget=forms.NumberInput({"class": "short"}),
            )
        super().explain()

    def clean(self) -> dict[str, Any]:
        seen: dict[int, Any] = {}
        for name, place in list(self.cleaned_data.items()):
            if place in seen:
                text = _("「{title}」と同じ順番です。ほかの順番にしてください。")
                self.add_error(name, format_lazy(text, title=seen[place]))
            seen.setdefault(place, self.fields[name].label)
        return self.cleaned_data

    def chosen(self) -> list[Call]:
        places = {call: self.cleaned_data[f"place_{at}"] for at, call in enumerate(self.calls, start=1)}
        return sorted(places, key=places.__getitem__)


def _call_words(call: Call) -> str:
    return f"{in_words(call, 'title')} ({call.get_selection_display()})"


class NumberForm(DeskForm):
    value = forms.CharField(
        label=_("公表された数"), max_length=200, widget=forms.TextInput({"autocomplete": "off", "inputmode": "text"}),
        help_text=_("公表されたとおりに、半角で入力します。もう一人の入力は見えません。"),
    )  # fmt: skip


class BeaconForm(DeskForm):
    """The JSON of one round, as it stands in public."""

    beacon = forms.CharField(
        label=_("乱数（JSON）"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("drand の公開ページか、その写しを置く団体のページで、上のラウンドを開き、波かっこを含む全文を写して貼り付けます。"),
    )  # fmt: skip

    def clean_beacon(self) -> dict[str, Any]:
        try:
            found = json.loads(self.cleaned_data["beacon"])
        except ValueError:
            found = None
        if not isinstance(found, dict) or not {"round", "signature", "randomness"} <= set(found):
            raise forms.ValidationError(
                _(
                    "乱数の形ではありません。round・signature・randomness の三つを含む全文を、そのまま貼り付けてください。"
                )
            )
        return found


class PublicDraw(DeskForm):
    """公開抽選: whether and where. Its time is the run's."""

    is_public_draw = forms.BooleanField(label=_("公開抽選にする"), required=False)
    draw_place = forms.CharField(
        label=_("場所（公開されます）"),
        max_length=140,
        required=False,
        help_text=_("例：萩市役所 3階 会議室A"),
    )
    draw_place_en = forms.CharField(label=_("場所（英語）"), max_length=180, required=False)


class WitnessRow(DeskForm):
    name = forms.CharField(label=_("氏名"), max_length=80, required=False)
    affiliation = forms.CharField(label=_("所属・職名"), max_length=120, required=False)


Witnesses: Any = forms.formset_factory(WitnessRow, formset=DeskFormSet, extra=2, max_num=12)


class PhoneCode(DeskForm):
    code = forms.CharField(
        label=_("抽選番号か受付番号"), max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text=_("8文字。全角でも小文字でも、空白があっても構いません。例：7F3K-22QX"),
    )  # fmt: skip
