"""Forms of the letters' pages: the outbox's filter, the council's own wording."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.letters import rules
from sonjuku.rooms.letters.models import Letter
from sonjuku.web.staff.inputs import DeskForm

LANGUAGES = [("ja", "日本語"), ("en", "English")]
ANY = [("", _("すべて"))]
# What the names in a wording stand for (letters.rules names them).
MEANINGS: dict[str, Any] = {
    "council_title": _("協議会の名前"), "person_name": _("宛先の人の名前"), "call_title": _("募集の名称"), "code": _("受付番号"),
    "noun": _("申込みの呼び方"), "guardian_due": _("保護者の同意の期限"), "result_on": _("結果発表日"), "waiting_place": _("順番待ちの番号"), "waiting_places": _("希望ごとの順番待ちの番号"),
    "accepted": _("参加が決まったか"), "waitlist": _("順番待ちの呼び方"), "guardian_name": _("保護者の氏名"), "due_at": _("期限"),
    "given": _("同意したか"), "selected": _("選ばれたことの呼び方"), "confirm_by": _("参加の返事の期限"), "reason": _("理由"),
    "promotion": _("繰上げの呼び方"), "starts_on": _("始まる日"), "starts_at": _("始まる日時"), "venue": _("会場"),
    "webinar_url": _("オンライン会場のアドレス"), "period_note": _("実施期間の補足"), "withdraw": _("取下げの呼び方"), "mode": _("開催方法"),
    "obligation_title": _("参加者がすること"), "due_on": _("期限"), "badge_title": _("バッジの名前"), "change": _("どう変わったか"), "outcome": _("どうなったか"),
    "subject": _("件名"), "body": _("本文"), "request_kind": _("請求の種類"), "body_name": _("団体の名前"), "done": _("応じたか"),
    "erased_on": _("消去した日"), "role_title": _("役割の名前"), "agreement_title": _("協定の名前"), "ends_on": _("終わる日"),
    "days_left": _("残りの日数"), "url": _("通知の送り先"), "ranks_by": _("希望の順の締切"), "partner_title": _("相手の側の呼び名"),
    "partner_name": _("紹介する相手の氏名"), "partner_body": _("紹介する相手の団体"), "partner_email": _("紹介する相手のメールアドレス"),
    "partner_phone": _("紹介する相手の電話番号"), "report_due_on": _("報告の期限"), "proof_title": _("証明・バッジの名前"),
}  # fmt: skip


class LetterFilter(DeskForm):
    q = forms.CharField(label=_("宛先か件名"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("状態"), required=False, choices=[*ANY, *Letter.State.choices])
    kind = forms.ChoiceField(
        label=_("種類"),
        required=False,
        choices=[*ANY, *((key, kind.label) for key, kind in rules.KINDS.items())],
    )
    mailing = forms.UUIDField(required=False, widget=forms.HiddenInput)


class Wording(DeskForm):
    subject = forms.CharField(label=_("件名"), max_length=200)
    body = forms.CharField(label=_("本文"), widget=forms.Textarea({"rows": 14}), max_length=8000)
