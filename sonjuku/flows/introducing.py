"""A matching event's letters: asked to rank, reminded, introduced; and the giving of names to bodies, written down."""

from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import claiming
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.actions.outbox import address_of
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.matching import actions, queries, rules
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember, Side
from sonjuku.rooms.people.actions import Given, add_person, record_provisions
from sonjuku.rooms.people.models import Body, Council, Person
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused


def known(*, by: Actor, council: Council, email: str) -> Person | None:
    """The council's record with this address, if the actor may know of it; None where there is none.

    Refused: several (records are never merged by guess).
    """
    rows = Person.objects.filter(council=council).filter(
        Q(email__iexact=email) | Q(account__email__iexact=email)
    )
    if not may(by.role, "people.read"):
        rows = rows.filter(pk__in=calls.applications_visible_to(by).values("person"))
    found = list(rows[:2])
    if len(found) > 1:
        raise Refused(
            "several",
            _("このメールアドレスの記録が二つ以上あります。"),
            _("どちらの方か確かめられないため、別のメールアドレスで登録してください。"),
        )
    return found[0] if found else None


@writes
def add_member(
    *,
    by: Actor,
    event: MatchingEvent,
    side: str,
    person: Person | None,
    profile: dict[str, Any],
    body: Body | None,
    **fields: Any,
) -> MatchingMember:
    """A member; with no `person` a new record is made of `profile`. Refused as matching.actions.add_member."""
    person = person or add_person(by=by, council=event.council, fields=profile)
    return actions.add_member(by=by, event=event, side=side, person=person, body=body, **fields)


@writes
def open_event(*, by: Actor, event: MatchingEvent) -> MatchingEvent:
    """Publish the rules and ask every member to rank the other side. See matching.actions.open_event."""
    event = actions.open_event(by=by, event=event)
    for member in queries.unsubmitted(event):
        left = member.side == Side.LEFT
        _tell(
            by, event, member, "ranking_invitation", f"ranking_invitation:{member.id}", ranks_by=event.ranks_by,
            partner_title=event.right_title if left else event.left_title,
            partner_title_en=event.right_title_en if left else event.left_title_en,
        )  # fmt: skip
    return event


@writes
def void(*, by: Actor, event: MatchingEvent, reason: str, **fields: Any) -> MatchingEvent:
    """Start again with another number, and tell every member why. See matching.actions.void."""
    fresh = actions.void(by=by, event=event, reason=reason, **fields)
    until = fresh.ranks_by if rules.takes_ranks(fresh, by.at) else None
    said = {"reason": reason, "reason_en": fields.get("reason_en", ""), "ranks_by": until}
    for member in queries.standing(fresh).select_related("person__account"):
        key = f"ranking_again:{member.id}:{fresh.id}"
        _tell(by, fresh, member, "ranking_again", key, **said)
    return fresh


@writes
def remind(*, by: Actor, event: MatchingEvent) -> int:
    """Ask everyone who has handed in nothing, also those reminded before; at most one letter a day each. Returns how many."""
    return sum(_remind(by=by, member=member, again=True) for member in queries.unsubmitted(event))


def remind_due(*, by: Actor) -> int:
    """Once to each, some days before the deadline (the event says how many)."""
    return sum(_remind(by=by, member=member, again=False) for member in queries.due_for_reminder(by.at))


@writes
def _remind(*, by: Actor, member: MatchingMember, again: bool) -> bool:
    key = f"ranking_reminder:{member.id}:{day_of(by.at)}"
    if Letter.objects.filter(key=key).exists() or not actions.mark_reminded(
        by=by, member=member, again=again
    ):
        return False
    _tell(by, member.event, member, "ranking_reminder", key, ranks_by=member.event.ranks_by)
    return True


@writes
def announce(*, by: Actor, event: MatchingEvent) -> list[Introduction]:
    """Open the result: both sides of each pair hear of one another, the others that there is no introduction.

    Names that go to a body are written down as given. Announcing again does nothing. See matching.actions.announce.
    """
    found = actions.announce(by=by, event=event)
    for introduction in found.introductions:
        _write_down(by, introduction)
        for member, partner in (
            (introduction.left, introduction.right),
            (introduction.right, introduction.left),
        ):
            _introduce(by, introduction, member, partner)
    event.refresh_from_db()
    for member in found.alone:
        member.event = event
        _tell(
            by, event, member, "introduction_none", f"introduction_none:{member.id}",
            reason=_reason(member, "ja"), reason_en=_reason(member, "en"),
        )  # fmt: skip
    return found.introductions


def _reason(member: MatchingMember, language: str) -> str:
    with translation.override(language):
        return "\n".join(str(each) for each in queries.explained(member))


def _introduce(
    by: Actor, introduction: Introduction, member: MatchingMember, partner: MatchingMember
) -> None:
    person, body = partner.person, partner.body
    assert person is not None  # an introduction was made of two who agreed
    _tell(
        by, introduction.event, member, "introduction", f"introduction:{introduction.id}:{member.id}",
        about_id=introduction.id, partner_name=person.full_name, partner_body=str(body) if body else "",
        partner_body_en=body.name_en if body else "", partner_email=address_of(person), partner_phone=person.phone,
        starts_on=introduction.starts_on, ends_on=introduction.ends_on, report_due_on=introduction.report_due_on,
    )  # fmt: skip


def _write_down(by: Actor, introduction: Introduction) -> None:
    for person, to_body, consent in queries.unwritten(introduction):
        record_provisions(
            by=by, council=introduction.council, from_body=introduction.event.host, to_body=to_body, to_name="",
            items=list(rules.ITEMS), given=[Given(person, consent, introduction.id)], given_at=by.at,
        )  # fmt: skip


def _tell(
    by: Actor, event: MatchingEvent, member: MatchingMember, kind: str, key: str, **context: Any
) -> None:
    person = member.person
    if person is None:
        return
    about_id = context.pop("about_id", member.id)
    queue(
        by=by,
        council=event.council,
        kind=kind,
        context={
            "call_title": event.title, "call_title_en": event.title_en, "code": member.code, **context,
        },
        # Whoever has no account yet first makes the record their own.
        path=f"/me/matching/{member.id}/" if person.account_id else claiming.link(person),
        key=key,
        person=person,
        about_id=about_id,
    )  # fmt: skip
