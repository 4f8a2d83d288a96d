"""Shared reads of matching events. `*_visible_to(actor)` is the only way a page gets rows."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from sonjuku.engines.selection import wire_match
from sonjuku.engines.selection.match import Left, Right
from sonjuku.engines.selection.wire import ENGINE, FORMAT, HEAD, NONE
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import rules
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember, Side
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Consent, Council, Person, ProvisionRecord
from sonjuku.rooms.people.rules import may, needs_guardian
from sonjuku.toolbox.dates import day_of

R = MatchingEvent.State
PUBLIC_STATES = (R.PUBLISHED, R.FROZEN, R.DRAWN, R.ANNOUNCED, R.VOIDED)


class Partner(NamedTuple):
    """One of the other side as a member may know them before an introduction: no name, no address."""

    id: str
    title: str
    title_en: str
    about: str
    about_en: str


class Pair(NamedTuple):
    left: MatchingMember
    right: MatchingMember


class Handing(NamedTuple):
    """A person's name and address go to a body, as this consent allows."""

    person: Person
    to_body: Body
    consent: Consent


class Outcome(NamedTuple):
    """What was drawn, read back from the published texts: codes on both sides (`rankings`: of those in the list), ceilings lowered or not."""

    rankings: dict[str, tuple[tuple[str, ...], ...]]
    partners: dict[str, list[str]]
    lowered: bool


def events_visible_to(actor: Actor) -> QuerySet[MatchingEvent]:
    """Those whom the host lets run selections see its events, drafts too. Everybody else: none (see `event_at`)."""
    rows = MatchingEvent.objects.select_related("council", "host", "corrects")
    if may(actor.role, "selection.run") and actor.council_id and actor.body_id:
        return rows.filter(council_id=actor.council_id, host_id=actor.body_id)
    return rows.none()


def event_at(council: Council, code: str) -> MatchingEvent | None:
    """What anybody may know of: the event at a public address, once its rules are published."""
    rows = MatchingEvent.objects.filter(council=council, state__in=PUBLIC_STATES, code=code)
    return rows.select_related("council", "corrects").first()


def successor(event: MatchingEvent) -> MatchingEvent | None:
    """The event that took the place of one that was declared void."""
    return MatchingEvent.objects.filter(corrects=event).first() if event.state == R.VOIDED else None


def members_visible_to(actor: Actor) -> QuerySet[MatchingMember]:
    """Members: those they answer for themselves, once the rules are published. Staff: those of their body's events."""
    rows = MatchingMember.objects.select_related("event__council", "person__account", "body")
    if actor.role == "member" and actor.account_id:
        return rows.filter(person__account_id=actor.account_id, event__state__in=PUBLIC_STATES)
    if actor.role == "member":
        return rows.none()
    return rows.filter(event__in=events_visible_to(actor))


def introductions_visible_to(actor: Actor) -> QuerySet[Introduction]:
    """Members: their own. Staff: those of their body's events."""
    rows = Introduction.objects.select_related(
        "event", "council", "left__person", "left__body", "right__person", "right__body"
    )
    if actor.role == "member":
        if not actor.account_id:
            return rows.none()
        mine = Q(left__person__account_id=actor.account_id) | Q(right__person__account_id=actor.account_id)
        return rows.filter(mine)
    return rows.filter(event__in=events_visible_to(actor))


def overdue(rows: QuerySet[Introduction], day: date) -> QuerySet[Introduction]:
    """As rules.is_overdue says."""
    return rows.filter(state=Introduction.State.ACTIVE, report_due_on__lt=day)


def standing(event: MatchingEvent) -> QuerySet[MatchingMember]:
    """Members who have not withdrawn."""
    return event.members.filter(withdrawn_at__isnull=True)


def partners(member: MatchingMember) -> list[Partner]:
    """Whom the member may rank, in the order of their random codes: nobody stands first by rank or by name."""
    rows = standing(member.event).exclude(side=member.side).order_by("code")
    return [
        Partner(str(row[0]), *row[1:])
        for row in rows.values_list("id", "title", "title_en", "about", "about_en")
    ]


def leasts(event: MatchingEvent) -> list[int]:
    return list(event.members.filter(side=Side.RIGHT).values_list("least", flat=True))


def progress(event: MatchingEvent) -> list[dict[str, Any]]:
    """How far each side is: members, submitted, only a draft. Never what anybody wrote."""
    found = {
        row["side"]: row
        for row in standing(event)
        .order_by()
        .values("side")
        .annotate(
            all=Count("id"),
            submitted=Count("id", filter=Q(submitted_at__isnull=False)),
            drafts=Count("id", filter=Q(submitted_at__isnull=True, draft_saved_at__isnull=False)),
        )
    }
    none = {"all": 0, "submitted": 0, "drafts": 0}
    return [{**none, **found.get(side, {}), "side": side} for side in Side.values]


def unsubmitted(event: MatchingEvent) -> QuerySet[MatchingMember]:
    rows = standing(event).filter(submitted_at__isnull=True, person__isnull=False)
    return rows.select_related("person__account", "event__council")


def due_for_reminder(at: datetime) -> list[MatchingMember]:
    """Members who have submitted nothing, were not reminded, and whose deadline is near."""
    rows = MatchingMember.objects.filter(
        submitted_at__isnull=True, withdrawn_at__isnull=True, reminded_at__isnull=True, person__isnull=False,
        event__state=R.PUBLISHED, event__opens_at__lte=at, event__ranks_by__gt=at,
    )  # fmt: skip
    return [
        row
        for row in rows.select_related("event__council", "person__account").order_by("id")
        if row.event.ranks_by is not None and at >= row.event.ranks_by - timedelta(days=row.event.remind_days)
    ]


def own_consents(members: Iterable[MatchingMember]) -> dict[uuid.UUID, Consent]:
    """The member's own standing consent to be introduced, by member id."""
    return _standing(members, Consent.Purpose.PROVISION)


def consents(members: Iterable[MatchingMember]) -> dict[uuid.UUID, Consent]:
    """The consents under which somebody may be introduced, by member id: of a minor only with the guardian's."""
    members = list(members)
    own = own_consents(members)
    young = minors(members)
    signed = _standing(members, Consent.Purpose.GUARDIAN) if young else {}
    return {key: row for key, row in own.items() if key not in young or key in signed}


def signed_by_guardian(members: Iterable[MatchingMember]) -> set[uuid.UUID]:
    """Members for whom a guardian's signed consent stands."""
    return set(_standing(members, Consent.Purpose.GUARDIAN))


def minors(members: Iterable[MatchingMember]) -> set[uuid.UUID]:
    """Members who need a guardian's consent on the day of the deadline, by the council's rule. Members of one event."""
    found = list(members)
    event = found[0].event if found else None
    if event is None or event.ranks_by is None:
        return set()
    day = day_of(event.ranks_by)
    rule = people.guardian_rule(event.council, day)
    rows = MatchingMember.objects.filter(pk__in=[member.id for member in found])
    return {
        key
        for key, born, stage in rows.values_list("id", "person__date_of_birth", "person__school_stage")
        if needs_guardian(
            date_of_birth=born, school_stage=stage, day=day,
            required_under=rule.required_under, required_stages=rule.required_stages,
        )
    }  # fmt: skip


def _standing(members: Iterable[MatchingMember], purpose: str) -> dict[uuid.UUID, Consent]:
    rows = Consent.objects.filter(
        about_id__in=[member.id for member in members], purpose=purpose, given_at__isnull=False,
        withdrawn_at__isnull=True,
    )  # fmt: skip
    return {row.about_id: row for row in rows if row.about_id}


def unwritten(introduction: Introduction) -> list[Handing]:
    """What must still be written down of an introduction: each side's data that goes to a body other than the host."""
    left, right = introduction.left, introduction.right
    agreed = consents([left, right])
    told = ProvisionRecord.objects.filter(about_id=introduction.id).values_list("to_body_id", flat=True)
    known = {introduction.event.host_id, *told}
    return [
        Handing(whose.person, to.body, agreed[whose.id])
        for whose, to in ((left, right), (right, left))
        if whose.person and to.body and to.body_id not in known and whose.id in agreed
    ]


# The published texts


def read_back(event: MatchingEvent) -> tuple[list[Left], list[Right]]:
    """Both sides as they were frozen."""
    lines = event.rules.split("\n")[len(HEAD) : -1]
    return wire_match.read(lines, event.frozen_list.split("\n")[1:-1])


def outcome(event: MatchingEvent) -> Outcome:
    """The result of a drawn event. Sealed: for the selecting staff, and after the announcement for everyone."""
    lefts, rights = read_back(event)
    found: dict[str, list[str]] = {}
    ceilings: dict[str, int] = {}
    for line in event.result.split("\n")[:-1]:
        first, *rest = line.split("\t")
        if first == wire_match.CEILING:
            ceilings[rest[0]] = int(rest[1])
        elif rest[0] != NONE:
            found.setdefault(first, []).append(rest[0])
            found.setdefault(rest[0], []).append(first)
    listed = {line.split("\t")[1] for line in event.frozen_list.split("\n")[1:-1]}
    everybody = {one.code: one.ranking for one in lefts} | {one.code: one.ranking for one in rights}
    rankings = {code: ranking for code, ranking in everybody.items() if code in listed}
    return Outcome(rankings, found, rules.seats_were_lowered(rights, len(lefts), ceilings))


def pairs(event: MatchingEvent) -> list[Pair]:
    """Who is paired with whom; members that were erased since are left out. Sealed as `outcome` is."""
    rows = event.members.select_related("person__account", "body", "event__council")
    by_code = {row.code: row for row in rows}
    drawn = outcome(event).partners
    found = []
    for code, member in sorted(by_code.items()):
        for partner in drawn.get(code, []) if member.side == Side.LEFT else []:
            if partner in by_code:
                found.append(Pair(member, by_code[partner]))
    return found


def explained(member: MatchingMember) -> list[Any]:
    """Why this member got whom they got, in sentences; nothing before the announcement."""
    if member.event.state != R.ANNOUNCED:
        return []
    drawn = outcome(member.event)
    mine = drawn.partners.get(member.code, [])
    told = rules.why(member, drawn.rankings.get(member.code), mine, lowered=drawn.lowered)
    met = Introduction.objects.filter(Q(left=member) | Q(right=member)).count()
    if met == len(mine):
        return told
    return rules.why_not_introduced(told, met=met, agrees=member.id in consents([member]))


def proof(event: MatchingEvent) -> dict[str, Any]:
    """What is public, ready for JSON: the rules from the opening on, the list's hash from the freeze on, and only after
    the announcement everything that `bundle.verify` repeats. Codes only; titles of those who agreed."""
    shown: dict[str, Any] = {
        "event": f"{event.council.slug}/{event.code}",
        "title": event.title,
        "state": str(R.VOIDED if event.state == R.VOIDED else R.PUBLISHED),
        "format": FORMAT,
        "engine": ENGINE,
        "rules": event.rules,
        "rules_hash": event.rules_hash,
        "rules_at": _instant(event.rules_at),
        "seed_source": event.seed_source,
        "drand_round": event.drand_round,
        "ranks_by": _instant(event.ranks_by),
        "corrects": event.corrects.code if event.corrects else None,
        "voided_at": _instant(event.voided_at),
        "corrections": _corrections(event),
    }
    if event.frozen_at is None:
        return shown
    shown |= {
        "state": shown["state"] if event.state == R.VOIDED else str(R.FROZEN),
        "list_hash": event.list_hash,
        "entry_count": max(event.frozen_list.count("\n") - 1, 0),
        "frozen_at": _instant(event.frozen_at),
    }
    if event.state != R.ANNOUNCED:
        return shown
    return shown | {
        "state": str(R.ANNOUNCED),
        "list": event.frozen_list,
        "public_value": event.public_value,
        "beacon": event.beacon,
        "seed": event.seed,
        "order": event.order,
        "result": event.result,
        "check": event.complaints,
        "titles": event.titles,
        "drawn_at": _instant(event.drawn_at),
        "announced_at": _instant(event.announced_at),
    }


def _corrections(event: MatchingEvent) -> list[dict[str, Any]]:
    return [
        {"reason": row.reason, "reason_en": row.reason_en, "published_at": _instant(row.published_at)}
        for row in event.corrections.all()
    ]


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
