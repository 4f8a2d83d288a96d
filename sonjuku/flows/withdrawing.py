"""A person takes a consent back: what follows is said before, and done with it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions import forget_companions
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.calls.rules import words
from sonjuku.rooms.credentials.actions import set_visibility, withdraw_share
from sonjuku.rooms.credentials.models import Award, ShareLink
from sonjuku.rooms.forms.actions import erase_answer
from sonjuku.rooms.forms.models import Answer
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import withdraw_consent
from sonjuku.rooms.people.models import Consent
from sonjuku.rooms.people.rules import WITHDRAWABLE
from sonjuku.toolbox.refusals import Refused

P = Consent.Purpose
FOLLOWS: dict[str, Any] = {
    P.APPLICATION: _("これからは、この申込みの情報を使いません。記録は、保存の期間が終わるまで残ります。早く消したいときは、消去を請求してください。"),
    P.SENSITIVE: _("この回答を、すぐに消去します。元に戻せません。"),
    P.PROVISION: _("これからは、書かれた相手に渡しません。すでに渡したものは、渡した相手に消去や停止を求められます。"),
    P.BADGE_PUBLIC: _("バッジのページは、すぐに見られなくなります。あなたが渡したバッジのファイルは、その先に残ります。"),
    P.SCHOOL_STATUS: _("学校の担当者は、この申込みの状態を、すぐに見られなくなります。"),
    P.COMPANIONS: _("一緒に参加した人の氏名などを、すぐに消去します。元に戻せません。"),
    P.IMAGE: _("これからは、あなたの写真や映像を使いません。公開済みのものは、利用停止を請求してください。"),
}  # fmt: skip


def may_withdraw(consent: Consent) -> bool:
    """Whether the person can take this back alone: it stands, and it is their own word."""
    return consent.holds and consent.purpose in WITHDRAWABLE


def calls_of(consents: Iterable[Consent]) -> dict[UUID | None, Call]:
    """The call that each consent was given for, by the id of the row that it is about."""
    about = [consent.about_id for consent in consents if consent.about_id]
    rows = Application.objects.filter(pk__in=about).select_related("call")
    return {row.pk: row.call for row in rows}


@writes
def withdraw(*, by: Actor, consent: Consent) -> None:
    """Refused: not_yours_to_withdraw (a guardian's, or none that stands), still_applying (the application goes first)."""
    if not may_withdraw(consent):
        raise Refused(
            "not_yours_to_withdraw",
            _("この同意は、ここでは取り消せません。"),
            _("保護者の同意は、保護者の方が事務局へお申し出ください。"),
        )
    if consent.purpose in {P.APPLICATION, P.COMPANIONS}:
        _must_have_ended(consent)
    award = Award.objects.filter(pk=consent.about_id).first() if consent.about_id else None
    if award is not None and consent.purpose in {P.BADGE_PUBLIC, P.PROVISION}:
        set_visibility(by=by, award=award, visibility=Award.Visibility.PRIVATE)
    if consent.about_id:
        for link in ShareLink.objects.filter(pk=consent.about_id, person_id=consent.person_id):
            withdraw_share(by=by, link=link)
    withdraw_consent(by=by, consent=consent)
    if consent.purpose == P.COMPANIONS and consent.about_id:
        for application in Application.objects.filter(pk=consent.about_id, person_id=consent.person_id):
            forget_companions(by=by, application=application)
    if consent.purpose == P.SENSITIVE and consent.about_id:
        for answer in Answer.objects.filter(pk=consent.about_id, response__person_id=consent.person_id):
            erase_answer(by=by, answer=answer)


def _must_have_ended(consent: Consent) -> None:
    rows = Application.objects.select_related("call")
    row = rows.filter(pk=consent.about_id).first() if consent.about_id else None
    over = Application.ENDED | {Application.State.DRAFT}
    if row is None or row.state in over or row.call.state == row.call.State.FINISHED:
        return
    raise Refused(
        "still_applying",
        format_lazy(_("この{noun}が続いているあいだは、取り消せません。"), noun=words(row.call).noun),
        _("先に、申込みのページで取下げか辞退をしてください。"),
    )
