"""What staff type in for a member: an order that came on paper or by telephone."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching.actions._shared import lock_member, must_take_ranks, refuse_if
from sonjuku.rooms.matching.actions.ranking import TAKEN, take_order
from sonjuku.rooms.matching.models import MatchingMember


@writes
def enter_ranks(
    *, by: Actor, member: MatchingMember, groups: Any, channel: str, received_at: datetime, agrees: bool,
    title_is_public: bool = False, text: str,
) -> MatchingMember:  # fmt: skip
    """Staff type in an order that came on paper, by FAX or by telephone, until the freeze. It counts from when it came,
    and the member may change it until the deadline. `channel`: an Application.Channel other than web.

    Refused: not_yet, newer (the member handed one in after it came), and all of submit_ranks.
    """
    member = lock_member(by, member)
    refuse_if(
        received_at > by.at,
        "not_yet",
        _("届いた日時が、いまより後になっています。"),
        _("日付と時刻を確かめてください。"),
    )
    must_take_ranks(member, received_at)
    refuse_if(
        member.submitted_at is not None and member.submitted_at > received_at,
        "newer",
        _("これより後に届いた希望の順が、もう受け取られています。"),
        _("最後に届いたものを数えます。新しい方を残すため、入力しませんでした。"),
    )
    refuse_if(member.person is None, "no_person", _("この団体には、担当者がいません。"))
    take_order(by, member, groups, received_at, channel, agrees, text)
    member.title_is_public = title_is_public
    if member.draft_saved_at is None or member.draft_saved_at <= received_at:
        member.draft, member.draft_saved_at = groups, received_at
    member.save(update_fields=TAKEN)
    record(
        by=by, verb="matching_member.entered", subject=member, for_person_id=member.person_id,
        field_names=["channel", "received_at"],
    )  # fmt: skip
    return member
