"""Putting the other side in order: a draft as often as one likes, then handing it in, until the deadline."""

from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import queries, rules
from sonjuku.rooms.matching.actions._shared import lock_member, must_take_ranks, refuse_if
from sonjuku.rooms.matching.models import MatchingMember
from sonjuku.rooms.people.actions import take_consent, withdraw_consent
from sonjuku.rooms.people.models import Body, Consent

Channel = Application.Channel
TAKEN = ["ranks", "submitted_at", "channel", "title_is_public", "draft", "draft_saved_at"]


@writes
def save_draft(*, by: Actor, member: MatchingMember, groups: Any) -> MatchingMember:
    """Keep an unfinished order; it counts for nothing, and what was handed in before stays handed in.

    Refused: withdrawn, closed, not_yours, malformed, unknown_partner, twice. A list that is too long may be kept.
    """
    member = lock_member(by, member)
    must_take_ranks(member, by.at)
    _check(member, groups, most=None)
    is_first = member.draft_saved_at is None
    member.draft, member.draft_saved_at = groups, by.at
    member.save(update_fields=["draft", "draft_saved_at"])
    if is_first:  # each press of an arrow saves: the journal need not hold them all
        record(by=by, verb="matching_member.drafted", subject=member, for_person_id=member.person_id)
    return member


@writes
def submit_ranks(
    *, by: Actor, member: MatchingMember, groups: Any, agrees: bool, title_is_public: bool = False, text: str
) -> MatchingMember:
    """Hand the order in; the last one before the deadline counts. `agrees`: to name and contact going to the partner found;
    `text`: what they read when they agreed.

    Refused: withdrawn, closed, not_yours, no_consent, empty, malformed, unknown_partner, twice, too_many.
    """
    member = lock_member(by, member)
    must_take_ranks(member, by.at)
    take_order(by, member, groups, by.at, Channel.WEB, agrees, text)
    member.draft, member.draft_saved_at, member.title_is_public = groups, by.at, title_is_public
    member.save(update_fields=TAKEN)
    record(by=by, verb="matching_member.submitted", subject=member, for_person_id=member.person_id)
    return member


def take_order(
    by: Actor, member: MatchingMember, groups: Any, at: datetime, channel: str, agrees: bool, text: str
) -> None:
    """What every order must be, with its consent; put on the member, who is saved by the caller (TAKEN)."""
    refuse_if(
        not agrees,
        "no_consent",
        _("紹介に同意する印がありません。同意がないと、相手にご紹介できません。"),
        _("文を読んで、よければ印を付けてから、もう一度出してください。入力した順は残っています。"),
    )
    _check(member, groups, most=member.event.max_wishes)
    refuse_if(
        not groups,
        "empty",
        _("希望する相手が一つも選ばれていません。"),
        _("一つ以上選んでください。参加をやめるときは、下の「参加を取りやめる」を使ってください。"),
    )
    _consent(by, member, groups, channel, text)
    member.ranks, member.submitted_at, member.channel = groups, at, channel


def _check(member: MatchingMember, groups: Any, *, most: int | None) -> None:
    known = {partner.id for partner in queries.partners(member)}
    problem = rules.ranking_problem(groups, known, most)
    refuse_if(
        problem == "too_many",
        problem,
        format_lazy(_("順番を付けられる相手は{most}までです。"), most=most),
        _("希望の低い相手を「希望しない」にしてください。"),
    )
    refuse_if(
        bool(problem),
        problem,
        _("相手の一覧が変わったため、受け取れませんでした。"),
        _("ページを読み直して、もう一度順番を付けてください。"),
    )


def _consent(by: Actor, member: MatchingMember, groups: rules.Groups, channel: str, text: str) -> None:
    """One standing consent that names everyone the member may be introduced to; a new one when those change."""
    assert member.person is not None  # lock_member let nobody else in, enter_ranks asked
    how = Consent.Channel.WEB if channel == Channel.WEB else Consent.Channel.PAPER
    receivers = _receivers(groups)
    standing = queries.own_consents([member]).get(member.id)
    if standing is not None and standing.receivers != receivers:
        withdraw_consent(by=by, consent=standing)
    take_consent(
        by=by, person=member.person, purpose=Consent.Purpose.PROVISION, about_id=member.id, channel=how,
        text=text, text_version=rules.TEXT_VERSION, receivers=receivers, items=rules.ITEMS,
    )  # fmt: skip


def _receivers(groups: rules.Groups) -> list[str]:
    """The bodies among those listed by name, the others by the title they are known by until then."""
    rows = MatchingMember.objects.filter(pk__in=[key for group in groups for key in group])
    return sorted(receiver_name(row.body, row.title) for row in rows.select_related("body"))


def receiver_name(body: Body | None, title: str) -> str:
    """The name under which a consent and a record of giving know this receiver."""
    return str(body) if body else title


@writes
def mark_reminded(*, by: Actor, member: MatchingMember, again: bool = False) -> bool:
    """Note that a reminder goes out now; False if it isn't needed (handed in, withdrawn, over) or, unless `again`, was sent."""
    member = lock_member(by, member)
    done = member.submitted_at or member.withdrawn_at or (member.reminded_at and not again)
    if done or member.person is None or not rules.takes_ranks(member.event, by.at):
        return False
    member.reminded_at = by.at
    member.save(update_fields=["reminded_at"])
    record(by=by, verb="matching_member.reminded", subject=member, for_person_id=member.person_id)
    return True
