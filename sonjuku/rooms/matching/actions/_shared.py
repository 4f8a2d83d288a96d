"""What every action of the room begins with: the lock, the right council and body, an allowed move."""

from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember
from sonjuku.rooms.matching.rules import may_move, takes_ranks
from sonjuku.toolbox.refusals import Refused


def own(by: Actor, event: MatchingEvent) -> None:
    """Refuse an actor of another council, and whoever doesn't act for the body that hosts the event."""
    _of_council(by, event)
    refuse_if(
        by.role != "system" and by.body_id != event.host_id,
        "other_body",
        _("このマッチングは、ほかの団体が主催しています。"),
        _("主催の団体の担当者にお願いしてください。"),
    )


def _of_council(by: Actor, event: MatchingEvent) -> None:
    refuse_if(
        by.council_id is not None and by.council_id != event.council_id,
        "other_council",
        _("ほかの協議会のデータは変えられません。"),
    )


def lock(by: Actor, event: MatchingEvent) -> MatchingEvent:
    """The event as it stands, locked, for one who runs it."""
    event = _locked(event)
    own(by, event)
    return event


def _locked(event: MatchingEvent) -> MatchingEvent:
    rows = MatchingEvent.objects.select_for_update(no_key=True, of=("self",)).select_related("council")
    return rows.get(pk=event.pk)


def lock_member(by: Actor, member: MatchingMember) -> MatchingMember:
    """The member as it stands, its event locked before it, for the person who ranks and for those who run the event."""
    event = _locked(member.event)
    rows = MatchingMember.objects.select_for_update(of=("self",)).select_related("person__account", "body")
    fresh = rows.get(pk=member.pk)
    fresh.event = event
    if by.role != "member":
        own(by, event)
        return fresh
    _of_council(by, event)
    refuse_if(
        fresh.person is None or by.account_id is None or fresh.person.account_id != by.account_id,
        "not_yours",
        _("ほかの方の希望の順は変えられません。"),
        _("ご自分のページから開いてください。"),
    )
    return fresh


def move(event: MatchingEvent, to: MatchingEvent.State) -> None:
    refuse_if(
        not may_move(event.state, to),
        "stale",
        format_lazy(
            _("このマッチングはいま「{state}」です。この操作はできません。"), state=event.get_state_display()
        ),
        _("ページを読み直して、いまの状態を確かめてください。"),
    )
    event.state = to


def must_take_ranks(member: MatchingMember, at: datetime) -> None:
    """`at`: when the order came. Refused: withdrawn, closed."""
    refuse_if(
        member.withdrawn_at is not None,
        "withdrawn",
        _("参加を取りやめているため、希望の順は出せません。"),
        _("もう一度参加したいときは、事務局へご連絡ください。"),
    )
    refuse_if(
        not takes_ranks(member.event, at),
        "closed",
        _("希望の順を受け取る期間ではありません。入力した内容は変わっていません。"),
        _("期間はこのページの上に書いてあります。"),
    )


def refuse_if(condition: bool, code: str, message: Any, next_step: Any = "") -> None:
    if condition:
        raise Refused(code, message, next_step)
