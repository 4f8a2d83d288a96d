"""Forms of the desk for matching events, their members and introductions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.matching.actions.events import STILL_FREE
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember, Side
from sonjuku.rooms.matching.queries import Partner
from sonjuku.toolbox.dates import at_tokyo, local
from sonjuku.web.staff.entry_inputs import PAPER_CHANNELS
from sonjuku.web.staff.inputs import (
    DeskForm,
    close_of,
    date_field,
    in_words,
    opening_of,
    pick,
    rows_field,
    split_close,
    split_opening,
    time_field,
)
from sonjuku.web.staff.run_inputs import Reason

AREA = forms.Textarea({"rows": 4})
Seed = MatchingEvent.SeedKind
# What is stored as it is typed; the rest is put together from a day and a time.
PLAIN = (
    "title", "title_en", "description", "description_en", "left_title", "left_title_en", "right_title", "right_title_en",
    "max_wishes", "remind_days", "seed_kind", "seed_source", "seed_source_en", "starts_on", "ends_on", "report_due_on",
)  # fmt: skip
NO_NAME = _("紹介が決まるまで、相手に見えるのはこれだけです。氏名は書かないでください。")


class EventForm(DeskForm):
    """A matching event; `values()` is what actions.create_event and change_event take."""

    title = forms.CharField(label=_("名前"), max_length=140)
    title_en = forms.CharField(label=_("名前（英語）"), max_length=180, required=False)
    description = forms.CharField(label=_("参加者への説明"), max_length=4_000, required=False, widget=AREA)
    description_en = forms.CharField(
        label=_("参加者への説明（英語）"), max_length=4_000, required=False, widget=AREA
    )
    left_title = forms.CharField(
        label=_("選ぶ側の呼び名"),
        max_length=40,
        initial="専門家",
        help_text=_("一人に一つの相手が決まる側です。"),
    )
    left_title_en = forms.CharField(
        label=_("選ぶ側の呼び名（英語）"), max_length=60, required=False, initial="Experts"
    )
    right_title = forms.CharField(
        label=_("受け入れる側の呼び名"),
        max_length=40,
        initial="企業",
        help_text=_("決めた人数まで受け入れる側です。"),
    )
    right_title_en = forms.CharField(
        label=_("受け入れる側の呼び名（英語）"), max_length=60, required=False, initial="Firms"
    )
    opens_day = date_field(
        _("希望の順を受け付け始める日"), help_text=_("空欄のときは、規則を公開するとすぐに始まります。")
    )
    opens_time = time_field(_("始める時刻"))
    ranks_day = date_field(_("希望の順の締切日"))
    ranks_time = time_field(_("締切の時刻"), help_text=_("空欄のときは、その日の終わりまでです。"))
    remind_days = forms.IntegerField(
        label=_("締切の何日前に、まだの人へお願いを送るか"), min_value=0, max_value=60, initial=3
    )
    max_wishes = forms.IntegerField(
        label=_("順番を付けられる相手の数の上限"),
        min_value=1,
        max_value=500,
        required=False,
        help_text=_("空欄は制限なし。上限を付けると、正直な順に並べるのがいちばんよいとは言えなくなります。"),
    )
    seed_kind = forms.ChoiceField(
        label=_("抽選に使う数"), choices=Seed.choices, widget=forms.RadioSelect, initial=Seed.NUMBER
    )
    seed_source = forms.CharField(
        label=_("使う公開の数"),
        max_length=200,
        required=False,
        help_text=_("締切より後に公表され、だれにも決められない数。例：12月4日の第500回の当せん番号"),
    )
    seed_source_en = forms.CharField(label=_("使う公開の数（英語）"), max_length=240, required=False)
    draws_day = date_field(_("乱数の日（drand を使うとき）"))
    draws_time = time_field(_("乱数の時刻（drand を使うとき）"))
    starts_on = date_field(_("支援の始まる日"))
    ends_on = date_field(_("支援の終わる日"))
    report_due_on = date_field(_("報告の期限"), help_text=_("空欄のときは、その年度の2月の末です。"))

    def __init__(self, data: Any = None, *, event: MatchingEvent | None = None) -> None:
        super().__init__(data, initial=_initial(event) if event else {})
        if event is not None and event.state != MatchingEvent.State.PREPARED:
            self.fields = {name: field for name, field in self.fields.items() if name in STILL_FREE}

    def values(self) -> dict[str, Any]:
        """Of a published event only what may still change."""
        data = self.cleaned_data
        found = {name: data[name] for name in PLAIN if name in data}
        if "ranks_day" not in data:
            return found
        return found | {
            "opens_at": opening_of(data["opens_day"], data["opens_time"]),
            "ranks_by": close_of(data["ranks_day"], data["ranks_time"]),
            "draws_at": opening_of(data["draws_day"], data["draws_time"]),
        }


def _initial(event: MatchingEvent) -> dict[str, Any]:
    opens_day, opens_time = split_opening(event.opens_at)
    ranks_day, ranks_time = split_close(event.ranks_by)
    draws_day, draws_time = split_opening(event.draws_at)
    return {name: getattr(event, name) for name in PLAIN} | {
        "opens_day": opens_day, "opens_time": opens_time, "ranks_day": ranks_day, "ranks_time": ranks_time,
        "draws_day": draws_day, "draws_time": draws_time,
    }  # fmt: skip


class Words(DeskForm):
    """What the other side reads of a member, and how many a receiving one takes."""

    title = forms.CharField(label=_("相手に見せる題名"), max_length=140, help_text=NO_NAME)
    title_en = forms.CharField(label=_("相手に見せる題名（英語）"), max_length=180, required=False)
    about = forms.CharField(label=_("相手に見せる紹介"), max_length=2_000, required=False, widget=AREA)
    about_en = forms.CharField(
        label=_("相手に見せる紹介（英語）"), max_length=2_000, required=False, widget=AREA
    )
    most = forms.IntegerField(label=_("最大で何人受け入れるか"), min_value=1, max_value=1_000, initial=1)
    least = forms.IntegerField(
        label=_("最少で何人ほしいか"),
        min_value=0,
        max_value=1_000,
        initial=0,
        help_text=_(
            "0 より大きくすると、ほかの受け入れ先の席が減ることがあり、正直な順に並べるのがいちばんよいとは言えなくなります。"
        ),
    )

    def __init__(self, data: Any = None, *, member: MatchingMember | None = None) -> None:
        names = ("title", "title_en", "about", "about_en", "most", "least")
        super().__init__(data, initial={name: getattr(member, name) for name in names} if member else {})
        if member is not None and member.side == Side.LEFT:
            del self.fields["most"], self.fields["least"]


class FromCall(DeskForm):
    """Everyone who takes part in a call."""

    call = rows_field(_("募集"))
    side = forms.ChoiceField(label=_("どちらの側か"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, calls: Any, sides: Any) -> None:
        super().__init__(data, prefix="call")
        self.fields["call"].queryset = calls  # type: ignore[attr-defined]
        self.fields["side"].choices = sides  # type: ignore[attr-defined]


class One(Words):
    """One member: a person, who may stand for a body. Found by address; somebody new is asked for more."""

    side = forms.ChoiceField(label=_("どちらの側か"), widget=forms.RadioSelect)
    body = rows_field(
        _("代表する団体"), "name", required=False, help_text=_("個人で参加するときは選びません。")
    )
    email = forms.EmailField(
        label=_("本人のメールアドレス"), help_text=_("登録のある人は、このアドレスで探します。")
    )
    family_name = forms.CharField(
        label=_("姓"),
        max_length=60,
        required=False,
        help_text=_("ここから下は、登録のない人のときだけ入力します。"),
    )
    given_name = forms.CharField(label=_("名"), max_length=60, required=False)
    family_name_kana = forms.CharField(label=_("セイ"), max_length=80, required=False)
    given_name_kana = forms.CharField(label=_("メイ"), max_length=80, required=False)
    date_of_birth = date_field(
        _("生年月日"), help_text=_("本人がはじめてログインするときに、本人だと確かめるために使います。")
    )
    phone = forms.CharField(label=_("電話番号"), max_length=30, required=False)

    NEW = ("family_name", "given_name", "family_name_kana", "given_name_kana", "date_of_birth")

    def __init__(self, data: Any = None, *, bodies: Any, sides: Any) -> None:
        super().__init__(data)
        self.prefix = "one"
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["side"].choices = sides  # type: ignore[attr-defined]
        first = ["side", "body", "email"]
        rest = [name for name in self.fields if name not in first and name not in (*self.NEW, "phone")]
        self.order_fields([*first, *rest, *self.NEW, "phone"])

    def words(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("title", "title_en", "about", "about_en", "most", "least")
        }

    def profile(self) -> dict[str, Any]:
        """What a new record needs; empty where something is missing, with the missing fields marked."""
        missing = [name for name in self.NEW if not self.cleaned_data[name]]
        for name in missing:
            self.add_error(name, _("このメールアドレスの登録がないため、ここも入力してください。"))
        return {} if missing else {name: self.cleaned_data[name] for name in (*self.NEW, "email", "phone")}


class Number(DeskForm):
    value = forms.CharField(
        label=_("公表された数"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("公表されたとおりに、半角で入力します。もう一人も、自分のアカウントで入力します。"),
    )


class BeaconText(DeskForm):
    beacon = forms.CharField(
        label=_("drand の乱数（JSON）"),
        max_length=4_000,
        widget=forms.Textarea({"rows": 5, "autocomplete": "off"}),
        help_text=_("はじめに決めた回のものを、公表されたとおりに貼り付けます。"),
    )


class Void(Reason):
    """A reason, another source of the public number, and perhaps a later deadline; `values()` is for introducing.void."""

    seed_kind = forms.ChoiceField(
        label=_("抽選に使う数"), choices=Seed.choices, widget=forms.RadioSelect, initial=Seed.NUMBER
    )
    seed_source = forms.CharField(
        label=_("使う公開の数"), max_length=200, required=False, help_text=_("まだ公表されていない、別の数にします。drand のときは空欄のままにします。")
    )  # fmt: skip
    seed_source_en = forms.CharField(label=_("使う公開の数（英語）"), max_length=240, required=False)
    draws_day = date_field(_("乱数の日（drand を使うとき）"))
    draws_time = time_field(_("乱数の時刻（drand を使うとき）"))
    ranks_day = date_field(
        _("新しい締切日"), help_text=_("希望の順を出し直せるようにするときだけ入力します。空欄なら、出された順をそのまま使います。")
    )  # fmt: skip
    ranks_time = time_field(_("締切の時刻"), help_text=_("空欄のときは、その日の終わりまでです。"))

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return pick(data, "reason", "reason_en", "seed_kind", "seed_source", "seed_source_en") | {
            "draws_at": opening_of(data["draws_day"], data["draws_time"]),
            "ranks_by": close_of(data["ranks_day"], data["ranks_time"]),
        }


class Signature(DeskForm):
    """A guardian's signed paper for a minor."""

    name = forms.CharField(label=_("保護者の氏名"), max_length=120)
    relation = forms.CharField(label=_("続柄"), max_length=40)


class Order(DeskForm):
    """An order that came on paper or by telephone: how and when, then a place for each partner (`places`, `received_at`)."""

    channel = forms.ChoiceField(label=_("届いた方法"), choices=PAPER_CHANNELS, widget=forms.RadioSelect)
    received_day = date_field(_("届いた日"), required=True)
    received_time = time_field(_("届いた時刻"), required=True)
    agrees = forms.BooleanField(
        label=_("紹介への同意が紙にあるか、口頭で確かめました"), help_text=_("上の文を読んでもらうか、読み上げて確かめます。")
    )  # fmt: skip
    title_is_public = forms.BooleanField(label=_("公開の記録に題名を出してよい"), required=False)

    def __init__(self, data: Any = None, *, partners: Sequence[Partner], now: datetime) -> None:
        there = local(now)
        super().__init__(data, initial={"received_day": there.date(), "received_time": there.time()})
        places = [("", _("希望しない")), *((n, format_lazy(_("{place}番目"), place=n)) for n in range(1, len(partners) + 1))]  # fmt: skip
        for partner in partners:
            self.fields[f"place_{partner.id}"] = forms.ChoiceField(
                label=in_words(partner, "title"), choices=places, required=False
            )
        self.order_fields([*(name for name in self.fields if name not in ("agrees", "title_is_public"))])
        self.explain()

    def places(self) -> dict[str, int | None]:
        return {
            name.removeprefix("place_"): int(value) if value else None
            for name, value in self.cleaned_data.items()
            if name.startswith("place_")
        }

    def received_at(self) -> datetime:
        return at_tokyo(self.cleaned_data["received_day"], self.cleaned_data["received_time"])


class Report(DeskForm):
    report_on = date_field(_("報告を受け取った日"), required=True)


class Terms(DeskForm):
    starts_on = date_field(_("支援の始まる日"))
    ends_on = date_field(_("支援の終わる日"))
    report_due_on = date_field(_("報告の期限"))
    note = forms.CharField(label=_("覚え書き"), max_length=200, required=False)


class Ending(DeskForm):
    ended_on = date_field(_("終わった日"), required=True)
    note = forms.CharField(
        label=_("途中で終わった理由"), max_length=200, help_text=_("氏名は書かないでください。")
    )
