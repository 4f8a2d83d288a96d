"""An application's standing in plain words: what it is, what comes next and when. Nothing that is still sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.queries import Waiting
from sonjuku.rooms.calls.rules import REAPPLY_FROM, answer_until, reason_text, words
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.dates import format_date, format_deadline

A = Application.State
# What flows.guarding writes into consents, so that an English reader finds it in the catalogue.
ITEMS = [
    gettext_noop("氏名"), gettext_noop("フリガナ"), gettext_noop("生年月日"), gettext_noop("住所"), gettext_noop("連絡先"),
    gettext_noop("在学の状況"), gettext_noop("申込みの回答"), gettext_noop("申込みの状態"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """`label` for lists and tags, `title` and `text` for the page, `tone` as the templates' tags take it."""

    label: Any
    title: Any
    text: Any
    tone: str
    reasons: tuple[Any, ...] = ()


def awaits_guardian(application: Application, consent: Consent | None) -> bool:
    """Whether a guardian's answer is what this application waits for."""
    if (
        not application.needs_guardian
        or application.state in Application.ENDED
        or application.state == A.ACCEPTED
    ):
        return False
    return consent is None or (consent.given_at is None and consent.refused_at is None)


def guardian_until(application: Application, consent: Consent | None) -> datetime | None:
    """Until when (exclusive) the guardian may answer; the same instant that flows.guarding refuses at."""
    if consent is None or consent.due_at is None:
        return None
    # A first-come application that is merely submitted holds its seat for the guardian.
    return answer_until(application.call, due_at=consent.due_at, holds_seat=application.call.is_immediate)


def standing(
    application: Application, consent: Consent | None = None, places: Sequence[Waiting] = ()
) -> Standing:
    """`consent`: the guardian's, if one was asked; `places` as calls.queries.waiting_places gives them."""
    call, said = application.call, words(application.call)
    if application.state == A.SUBMITTED and awaits_guardian(application, consent):
        return _waiting_for_guardian(application, consent)
    if application.state == A.SUBMITTED:
        title = format_lazy(_("{noun}を受け付けました"), noun=said.noun)
        return Standing(_("受付済み"), title, _result_text(call), "key")
    if application.state == A.OFFERED:
        label, title = offer_words(call)
        return Standing(
            label,
            title,
            format_lazy(_("参加するときは、{until}確認してください。確認がないと、席は次の方に回ります。"), until=_until(application.confirm_by)),
            "warn",
        )  # fmt: skip
    if application.state == A.ACCEPTED:
        return Standing(
            _("参加確定"), _("参加が決まりました"), _("当日は、参加券の画面を受付で見せてください。"), "ok"
        )
    if application.state == A.WAITLISTED:
        title, lines = in_line(said.waitlist, places)
        return Standing(
            said.waitlist,
            title,
            _("空きが出たら、順番にお知らせします。お待ちいただく間の手続きはありません。"),
            "warn",
            lines,
        )
    return _ended(application, said)


def in_line(waitlist: Any, places: Sequence[Waiting]) -> tuple[Any, tuple[Any, ...]]:
    """A title with the one place in line, or a title and a line for each option that is waited for."""
    if not places:
        return waitlist, ()
    if len(places) == 1:
        return format_lazy(
            _("いま、{waitlist}の{place}番目です"), waitlist=waitlist, place=places[0].place
        ), ()
    english = (get_language() or "ja").startswith("en")
    lines = tuple(
        format_lazy(_("「{option}」は、いま{place}番目です"), option=each.option_en if english else each.option, place=each.place)
        for each in places
    )  # fmt: skip
    return waitlist, lines


def offer_words(call: Call) -> tuple[Any, Any]:
    """Label and title of an offer: a seat that came free, an invitation, or the result of a selection."""
    if call.is_immediate:
        return _("確認待ち"), _("席が空きました")
    if call.selection == Call.Selection.INVITATION:
        return _("確認待ち"), _("参加のご案内が届いています")
    selected = words(call).selected
    return format_lazy(_("{selected}・確認待ち"), selected=selected), format_lazy(
        _("結果：{selected}"), selected=selected
    )


def _waiting_for_guardian(application: Application, consent: Consent | None) -> Standing:
    call, until = application.call, _until(guardian_until(application, consent))
    if call.is_immediate:
        text = format_lazy(
            _("席を確保しています。{until}保護者の同意がないと、席は次の方に回ります。"), until=until
        )
    else:
        text = format_lazy(
            _("受付は済んでいます。{until}保護者の方にお答えいただいてください。{rule}。"),
            until=until,
            rule=call.get_consent_late_display(),
        )
    return Standing(_("保護者の同意待ち"), _("保護者の同意を待っています"), text, "warn")


def _ended(application: Application, said: Any) -> Standing:
    call = application.call
    reasons = tuple(reason_text(each) for each in application.ineligible_reasons)
    if application.state == A.NOT_SELECTED:
        return Standing(said.not_selected, format_lazy(_("結果：{result}"), result=said.not_selected),
                        _("今回は席をご用意できませんでした。ご希望に添えず、申し訳ありません。"), "plain")  # fmt: skip
    if application.state == A.INELIGIBLE:
        return Standing(
            _("対象外"),
            _("対象外となりました"),
            _("理由は次のとおりです。ご不明な点は、問合せ先にご連絡ください。"),
            "bad",
            reasons,
        )
    if application.state == A.LAPSED:
        return Standing(
            _("期限切れ"),
            _("期限が過ぎました"),
            _("確認の期限が過ぎたため、席は次の方に回りました。"),
            "bad",
            reasons,
        )
    again = (
        _("受付中は、もう一度申し込めます。順番は最後になります。")
        if call.state == Call.State.OPEN and application.state in REAPPLY_FROM
        else ""
    )
    if application.state == A.DECLINED:
        return Standing(said.decline, _("辞退しました"), again, "plain")
    return Standing(said.withdraw, _("取り下げました"), again, "plain")


def _result_text(call: Call) -> Any:
    if call.result_on is None:
        return _("結果は、決まり次第お知らせします。")
    day = format_date(call.result_on, get_language() or "ja")
    return format_lazy(_("結果は {day}に、お知らせします。それまでの手続きはありません。"), day=day)


def _until(at: datetime | None) -> str:
    """`11月30日（月）までに` or `by Mon 30 Nov`, to stand inside a sentence; nothing without an instant."""
    if at is None:
        return ""
    language = get_language() or "ja"
    said = format_deadline(at, language)
    return f"{said}に" if language.startswith("ja") else f"by {said.removeprefix('until ')}"


def items_of(consent: Consent) -> str:
    """What is kept, as one line in the reader's language."""
    mark = "、" if (get_language() or "ja").startswith("ja") else ", "
    return mark.join(gettext(item) for item in consent.items)
