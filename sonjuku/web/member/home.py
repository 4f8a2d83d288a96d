"""My page: the one thing to do now and why, then everything else, over all councils."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import guarding
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials.queries import awards_visible_to, experience, outside
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import queries as matching
from sonjuku.rooms.matching.models import MatchingMember
from sonjuku.rooms.matching.rules import takes_ranks
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Occasion, Participation
from sonjuku.rooms.participation.queries import current_occasion, participations_visible_to
from sonjuku.rooms.participation.rules import still_to_do
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Consent, Council, Person
from sonjuku.toolbox.dates import day_of, end_of_day
from sonjuku.web import skill_ways
from sonjuku.web.actors import member
from sonjuku.web.member import telling
from sonjuku.web.templatetags.sonjuku_ui import tr

A, Kind = Application.State, ObligationRule.Kind
TASKS = {
    Kind.ATTEND: ("member:ticket", _("参加券")),
    Kind.ANSWER: ("member:survey", _("回答する")),
    Kind.UPLOAD: ("member:report", _("提出する")),
    Kind.CONSENT: ("member:agree", _("同意する")),
}
SOON = timedelta(days=1)


@dataclass
class Place:
    """A participation as my page shows it."""

    row: Participation
    occasion: Occasion | None
    obligations: list[Obligation]
    tasks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(obligation.is_met for obligation in self.obligations)

    @property
    def is_active(self) -> bool:
        return self.row.state == Participation.State.ACTIVE


@member
def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    day = day_of(actor.at)
    persons = list(people.persons_of(request.user))
    places = _places(actor, day)
    applications = list(calls.applications_visible_to(actor).order_by("-submitted_at"))
    consents = _guardian_consents(actor, applications)
    placed = {place.row.application_id for place in places}
    rows = [
        (row, telling.standing(row, consents.get(row.id))) for row in applications if row.id not in placed
    ]
    known = {row.call_id for row in applications} | {place.row.call_id for place in places}
    offer = _open_call(known, persons, actor.at)
    matchings = list(matching.members_visible_to(actor).order_by("-created_at"))
    maps = [each for each in skill_ways.shown_to(actor, persons) if not each.standing.is_met]
    awards = list(awards_visible_to(actor))
    requests = [_request(consent, row) for consent, row in guarding.asked_of(request.user)]
    context = {
        "person": _named(persons), "persons": persons, "council": _only(persons),
        "step": next_step(applications, consents, places, offer, actor.at, requests, matchings), "requests": requests,
        "matchings": matchings,
        "applications": [pair for pair in rows if pair[0].state not in Application.ENDED],
        "past_applications": [pair for pair in rows if pair[0].state in Application.ENDED],
        "places": [place for place in places if place.is_active],
        "past_places": [place for place in places if not place.is_active],
        "awards": awards, "maps": maps, "certificates": outside.certificates_visible_to(actor),
        "dossiers": experience.dossiers_visible_to(actor),
        "way": [] if awards else skill_ways.first_now(skill_ways.starter(actor.at, [p.council for p in persons], maps)), "roles": _desks(request, day),
        "is_new": not (applications or places or requests or matchings),
    }  # fmt: skip
    return render(request, "member/home.html", context)


def _named(persons: list[Person]) -> Person | None:
    return max(persons, key=lambda person: person.created_at, default=None)


def _only(persons: list[Person]) -> Council | None:
    """The council whose name and colour the page carries, where there is just one."""
    return persons[0].council if len(persons) == 1 else None


def _desks(request: HttpRequest, day: date) -> list[Council]:
    return list({role.council_id: role.council for role in people.all_roles_of(request.user, day)}.values())


def _guardian_consents(actor: Actor, applications: Iterable[Application]) -> dict[UUID | None, Consent]:
    needing = [row.id for row in applications if row.needs_guardian]
    if not needing:
        return {}
    rows = people.consents_visible_to(actor).filter(purpose=Consent.Purpose.GUARDIAN, about_id__in=needing)
    return {consent.about_id: consent for consent in rows.order_by("asked_at")}


def _places(actor: Actor, day: date) -> list[Place]:
    rows = participations_visible_to(actor).prefetch_related("obligations__rule", "call__occasions")
    places = []
    for row in rows.order_by("-started_at"):
        obligations = list(row.obligations.all())
        occasion = current_occasion(row.call.occasions.all(), actor.at)
        places.append(Place(row, occasion, obligations, [_task(each, row, day) for each in obligations]))
    return places


def _task(obligation: Obligation, place: Participation, day: date) -> dict[str, Any]:
    """One line of what is missing, as parts/obligations.html takes it."""
    address, label = TASKS[Kind(obligation.rule.kind)]
    late = obligation.due_on is not None and obligation.due_on < day and not obligation.is_met
    target = place.id if obligation.rule.kind == Kind.ATTEND else obligation.id
    return {
        "title": tr(obligation.rule, "title"), "text": _waived(obligation) or still_to_do(obligation), "label": label,
        "state": "done" if obligation.is_met else "late" if late else "todo", "url": reverse(address, args=[target]),
    }  # fmt: skip


def _waived(obligation: Obligation) -> str:
    """Why the secretariat asks for it no more, in their words; "" when it wasn't waived."""
    if obligation.waived_at is None:
        return ""
    return format_html('{} <span lang="ja">{}</span>', _("事務局が免除しました："), obligation.waived_reason)


def _request(consent: Consent, row: Application) -> dict[str, Any]:
    """A child's application that this account was asked about as a guardian."""
    answered = (
        _("同意しました") if consent.given_at else _("同意しないと答えました") if consent.refused_at else ""
    )
    done = answered or row.state in Application.ENDED
    return {
        "title": format_html('<span lang="ja">{}</span>', consent.person.listed_name),
        "text": format_html("{} {}", tr(row.call, "title"), answered), "state": "done" if done else "todo", "due": consent.due_at,
        "label": _("内容を読む"), "url": guarding.link(consent),
    }  # fmt: skip


def _open_call(known: set[UUID], persons: Iterable[Person], at: datetime) -> Call | None:
    """The open call that closes first of this person's councils (of any, for a newcomer), `known` ones left out."""
    rows = calls.calls_visible_to(Actor(at=at)).filter(
        state=Call.State.OPEN, opens_at__lte=at, closes_at__gt=at
    )
    rows = rows.exclude(pk__in=known).exclude(selection=Call.Selection.INVITATION)
    councils = [person.council_id for person in persons]
    return (rows.filter(council_id__in=councils) if councils else rows).order_by("closes_at").first()


# The one next step


def next_step(
    applications: Iterable[Application],
    consents: dict[UUID | None, Consent],
    places: Iterable[Place],
    offer: Call | None,
    at: datetime,
    requests: Iterable[dict[str, Any]] = (),
    matchings: Iterable[MatchingMember] = (),
) -> dict[str, Any] | None:
    """What parts/next_step.html shows: an offer to confirm, else a guardian to ask, else a child waiting for this
    guardian, else an order to hand in, else something due, else today's ticket, else a call to look at; None when there is nothing at all."""
    offered = sorted(
        (row for row in applications if row.state == A.OFFERED and row.confirm_by), key=_confirm_by
    )
    if offered:
        return _offered(offered[0])
    for row in applications:
        if row.state in {A.SUBMITTED, A.WAITLISTED} and telling.awaits_guardian(row, consents.get(row.id)):
            return _guardian(row, consents.get(row.id))
    waiting = next((one for one in requests if one["state"] == "todo"), None)
    if waiting is not None:
        return {"title": _("お子さまの申込みに、お答えください"), "text": waiting["text"], "due": waiting["due"],
                "label": _("内容を読んで答える"), "url": waiting["url"]}  # fmt: skip
    unranked = [row for row in matchings if not row.submitted_at and not row.withdrawn_at]
    if ranks := next((row for row in unranked if takes_ranks(row.event, at)), None):
        return _rank(ranks)
    active = [place for place in places if place.is_active]
    due = sorted((o for place in active for o in place.obligations if _presses(o, place, at)), key=_due)
    if due:
        return _due_step(due[0], next(place for place in active if due[0] in place.obligations))
    for place in active:
        if place.occasion and day_of(place.occasion.starts_at) <= day_of(at) <= day_of(
            place.occasion.ends_at
        ):
            return _today(place)
    return _look(offer) if offer else None


def _confirm_by(row: Application) -> datetime:
    assert row.confirm_by is not None  # filtered by the caller
    return row.confirm_by


def _due(obligation: Obligation) -> date:
    return obligation.due_on or date.max


def _presses(obligation: Obligation, place: Place, at: datetime) -> bool:
    """Whether it is time: a consent at once, a survey or report when the first meeting is over or its day is near."""
    if obligation.is_met or obligation.rule.kind == Kind.ATTEND:
        return False
    if obligation.rule.kind == Kind.CONSENT:
        return True
    if obligation.due_on is not None and obligation.due_on - day_of(at) <= SOON:
        return True
    meetings = [occasion.ends_at for occasion in place.row.call.occasions.all()]
    starts_on = place.row.call.starts_on
    return min(meetings) <= at if meetings else starts_on is not None and starts_on < day_of(at)


def _titled(words_: Any, call: Call) -> str:
    """A sentence with the call's title in it, marked as Japanese where an English reader gets it untranslated."""
    if (get_language() or "ja").startswith("ja"):
        return str(words_).format(title=call.title)
    return format_html(str(words_), title=tr(call, "title"))


def _offered(row: Application) -> dict[str, Any]:
    return {
        "title": _titled(_("「{title}」に参加するかどうか、お知らせください"), row.call),
        "text": telling.offer_words(row.call)[1],
        "why": _("期限までに確認がないと、席は次の方に回ります。"),
        "due": row.confirm_by, "label": _("結果を見て確認する"), "url": reverse("member:application", args=[row.id]),
    }  # fmt: skip


def _guardian(row: Application, consent: Consent | None) -> dict[str, Any]:
    return {
        "title": _("保護者の方に、同意をお願いしてください"),
        "text": tr(row.call, "title"),
        "why": _("保護者の同意がそろわないと、参加できません。QRコードをその場で見せることもできます。"),
        "due": telling.guardian_until(row, consent), "label": _("お願いのしかたを見る"),
        "url": reverse("member:application", args=[row.id]) + "#guardian",
    }  # fmt: skip


def _rank(row: MatchingMember) -> dict[str, Any]:
    return {
        "title": _("希望の順を出してください"), "text": tr(row.event, "title"),
        "why": _("下書きは数えません。締切までに「この順で出す」を押してください。"),
        "due": row.event.ranks_by, "label": _("順番を付ける"), "url": reverse("member:matching", args=[row.id]),
    }  # fmt: skip


def _due_step(obligation: Obligation, place: Place) -> dict[str, Any]:
    address, label = TASKS[Kind(obligation.rule.kind)]
    left = len(place.obligations) - place.done
    return {
        "title": tr(obligation.rule, "title"),
        "text": tr(place.row.call, "title"),
        "why": format_lazy(_("修了まで、あと{left}つです。"), left=left),
        "due": end_of_day(obligation.due_on) if obligation.due_on else None,
        "label": label, "url": reverse(address, args=[obligation.id]),
    }  # fmt: skip


def _today(place: Place) -> dict[str, Any]:
    return {
        "title": _titled(_("今日は「{title}」です"), place.row.call),
        "why": _("受付で、参加券の画面を見せてください。"),
        "label": _("参加券を開く"), "url": reverse("member:ticket", args=[place.row.id]),
    }  # fmt: skip


def _look(call: Call) -> dict[str, Any]:
    return {
        "title": tr(call, "title"),
        "why": _("いま受け付けています。"),
        "due": call.closes_at, "label": _("この募集を見る"), "url": reverse("public:call", args=[call.council.slug, call.code]),
    }  # fmt: skip
