"""Who takes part: added one by one or from those who already take part in a call; leaving until the freeze."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import queries, rules
from sonjuku.rooms.matching.actions._shared import lock, lock_member, refuse_if
from sonjuku.rooms.matching.models import MatchingEvent, MatchingMember, Side
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.participation.queries import participations_visible_to
from sonjuku.rooms.people.actions import answer_consent, ask_consent, name_guardian
from sonjuku.rooms.people.models import Body, Consent, Guardian, Person

R = MatchingEvent.State
WORDS = ("title", "title_en", "about", "about_en")
BOUNDS = ("least", "most")


@writes
def add_member(
    *, by: Actor, event: MatchingEvent, side: str, person: Person, body: Body | None = None, **fields: Any
) -> MatchingMember:
    """`person` ranks, for themselves or for `body`. `fields`: WORDS and, on the right, BOUNDS.

    Refused: published (sides are fixed once the rules are out), twice, wrong_bounds, no_title, other_council, other_body.
    """
    event = lock(by, event)
    _must_be_prepared(event)
    strangers = [row for row in (person, body) if row is not None and row.council_id != event.council_id]
    refuse_if(bool(strangers), "other_council", _("ほかの協議会のデータは使えません。"))
    same = Q(body=body) if body else Q(person=person, body__isnull=True)
    refuse_if(
        event.members.filter(same).exists(),
        "twice",
        _("この参加者は、もう加わっています。"),
        _("下の一覧を確かめてください。"),
    )
    member = MatchingMember(
        council_id=event.council_id, event=event, side=side, person=person, body=body, created_at=by.at
    )
    _put(member, fields)
    member.save(force_insert=True)
    record(by=by, verb="matching_member.added", subject=member, for_person_id=person.id)
    return member


@writes
def add_from_call(*, by: Actor, event: MatchingEvent, side: str, call: Call) -> list[MatchingMember]:
    """Everyone whose place in the call was accepted (taking part or completed) and who isn't in the event yet.

    Their titles are numbers at first: a name is never shown to the other side. Refused as `add_member`; nobody.
    """
    event = lock(by, event)
    _must_be_prepared(event)
    rows = participations_visible_to(by).filter(
        call=call, state__in=[Participation.State.ACTIVE, Participation.State.COMPLETED]
    )
    known = set(event.members.filter(body__isnull=True).values_list("person_id", flat=True))
    new = [row.person for row in rows.order_by("code") if row.person_id not in known]
    refuse_if(
        not new,
        "nobody",
        _("この募集には、まだ加わっていない参加者がいません。"),
        _("参加が確定した人だけが加わります。ほかの募集を選んでください。"),
    )
    name, name_en = _names(event, side)
    number = event.members.filter(side=side).count()
    return [
        add_member(
            by=by, event=event, side=side, person=person, title=f"{name} {number + at}",
            title_en=f"{name_en} {number + at}" if name_en else "",
        )
        for at, person in enumerate(new, 1)
    ]  # fmt: skip


def _names(event: MatchingEvent, side: str) -> tuple[str, str]:
    if side == Side.LEFT:
        return event.left_title, event.left_title_en
    return event.right_title, event.right_title_en


@writes
def change_member(*, by: Actor, member: MatchingMember, **fields: Any) -> MatchingMember:
    """Change WORDS until the freeze, BOUNDS until the rules are published. Refused: published, stale, wrong_bounds, no_title."""
    member = lock_member(by, member)
    changed = {name: value for name, value in fields.items() if getattr(member, name) != value}
    if set(changed) & set(BOUNDS):
        _must_be_prepared(member.event)
    _must_be_unfrozen(member.event)
    if changed:
        _put(member, changed)
        member.save()
        record(
            by=by, verb="matching_member.changed", subject=member, for_person_id=member.person_id,
            field_names=changed,
        )  # fmt: skip
    return member


def _put(member: MatchingMember, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - {*WORDS, *BOUNDS}:
        raise ValueError(f"unknown_fields: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(member, name, value)
    if member.side == Side.LEFT:
        member.least, member.most = 0, 1
    refuse_if(
        not member.title.strip(),
        "no_title",
        _("相手に見せる題名がありません。"),
        _("氏名を書かずに、何が得意か、何に困っているかを一行で書いてください。"),
    )
    refuse_if(
        not (0 <= member.least <= member.most and member.most >= 1),
        "wrong_bounds",
        _("最少の人数が、最大の人数より多くなっています。"),
        _("最大は1以上、最少はそれ以下にしてください。"),
    )


@writes
def take_guardian_paper(*, by: Actor, member: MatchingMember, name: str, relation: str) -> Consent:
    """Staff hold a guardian's signed paper: without it, a minor's order doesn't count (queries.minors). Until the freeze.

    Refused: stale, no_need (not a minor), incomplete, other_body, same_address.
    """
    member = lock_member(by, member)
    _must_be_unfrozen(member.event)
    refuse_if(
        member.id not in queries.minors([member]),
        "no_need",
        _("この方には、保護者の同意は要りません。"),
    )
    refuse_if(
        not name.strip() or not relation.strip(),
        "incomplete",
        _("保護者の氏名か続柄がありません。"),
        _("同意書のとおりに入力してください。"),
    )
    assert member.person is not None  # a member without a person is no minor
    guardian = name_guardian(by=by, person=member.person, name=name, relation=relation)
    consent = ask_consent(
        by=by, person=member.person, purpose=Consent.Purpose.GUARDIAN, about_id=member.id, guardian=guardian,
        text=rules.GUARDIAN_TEXT, text_version=rules.TEXT_VERSION, receivers=[], items=rules.ITEMS,
    )  # fmt: skip
    return answer_consent(
        by=by, consent=consent, given=True, channel=Consent.Channel.PAPER, checked=Guardian.Checked.PAPER
    )


@writes
def withdraw_member(*, by: Actor, member: MatchingMember) -> MatchingMember:
    """Leave the event, until its list is frozen. A second time changes nothing. Refused: stale, not_yours, other_body."""
    member = lock_member(by, member)
    _must_be_unfrozen(member.event)
    if member.withdrawn_at is None:
        member.withdrawn_at = by.at
        member.save(update_fields=["withdrawn_at"])
        record(by=by, verb="matching_member.withdrawn", subject=member, for_person_id=member.person_id)
    return member


@writes
def forget_person(*, by: Actor, person: Person) -> int:
    """Before a person is erased: their own memberships and introductions go. A firm they answered for stays, without
    an answer of theirs. Published texts hold codes only. Returns how many memberships went."""
    mine = MatchingMember.objects.filter(person=person)
    for member in mine.filter(body__isnull=True):
        record(by=by, verb="matching_member.removed", subject=member, for_person_id=person.id)
    answered = mine.filter(body__isnull=False, event__state__in=[R.PREPARED, R.PUBLISHED])
    answered.update(draft=[], draft_saved_at=None, ranks=[], submitted_at=None, title_is_public=False)
    gone = mine.filter(body__isnull=True)
    number = gone.count()
    gone.delete()
    return number


def _must_be_prepared(event: MatchingEvent) -> None:
    refuse_if(
        event.state != R.PREPARED,
        "published",
        _("規則を公開したあとは、参加者と人数を変えられません。"),
        _("参加を取りやめることは、一覧を固定するまでできます。"),
    )


def _must_be_unfrozen(event: MatchingEvent) -> None:
    refuse_if(
        event.state not in (R.PREPARED, R.PUBLISHED),
        "stale",
        _("一覧を固定したあとは、変えられません。"),
        _("結果が出るまでお待ちください。困ったことがあれば、事務局へご連絡ください。"),
    )
