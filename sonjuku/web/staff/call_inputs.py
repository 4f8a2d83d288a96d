"""The sections of a call's editor that are plain columns of the call: their fields, and how they are kept."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.forms.models import fields_for_model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions import calls as actions
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import at_tokyo, end_of_day_before
from sonjuku.web.staff.inputs import (
    DeskForm,
    close_of,
    date_field,
    dress,
    in_words,
    opening_of,
    rows_field,
    split_close,
    split_opening,
    time_field,
)
from sonjuku.web.staff.run_inputs import BOTH_OR_NEITHER, SEED_KINDS, seeding_of

LABELS: dict[str, Any] = {
    "programme": _("事業"),
    "agreement": _("もとになる連携協定"),
    "kind": _("種類"),
    "noun": _("申込みの呼び方"),
    "title": _("募集の名称"),
    "title_en": _("名称（英語）"),
    "summary": _("概要"),
    "summary_en": _("概要（英語）"),
    "series": _("連続開催の名前"),
    "starts_on": _("実施の初日"),
    "ends_on": _("実施の最終日"),
    "period_note": _("実施期間の補足"),
    "result_on": _("結果発表日"),
    "result_immediate": _("その場で決まる（先着順）"),
    "confirm_days": _("参加の確認の期限（日数）"),
    "consent_days": _("保護者の同意の期限（日数）"),
    "consent_late": _("締切までに保護者の同意がないとき"),
    "webinar_status": _("開催方法"),
    "venue": _("会場"),
    "venue_en": _("会場（英語）"),
    "venue_address": _("会場の住所"),
    "webinar_url": _("オンライン会場のアドレス"),
    "fee_jpy": _("参加費（円）"),
    "fee_note": _("参加費の補足"),
    "fee_note_en": _("参加費の補足（英語）"),
    "purpose_of_use": _("個人情報の利用目的"),
    "purpose_of_use_en": _("利用目的（英語）"),
    "data_controller": _("個人情報を取り扱う団体"),
    "contact_office": _("問合せ先（課・部署）"),
    "contact_office_en": _("問合せ先（英語）"),
    "contact_phone": _("電話番号"),
    "contact_hours": _("受付時間"),
    "contact_hours_en": _("受付時間（英語）"),
    "asks_approval": _("段階ごとに決裁番号を求める"),
    "is_restricted": _("公募によらない募集"),
    "restriction_reason": _("公募によらない理由（公開されます）"),
    "restriction_approver": _("承認した人の職名（公開されます）"),
    "selection": _("選び方"),
    "seed_source": _("抽選に使う公開の数"),
    "seed_source_en": _("抽選に使う公開の数（英語）"),
    "seed_kind": _("抽選に使う数の決め方"),
    "check_days": _("資格確認の日数（開庁日）"),
    "once_per_year": _("同じ事業には、一人につき一年度に一回まで"),
    "min_reviewers": _("一件あたりの審査員の人数"),
    "max_persons": _("一件の申込みで参加できる人数"),
}
HELPS: dict[str, Any] = {
    "series": _("同じ名前の募集を、続きものとして案内します。"),
    "period_note": _("日付だけでは伝わらないときに書きます。例：毎週月曜の夜、全12回"),
    "result_on": _("締切より後の日にしてください。"),
    "confirm_days": _("当選や空席のご案内から、何日以内に返事をもらうか。"),
    "fee_jpy": _("無料のときは 0 と入力します。"),
    "webinar_url": _("参加が決まった人にだけ知らせます。"),
    "data_controller": _("行政機関か民間かによって、適用される法律と案内文が変わります。"),
    "result_immediate": _("先着順のときに選びます。申し込んだ画面で、席の有無をすぐ知らせます。"),
    "asks_approval": _("公開・決定・発表のたびに、決裁の番号と日付を入力する画面を出します。"),
    "is_restricted": _("相手を決めて案内する募集です。理由と承認した人の職名を公開します。"),
    "min_reviewers": _("審査で選ぶとき、または審査の点を抽選の条件にするときに使います。"),
    "max_persons": _(
        "本人を含めた人数です。2 以上にすると、親子や同僚が一組で申し込み、一組は分けずに席を決めます。先着順か、区分のない抽選で使えます。"
    ),
    "seed_source": _(
        "締切より後に公表され、だれにも決められない数。drand のときは空欄のままにします。例：12月4日の日経平均株価の終値"
    ),
    "check_days": _("締切の翌日から数えます。この間に、資格と二重の申込みを確かめます。"),
    "once_per_year": _("今年度に、同じ事業のほかの募集で参加が決まった人は、申し込めません。"),
    "title_en": _("空欄のときは、英語のページにも日本語の名称を出します。"),
}


class CallSection(DeskForm):
    """A section whose fields are columns of the call. `columns` in the order of the page."""

    columns: ClassVar[tuple[str, ...]] = ()
    lead: ClassVar[Any] = ""

    def __init__(self, data: Any = None, files: Any = None, *, call: Call, actor: Actor) -> None:
        self.call, self.actor = call, actor
        super().__init__(data, initial=self.initial_values())

    def initial_values(self) -> dict[str, Any]:
        return {name: getattr(self.call, name) for name in self.columns}

    def explain(self) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.Textarea({"rows": 4})
            for name in self.columns
            if name.startswith(("summary", "purpose", "restriction_reason"))
        }
        widgets |= {
            name: forms.DateInput({"type": "date"}, "%Y-%m-%d")
            for name in self.columns
            if name.endswith("_on")
        }
        # A URLField of the model warns until Django 6: made by hand.
        plain = [name for name in self.columns if name != "webinar_url"]
        model_fields = fields_for_model(Call, plain, labels=LABELS, help_texts=HELPS, widgets=widgets)
        self.fields = {**model_fields, **self.fields}
        if "webinar_url" in self.columns:
            names = {"label": LABELS["webinar_url"], "help_text": HELPS["webinar_url"]}
            self.fields["webinar_url"] = forms.URLField(required=False, assume_scheme="https", **names)
            self.order_fields(self.columns)
        if "programme" in self.fields:
            dress(self.fields["programme"], "title", programmes.programmes(self.call.council))
        if "agreement" in self.fields:
            dress(self.fields["agreement"], "title", programmes.agreements(self.call.council))
        if "data_controller" in self.fields:
            dress(self.fields["data_controller"], "name", people.bodies(self.call.council))
        super().explain()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.columns}

    def save(self, by: Actor) -> None:
        actions.change_call(by=by, call=self.call, **self.values())


class Basics(CallSection):
    columns = (
        "title",
        "title_en",
        "programme",
        "kind",
        "noun",
        "summary",
        "summary_en",
        "series",
        "agreement",
    )
    audiences: Any = forms.ModelMultipleChoiceField(
        label=_("だれのための募集か"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("募集を探すときに使います。申し込める人は「応募資格」で決めます。"),
    )

    def explain(self) -> None:
        super().explain()
        choice: Any = self.fields["audiences"]
        choice.queryset = vocabulary.audiences()
        choice.label_from_instance = partial(in_words, field="title")
        self.order_fields([*self.columns[:-2], "audiences", *self.columns[-2:]])

    def initial_values(self) -> dict[str, Any]:
        return super().initial_values() | {
            "audiences": list(self.call.audiences.values_list("pk", flat=True))
        }

    def save(self, by: Actor) -> None:
        super().save(by)
        chosen = list(self.cleaned_data["audiences"])
        if {row.pk for row in chosen} != set(self.initial["audiences"]):
            actions.set_audiences(by=by, call=self.call, audiences=chosen)


class Dates(CallSection):
    lead = _(
        "時刻はすべて日本時間です。締切の時刻を空欄にすると、その日の終わり（23時59分59秒）まで受け付けます。"
    )
    columns = ("starts_on", "ends_on", "period_note", "result_on", "result_immediate", "confirm_days")
    opens_day = date_field(_("受付の開始日"))
    opens_time = time_field(_("受付の開始時刻"), help_text=_("空欄のときは0時から。"))
    closes_day = date_field(_("受付の締切日"))
    closes_time = time_field(_("受付の締切時刻"), help_text=_("空欄のときは、その日の終わりまで。"))
    day_before = forms.BooleanField(
        label=_("実施の初日の前日まで受け付ける"),
        required=False,
        help_text=_("選ぶと、締切は初日の前日の終わりになります。締切日と時刻の入力より優先します。"),
    )
    field_order = (
        *("opens_day", "opens_time", "closes_day", "closes_time", "day_before", "starts_on", "ends_on"),
        *("period_note", "result_on", "result_immediate", "confirm_days"),
    )

    def explain(self) -> None:
        super().explain()
        self.order_fields(self.field_order)

    def initial_values(self) -> dict[str, Any]:
        opens, closes = split_opening(self.call.opens_at), split_close(self.call.closes_at)
        start = self.call.starts_on
        before = start is not None and self.call.closes_at == end_of_day_before(start)
        return super().initial_values() | {
            "opens_day": opens[0], "opens_time": opens[1], "closes_day": closes[0], "closes_time": closes[1],
            "day_before": before,
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("day_before") and not data.get("starts_on"):
            self.add_error("starts_on", _("「前日まで」を選ぶときは、実施の初日も入力してください。"))
        opens, closes = self._instants()
        if opens and closes and closes <= opens:
            self.add_error(
                "closes_day", _("締切が、受付の開始より前か同じです。締切を後の日時にしてください。")
            )
        return data

    def _instants(self) -> tuple[Any, Any]:
        data = self.cleaned_data
        opens = opening_of(data.get("opens_day"), data.get("opens_time"))
        if data.get("day_before") and data.get("starts_on"):
            return opens, end_of_day_before(data["starts_on"])
        return opens, close_of(data.get("closes_day"), data.get("closes_time"))

    def values(self) -> dict[str, Any]:
        opens_at, closes_at = self._instants()
        return super().values() | {"opens_at": opens_at, "closes_at": closes_at}


class Place(CallSection):
    columns = (
        *("webinar_status", "venue", "venue_en", "venue_address", "webinar_url"),
        *("fee_jpy", "fee_note", "fee_note_en"),
    )


class Words(CallSection):
    lead = _("申込みの画面に、ここに書いた利用目的と問合せ先がそのまま出ます。")
    columns = (
        *("purpose_of_use", "purpose_of_use_en", "data_controller", "contact_office", "contact_office_en"),
        *("contact_phone", "contact_hours", "contact_hours_en", "consent_days", "consent_late"),
    )


class Selecting(CallSection):
    """How places are given. What a run over several calls holds is set there, for all of them."""

    lead = _("受付を始めたあとは、選び方も、抽選に使う数と日時も変えられません。")
    columns: ClassVar[tuple[str, ...]] = (
        *("selection", "seed_kind", "seed_source", "seed_source_en", "check_days", "min_reviewers"),
        *("max_persons", "once_per_year"),
    )
    draws_day = date_field(_("抽選の日"))
    draws_time = time_field(
        _("抽選の時刻"),
        help_text=_("この時刻より前に、一覧を固定します。数が公表される時刻より後にはしません。"),
    )
    field_order = (
        *("selection", "seed_kind", "seed_source", "seed_source_en", "draws_day", "draws_time", "check_days"),
        *("min_reviewers", "max_persons", "once_per_year"),
    )

    def __init__(self, data: Any = None, files: Any = None, *, call: Call, actor: Actor) -> None:
        run = queries.run_of(call)
        self.is_shared = run is not None and run.is_shared
        if run is not None and self.is_shared:
            self.columns = ("min_reviewers", "once_per_year")  # type: ignore[misc]
            self.lead = format_lazy(  # type: ignore[misc]
                _(
                    "この募集は、選考「{title}」でほかの募集とまとめて選びます。選び方、使う数、日時は、その選考のページで変えます。"
                ),
                title=in_words(run, "title"),
            )
        super().__init__(data, files, call=call, actor=actor)

    def explain(self) -> None:
        super().explain()
        if self.is_shared:
            del self.fields["draws_day"], self.fields["draws_time"]
            return
        kinds = forms.ChoiceField(
            label=LABELS["seed_kind"], choices=SEED_KINDS, widget=forms.RadioSelect, required=False
        )
        self.fields["seed_kind"] = kinds
        self.fields["check_days"].required = self.fields["max_persons"].required = False
        self.fields["once_per_year"].required = False
        self.order_fields(self.field_order)

    def initial_values(self) -> dict[str, Any]:
        if self.is_shared:
            return super().initial_values()
        return super().initial_values() | seeding_of(self.call)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if bool(data.get("draws_day")) != bool(data.get("draws_time")):
            missing = "draws_time" if data.get("draws_day") else "draws_day"
            self.add_error(missing, BOTH_OR_NEITHER)
        return data

    def values(self) -> dict[str, Any]:
        found = super().values()
        if self.is_shared:
            return found
        found["seed_kind"] = found["seed_kind"] or self.call.seed_kind
        for name in ("check_days", "max_persons"):
            if found[name] is None:
                found[name] = getattr(self.call, name)
        if found["seed_kind"] == SelectionRun.SeedKind.DRAND:
            # The words of a beacon are made when the call opens.
            found["seed_source"] = found["seed_source_en"] = ""
        day = self.cleaned_data["draws_day"]
        return found | {"draws_at": at_tokyo(day, self.cleaned_data["draws_time"]) if day else None}


class Approving(CallSection):
    lead = _("決裁を求めるときは、番号と日付だけを残します。書類は預かりません。")
    columns = ("asks_approval", "is_restricted", "restriction_reason", "restriction_approver")


class NewCall(DeskForm):
    """Just enough for a draft."""

    title = forms.CharField(
        label=_("募集の名称"),
        max_length=140,
        help_text=_("あとで直せます。例：令和8年度 冬期ITパスポート講座"),
    )
    programme = rows_field(_("事業"), required=False, empty_label=_("新しい事業をつくる"))
    new_programme = forms.CharField(
        label=_("新しい事業の名前"),
        max_length=120,
        required=False,
        help_text=_("上で「新しい事業をつくる」を選んだときだけ入力します。"),
    )
    new_line = rows_field(_("その事業の区分"), required=False, empty_label=_("選んでください"))
    kind = forms.ChoiceField(label=LABELS["kind"], choices=Call.Kind.choices)
    selection = forms.ChoiceField(
        label=LABELS["selection"], choices=Call.Selection.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, council: Any) -> None:
        self.council = council
        super().__init__(data, initial={"selection": Call.Selection.FIRST_COME})
        self.fields["programme"].queryset = rows = programmes.programmes(council)  # type: ignore[attr-defined]
        self.fields["new_line"].queryset = programmes.lines(council)  # type: ignore[attr-defined]
        if not rows:
            self.fields["new_programme"].help_text = _(
                "まだ事業がありません。最初の事業の名前を入力してください。"
            )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("programme") and not data.get("new_programme", "").strip():
            self.add_error("new_programme", _("事業を選ぶか、新しい事業の名前を入力してください。"))
        return data
