"""Forms of the applicants' pages: filters, bulk actions, what is done to one application."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Application, EligibilityRule
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Obligation
from sonjuku.rooms.people.models import Guardian
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.kana import to_katakana
from sonjuku.web.staff.inputs import DeskForm, dress, in_words, rows_field
from sonjuku.web.staff.rows import waiting_for_guardian

SORTS = {
    "submitted": ("submitted_at", "id"),
    "-submitted": ("-submitted_at", "-id"),
    "name": ("person__family_name_kana", "person__given_name_kana", "id"),
    "code": ("code",),
    "state": ("state", "submitted_at", "id"),
    "rank": ("rank", "submitted_at", "id"),
}
ANY = [("", _("すべて"))]


class Filter(DeskForm):
    """GET parameters of the applicants' table; what isn't understood is ignored."""

    q = forms.CharField(label=_("氏名・フリガナ・受付番号"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[*ANY, *Application.State.choices[1:]])
    guardian = forms.ChoiceField(
        label=_("保護者の同意"),
        required=False,
        choices=[*ANY, ("waiting", _("同意待ち")), ("none", _("不要"))],
    )
    residence = forms.ChoiceField(
        label=_("住まい"),
        required=False,
        choices=[*ANY, ("in", _("域内")), ("out", _("域外")), ("unknown", _("不明"))],
    )
    channel = forms.ChoiceField(
        label=_("受付の方法"), required=False,
        choices=[*ANY, *Application.Channel.choices, ("unchecked", _("照合していない紙の申込み"))],
    )  # fmt: skip
    certified = forms.ChoiceField(
        label=_("ほかで受けた証明"), required=False, choices=[*ANY, ("yes", _("確認済みの証明がある人だけ"))]
    )
    sort = forms.ChoiceField(
        label=_("並べ方"), required=False,
        choices=[
            ("-submitted", _("受付の新しい順")), ("submitted", _("受付の古い順")), ("name", _("氏名の順")),
            ("code", _("受付番号の順")), ("state", _("状態の順")), ("rank", _("順位の順")),
        ],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        self.actor = actor
        super().__init__(data)

    def apply(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        data = self.cleaned_data if self.is_valid() else {}
        for name, value in data.items():
            if value and name != "sort":
                rows = getattr(self, f"_by_{name}")(rows, value)
        return rows.order_by(*SORTS[data.get("sort") or "-submitted"])

    def _by_q(self, rows: QuerySet[Application], text: str) -> QuerySet[Application]:
        for word in text.split():
            kana = to_katakana(word)
            rows = rows.filter(
                Q(code__icontains=word)
                | Q(person__family_name__icontains=word)
                | Q(person__given_name__icontains=word)
                | Q(person__family_name_kana__icontains=kana)
                | Q(person__given_name_kana__icontains=kana)
            )
        return rows

    def _by_state(self, rows: QuerySet[Application], state: str) -> QuerySet[Application]:
        return rows.filter(state=state)

    def _by_guardian(self, rows: QuerySet[Application], which: str) -> QuerySet[Application]:
        return waiting_for_guardian(rows) if which == "waiting" else rows.filter(needs_guardian=False)

    def _by_residence(self, rows: QuerySet[Application], where: str) -> QuerySet[Application]:
        return rows.filter(out_of_area={"in": False, "out": True, "unknown": None}[where])

    def _by_certified(self, rows: QuerySet[Application], _yes: str) -> QuerySet[Application]:
        """Those with a certificate that the own body checked and that holds today."""
        kinds = outside.kinds_visible_to(self.actor)
        return rows.filter(person__in=outside.holders_of_a_certificate(day_of(self.actor.at), kinds))

    def _by_channel(self, rows: QuerySet[Application], channel: str) -> QuerySet[Application]:
        if channel == "unchecked":
            return unchecked(rows)
        return rows.filter(channel=channel)


def unchecked(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Entered by staff from paper and not yet compared with it by a second person."""
    return rows.exclude(channel__in=[Application.Channel.WEB, Application.Channel.IMPORT]).filter(
        checked_at__isnull=True
    )


CHECKED_FACTS = [
    (EligibilityRule.Kind.RESIDENCE_IN.value, _("住所")),
    (EligibilityRule.Kind.SCHOOL_STAGE.value, _("在学")),
    (EligibilityRule.Kind.AGE.value, _("生年月日")),
]


class FactCheckForm(DeskForm):
    fact = forms.ChoiceField(label=_("確かめたこと"), choices=CHECKED_FACTS)
    how = forms.CharField(
        label=_("確かめ方"), max_length=140, help_text=_("例：窓口で住民票を見た。写しは残さないでください。")
    )


class BulkForm(DeskForm):
    """What to do with the ticked applications. Ids that aren't visible are left out by the view."""

    ids = forms.TypedMultipleChoiceField(
        coerce=uuid.UUID, choices=(), required=True, widget=forms.MultipleHiddenInput,
        error_messages={"required": _("申込みが選ばれていません。左の欄で選んでから、もう一度押してください。")},
    )  # fmt: skip
    do = forms.ChoiceField(
        label=_("選んだ申込みを"),
        choices=[
            ("remind", _("保護者に再度ご案内する")), ("message", _("本人にお知らせを送る")), ("fact", _("確認済みにする")),
        ],
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["ids"].valid_value = self._is_id  # type: ignore[attr-defined]

    def explain(self) -> None:
        """The messages of this form are its own."""

    @staticmethod
    def _is_id(value: str) -> bool:
        try:
            uuid.UUID(str(value))
        except ValueError:
            return False
        return True


class MessageForm(DeskForm):
    subject = forms.CharField(label=_("件名"), max_length=120)
    body = forms.CharField(label=_("本文"), widget=forms.Textarea({"rows": 8}), max_length=4000)


class PaperConsent(DeskForm):
    """A guardian's answer that came on paper, over the counter or through the school."""

    given = forms.ChoiceField(
        label=_("保護者の回答"),
        choices=[("yes", _("同意する")), ("no", _("同意しない"))],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("保護者の氏名（署名のとおり）"), max_length=120)
    relation = forms.CharField(label=_("続柄"), max_length=40)
    checked = forms.ChoiceField(
        label=_("保護者であることの確かめ方"),
        choices=[
            (value, label) for value, label in Guardian.Checked.choices if value != Guardian.Checked.NOT_YET
        ],
    )


class Exclusion(DeskForm):
    reason = forms.CharField(label=_("理由（本人に知らされます）"), max_length=200)


class DecisionNote(DeskForm):
    note = forms.CharField(
        label=_("選んだ理由・選ばなかった理由（発表のあと、本人に知らされます）"),
        max_length=400,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("ほかの応募者の名前や点は書きません。"),
    )


class Waiver(DeskForm):
    """Excuse the applicant from one of the obligations that are still open."""

    owed = rows_field(_("免除すること"), empty_label=None)
    waived_reason = forms.CharField(label=_("免除の理由（本人に知らされます）"), max_length=200)

    def __init__(self, data: Any, *, owed: QuerySet[Obligation]) -> None:
        self.open = owed
        super().__init__(data)

    def explain(self) -> None:
        dress(self.fields["owed"], rows=self.open)
        self.fields["owed"].label_from_instance = lambda row: in_words(row.rule, "title")  # type: ignore[attr-defined]
        super().explain()
