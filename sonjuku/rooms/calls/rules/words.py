"""The words of a call follow what it is: a course takes 申込み, a review 応募, a loan 申請."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.rooms.calls.models import Call


class Words(NamedTuple):
    """Lazily translated words of one call, ready for a page or a letter."""

    noun: Any
    apply_verb: Any
    waitlist: Any
    promotion: Any
    withdraw: Any
    decline: Any
    selected: Any
    not_selected: Any


_APPLYING = {
    Call.Noun.MOUSHIKOMI: (_("申込み"), _("申し込む")),
    Call.Noun.OUBO: (_("応募"), _("応募する")),
    Call.Noun.SHINSEI: (_("申請"), _("申請する")),
}


def words(call: Call) -> Words:
    """The words for this call's noun and way of selection. 採択 belongs to a 公募 alone."""
    noun, verb = _APPLYING[Call.Noun(call.noun)]
    first_come = call.selection == Call.Selection.FIRST_COME
    selected, not_selected = _result_words(call)
    return Words(
        noun=noun,
        apply_verb=verb,
        waitlist=_("キャンセル待ち") if first_come else _("補欠"),
        promotion=_("空席のご案内") if first_come else _("繰上げ"),
        withdraw=_("取下げ"),
        decline=_("辞退"),
        selected=selected,
        not_selected=not_selected,
    )


def _result_words(call: Call) -> tuple[Any, Any]:
    if call.uses_draw:
        return _("当選"), _("選外")
    if call.selection == Call.Selection.REVIEW:
        if call.noun == Call.Noun.OUBO and not call.is_restricted:
            return _("採択"), _("不採択")
        return _("選定"), _("選外")
    return pgettext_lazy("結果", "参加"), _("選外")
