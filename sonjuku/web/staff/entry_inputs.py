"""What staff type in from paper: the person as the public form asks, and how and when the paper came."""

import json
from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.flows.papers.sheets import PERSON_ORDER
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import at_tokyo, day_of, local
from sonjuku.toolbox.kana import is_katakana, to_katakana
from sonjuku.toolbox.postal import lookup
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.staff.inputs import DataSelect, DeskForm, date_field, in_words, rows_field, time_field
from sonjuku.web.wishes import ask_wishes, chosen_wishes, refuse_twice, wish_label

PAPER_CHANNELS = [
    (value, label)
    for value, label in Application.Channel.choices
    if value not in {Application.Channel.WEB, Application.Channel.IMPORT}
]
# As the printed form asks, so that the eye goes down both at once.
PERSON = PERSON_ORDER
GUARDIAN = {
    "name": "guardian_name",
    "relation": "guardian_relation",
    "email": "guardian_email",
    "phone": "guardian_phone",
}


OTHER = "other"


def _rank_field(together: Sequence[Call]) -> forms.TypedChoiceField:
    ranks = [(place, wish_label(place)) for place in range(1, len(together) + 1)]
    titles = " / ".join(in_words(one, "title") for one in together)
    return forms.TypedChoiceField(
        label=_("この募集の希望の順"),
        choices=[("", _("書かれていない")), *ranks],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=format_lazy(_("一緒に選ぶ募集：{titles}"), titles=titles),
    )


def _same_words(row: Application) -> Any:
    return format_lazy(_("同じ方です（{code}　{title}）"), code=row.code, title=in_words(row.call, "title"))


class EntryForm(DeskForm):
    """How the paper came, then what stands on it, in its order (flows.papers.sheets). `profile()`, `guardian()` and `receipt()` are for the flow."""

    channel = forms.ChoiceField(label=_("届いた方法"), choices=PAPER_CHANNELS, widget=forms.RadioSelect)
    received_day = date_field(
        _("届いた日"), required=True, help_text=_("消印有効のときは、消印の日付を入力します。")
    )
    received_time = time_field(
        _("届いた時刻"), help_text=_("消印のときや分からないときは空欄。その日のうちに届いたものとします。")
    )
    deadline_by = forms.ChoiceField(
        label=_("締切の数え方"), choices=Application.DeadlineBy.choices, widget=forms.RadioSelect
    )
    family_name = forms.CharField(label=_("姓"), max_length=60)
    given_name = forms.CharField(label=_("名"), max_length=60)
    family_name_kana = forms.CharField(label=_("セイ"), max_length=80)
    given_name_kana = forms.CharField(label=_("メイ"), max_length=80)
    date_of_birth = date_field(_("生年月日"))
    postal_code = forms.CharField(
        label=_("郵便番号"), max_length=8, required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )
    address = forms.CharField(label=_("住所"), max_length=200, required=False)
    lg_code = forms.CharField(
        label=_("住所の団体コード"),
        max_length=6,
        required=False,
        help_text=_("空欄のときは、郵便番号から調べます。"),
    )
    school_stage = forms.ChoiceField(label=_("在学の状況"), choices=Person.SchoolStage.choices)
    school = rows_field(_("学校"), "name", required=False)
    audience = rows_field(_("当てはまる立場"), required=False)
    employer = forms.CharField(label=_("勤め先"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("メールアドレス"), required=False, help_text=_("ないときは空欄。お知らせは印刷して渡します。")
    )
    phone = forms.CharField(label=_("電話番号"), max_length=30, required=False)
    option = forms.ChoiceField(label=_("選んだ区分"), required=False, choices=(), widget=DataSelect)
    guardian_name = forms.CharField(label=_("保護者の氏名"), max_length=120, required=False)
    guardian_relation = forms.CharField(label=_("続柄"), max_length=40, required=False)
    guardian_email = forms.EmailField(label=_("保護者のメールアドレス"), required=False)
    guardian_phone = forms.CharField(label=_("保護者の電話番号"), max_length=30, required=False)
    guardian_paper = forms.BooleanField(label=_("保護者の署名が紙にあります"), required=False)
    consented = forms.BooleanField(label=_("個人情報の取扱いへの同意が紙にあるか、口頭で確かめました"))

    PAPER_FIELDS = ("channel", "received_day", "received_time", "deadline_by")
    GUARDIAN_FIELDS = (
        "guardian_name",
        "guardian_relation",
        "guardian_email",
        "guardian_phone",
        "guardian_paper",
    )

    def __init__(self, data: Any = None, *, call: Call, by: Actor) -> None:
        self.call, self.by = call, by
        self.wish_names: list[str] = []
        self.alike: dict[str, Application] = {}
        there = local(by.at)
        super().__init__(data, initial={
            "channel": Application.Channel.PAPER, "received_day": there.date(), "deadline_by": Application.DeadlineBy.ARRIVAL,
        })  # fmt: skip

    def explain(self) -> None:
        # app.js fills address and municipality from the postal code; without it the server looks the code up.
        self.fields["postal_code"].widget.attrs |= {
            "data-postal": "",
            "data-postal-url": reverse("public:postal"),
            "data-target": json.dumps({"area": "#id_address", "lg_code": "#id_lg_code"}),
        }
        self.fields["school"].queryset = people.schools(self.call.council)  # type: ignore[attr-defined]
        self.fields["audience"].queryset = vocabulary.audiences()  # type: ignore[attr-defined]
        self._ask_option()
        super().explain()

    def _ask_option(self) -> None:
        """One option; or the wishes, with the numbers that the printed form gives the options; and the order over several calls."""
        options = {pool.option: in_words(pool, "option") for pool in self.call.seat_pools.all()}
        choices: list[Any] = [(key, words or _("区分なし")) for key, words in options.items()]
        if len(options) > 1 and self.call.selection == Call.Selection.RANKED:
            del self.fields["option"]
            numbered = [(key, f"{number} {words}") for number, (key, words) in enumerate(choices, start=1)]
            ask_wishes(self, numbered, widget=DataSelect)
        elif any(options):
            self.fields["option"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["option"]
        together = calls.drawn_together(self.call)
        if len(together) > 1:
            self.fields["wish_rank"] = _rank_field(together)
        before = list(self.fields)[: list(self.fields).index("phone") + 1]
        self.order_fields([*before, "option", *self.wish_names, "wish_rank"])

    def paper_fields(self) -> list[Any]:
        return [self[name] for name in self.PAPER_FIELDS]

    def name_fields(self) -> list[Any]:
        return [self[name] for name in PERSON[:4]]

    def person_fields(self) -> list[Any]:
        names = (*PERSON[4:], "option", *self.wish_names, "wish_rank", "same_person")
        return [self[name] for name in names if name in self.fields]

    def guardian_fields(self) -> list[Any]:
        return [self[name] for name in self.GUARDIAN_FIELDS]

    def clean_family_name_kana(self) -> str:
        return self._kana("family_name_kana")

    def clean_given_name_kana(self) -> str:
        return self._kana("given_name_kana")

    def _kana(self, name: str) -> str:
        kana = to_katakana(self.cleaned_data[name].strip())
        if not is_katakana(kana):
            raise forms.ValidationError(
                _("フリガナに使えない文字があります。ひらがなか片仮名で入力してください。")
            )
        return kana

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        found = lookup(data.get("postal_code") or "")
        if not data.get("lg_code") and found is not None:
            data["lg_code"] = found.lg_code
        if bool(data.get("guardian_name")) != bool(data.get("guardian_relation")):
            missing = "guardian_relation" if data.get("guardian_name") else "guardian_name"
            self.add_error(missing, _("保護者の氏名と続柄は、両方を入力してください。"))
        refuse_twice(self)
        self._compare(data)
        return data

    def _compare(self, data: dict[str, Any]) -> None:
        """Whoever has applied to another call of the run gets one number: who looks like them must be told apart or not."""
        told = {name: data.get(f"{name}_name_kana", "") for name in ("family", "given")}
        self.alike = {
            row.code: row
            for row in calls.alike_elsewhere(
                self.by, self.call, family_kana=told["family"], given_kana=told["given"],
                date_of_birth=data.get("date_of_birth"), phone=data.get("phone") or "", email=data.get("email") or "",
            )
        }  # fmt: skip
        said = self.data.get(self.add_prefix("same_person"), "")
        if not self.alike and said in {"", OTHER}:
            return
        same = [(code, _same_words(row)) for code, row in self.alike.items()]
        self.fields["same_person"] = forms.ChoiceField(
            label=_("一緒に選ぶ募集に申し込んだ方"),
            choices=[*same, (OTHER, _("別の方です"))],
            widget=forms.RadioSelect,
            required=False,
            help_text=_("同じ方なら、抽選番号は一つになり、席が決まるのも一つまでです。"),
        )
        if said in {OTHER, *self.alike}:
            data["same_person"] = said
        elif self.alike:
            self.add_error(
                "same_person",
                _("同じ方かもしれない申込みがあります。同じ方か別の方かを選んでください。"),
            )
        else:
            self.add_error(
                "same_person", _("同じ方の申込みは見つかりません。氏名と生年月日を確かめてください。")
            )

    def refuse(self, error: Refused) -> None:
        """A rule's no about a field stands beside it."""
        if error.code in {"rank_taken", "rank_too_far"} and "wish_rank" in self.fields:
            self.add_error("wish_rank", format_lazy("{} {}", error.message, error.next_step))
        else:
            super().refuse(error)

    def wanted(self) -> dict[str, Any]:
        """What is wished for, and whose record it goes to, as flows.applying.enter takes it."""
        same = self.alike.get(self.cleaned_data.get("same_person", ""))
        return {
            "option": self.cleaned_data.get("option", ""),
            "wishes": chosen_wishes(self),
            "wish_rank": self.cleaned_data.get("wish_rank"),
            "person": same.person if same else None,
        }

    def profile(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PERSON}

    def guardian(self) -> dict[str, str] | None:
        if not self.cleaned_data["guardian_name"]:
            return None
        return {name: self.cleaned_data[field] for name, field in GUARDIAN.items()}

    def receipt(self) -> dict[str, Any]:
        """Channel, instant and rule. A day without a time counts from its first moment, or from the opening on it."""
        data = self.cleaned_data
        received_at = at_tokyo(data["received_day"], data["received_time"] or time(0))
        opens_at = self.call.opens_at
        if not data["received_time"] and opens_at and day_of(opens_at) == data["received_day"]:
            received_at = max(received_at, opens_at)
        return {"channel": data["channel"], "received_at": received_at, "deadline_by": data["deadline_by"]}
