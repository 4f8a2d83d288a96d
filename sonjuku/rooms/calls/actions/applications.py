"""Applying: what comes in through the page or over the counter, and what its applicant does with it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import (
    Change,
    lock,
    move,
    options,
    own,
    refuse_if,
    reread,
)
from sonjuku.rooms.calls.actions.companions import Fellow, check_fellows, replace_fellows
from sonjuku.rooms.calls.actions.waiting import end_and_offer, offer_seat, place, stop_waiting_elsewhere
from sonjuku.rooms.calls.actions.wishing import number, wishes_of
from sonjuku.rooms.calls.models import Application, Call, FactCheck, SelectionRun
from sonjuku.rooms.calls.rules import (
    REAPPLY_FROM,
    Facts,
    closed_text,
    eligibility_problems,
    received_in_time,
)
from sonjuku.rooms.forms.models import Response
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account, Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.lg_code import same_area
from sonjuku.toolbox.refusals import Refused

A = Application.State
ELSEWHERE = _("ほかの募集をご覧いただくか、問合せ先にご連絡ください。")


@writes
def submit(
    *,
    by: Actor,
    call: Call,
    person: Person,
    facts: Facts,
    response: Response | None = None,
    option: str = "",
    wishes: Sequence[str] = (),
    wish_rank: int | None = None,
    channel: str = "web",
    received_at: datetime | None = None,
    deadline_by: str = "",
    entered_by: Account | None = None,
    needs_guardian: bool = False,
    referral: str = "",
    application_id: UUID | None = None,
    is_first: bool = False,
    companions: Sequence[Fellow] = (),
) -> Application:
    """Take one person's application; a second one returns the first, unless that one was withdrawn or has lapsed.

    On paper `received_at` (arrival, or the postmark's day) decides about the deadline; it may be entered after the
    close until a list is frozen. First come: ACCEPTED with a seat; SUBMITTED holding its seat while a guardian's
    consent is awaited; WAITLISTED when full or others wait. Else SUBMITTED. `application_id` names a new row in
    advance; `is_first`: the caller has looked for an earlier one under this call's lock. `wishes`: options, best first,
    of a call with ranked wishes (without it: `option` alone). `wish_rank`: the place of this call among the person's in a
    shared run, from 1 (None: behind the others). `companions` take part together with the person or not at all: a seat
    each. Refused: not_open, closed, list_frozen, invitation_only, unknown_option, duplicate_wish, too_many_persons,
    rank_taken, rank_too_far, ineligible, once_a_year, other_council.
    """
    call = lock(call)
    own(by, call.council_id, person, response)
    earlier = None if is_first else call.applications.filter(person=person).first()
    if earlier is not None and earlier.state not in REAPPLY_FROM:
        return earlier
    on_paper = channel != Application.Channel.WEB
    _check_open(call, received_at or by.at if on_paper else by.at, on_paper=on_paper)
    wishes = wishes_of(call, option, wishes)
    check_fellows(call, companions)
    _check_terms(call, facts, person, wishes, day_of(received_at or by.at))
    # Whoever left and comes back starts anew at the end of the queue, under the same receipt code.
    application = Application(
        council_id=call.council_id,
        call=call,
        person=person,
        state=A.SUBMITTED,
        option=wishes[0],
        wishes=wishes if call.uses_draw else [],
        persons=1 + len(companions),
        response=response,
        submitted_at=by.at,
        needs_guardian=needs_guardian,
        referral=referral,
        out_of_area=not same_area(person.lg_code, [call.council.lg_code]) if person.lg_code else None,
        channel=channel,
        received_at=received_at or by.at,
        deadline_by=deadline_by,
        entered_by=entered_by,
    )
    _name(application, earlier, application_id)
    if call.uses_draw:
        number(call, application, wish_rank)
    if call.is_immediate:
        place(call, application, by.at)
    application.save(force_insert=earlier is None, force_update=earlier is not None)
    replace_fellows(call, application, companions, is_first=earlier is None)
    record(by=by, verb="application.submitted", subject=application, for_person_id=person.id)
    return application


def _name(application: Application, earlier: Application | None, application_id: UUID | None) -> None:
    if earlier is not None:
        application.id, application.code = earlier.id, earlier.code
        application.created_at = earlier.created_at
    elif application_id is not None:
        application.id = application_id


def check_takes_paper(call: Call) -> None:
    """Refuse what staff bring in, from paper or a file, when this call takes none by now; when it arrived counts later.

    Refused: not_open, closed, list_frozen, invitation_only.
    """
    _check_open(call, call.opens_at or datetime.min.replace(tzinfo=UTC), on_paper=True)


def _check_open(call: Call, instant: datetime, *, on_paper: bool) -> None:
    refuse_if(
        call.selection == Call.Selection.INVITATION,
        "invitation_only",
        _("この募集は、ご案内した方だけが参加できます。"),
        _("ご案内が届いていないときは、問合せ先にご連絡ください。"),
    )
    begun = SelectionRun.objects.filter(calls=call.pk).exclude(state__in=queries.BEFORE_THE_FREEZE)
    refuse_if(
        on_paper and begun.exists(),
        "list_frozen",
        _("選考が始まったため、新しい申込みは入力できません。"),
        _("届いた紙は、受け付けられなかったことを本人にお知らせください。"),
    )
    accepting = {Call.State.OPEN, Call.State.CLOSED} if on_paper else {Call.State.OPEN}
    if call.state in accepting and received_in_time(call, instant):
        return
    over = call.state in {Call.State.CLOSED, Call.State.DECIDED, Call.State.FINISHED}
    if over or (call.closes_at is not None and instant >= call.closes_at):
        raise Refused("closed", closed_text(call), ELSEWHERE)
    raise Refused("not_open", _("この募集はまだ受け付けていません。"), _("受付の開始をお待ちください。"))


def _check_year(call: Call, person: Person) -> None:
    refuse_if(
        person.pk in queries.had_place_this_year(call, person),
        "once_a_year",
        _("この事業に参加できるのは、一人につき一年度に一回までです。今年度は、すでに参加が決まっています。"),
        _("来年度の募集をお待ちください。事情が変わったときは、問合せ先にご連絡ください。"),
    )


def _check_terms(call: Call, facts: Facts, person: Person, wishes: Sequence[str], day: date) -> None:
    refuse_if(
        not set(wishes) <= options(call),
        "unknown_option",
        _("選んだ区分は、この募集にありません。"),
        _("区分を選び直してください。"),
    )
    rules = queries.rules_of(call)
    names = queries.names_in(rules, get_language() or "ja")
    problems = eligibility_problems(rules, facts, day=day, names=names)
    if problems:
        raise Refused(
            "ineligible",
            format_lazy("\n".join(["{}"] * len(problems)), *[problem.message for problem in problems]),
            _("登録されている内容が違うときは、直してからもう一度お進みください。"),
        )
    _check_year(call, person)


@writes
def forget_answers(*, by: Actor, application: Application) -> None:
    """Erase the answers of a withdrawn or lapsed application, so that its person can answer anew. Refused: stale."""
    call, application = reread(application)
    own(by, call.council_id)
    refuse_if(
        application.state not in REAPPLY_FROM, "stale", _("受け付けた申込みの回答は消せません。"), ELSEWHERE
    )
    if application.response is not None:
        application.response.delete()
        record(by=by, verb="response.erased", subject=application, for_person_id=application.person_id)


@writes
def invite(*, by: Actor, call: Call, person: Person) -> Application:
    """Offer a place of an invitation call to one person; inviting again returns the same application.

    OFFERED with a seat and a date to confirm by. Refused: not_open, full, other_council.
    """
    call = lock(call)
    own(by, call.council_id, person)
    earlier = call.applications.filter(person=person).first()
    if earlier is not None and earlier.state not in REAPPLY_FROM:
        return earlier
    refuse_if(
        call.selection != Call.Selection.INVITATION or not call.takes_applications(by.at),
        "not_open",
        _("この募集では、いま招待できません。"),
        _("招待の募集を公開してから、もう一度お試しください。"),
    )
    application = earlier or Application(council_id=call.council_id, call=call, person=person)
    application.state, application.submitted_at = A.SUBMITTED, by.at
    application.confirm_by = application.ended_at = None
    refuse_if(
        not offer_seat(call, application, by.at),
        "full",
        _("定員に達しているため、招待できません。"),
        _("辞退があるまでお待ちください。"),
    )
    application.save()
    record(by=by, verb="application.invited", subject=application, for_person_id=person.id)
    return application


@writes
def confirm(*, by: Actor, application: Application) -> Application:
    """Take up an offered place: OFFERED becomes ACCEPTED. Confirming again changes nothing.

    Whoever accepts a place of a shared run waits no longer in its other calls. Refused: offer_lapsed at `confirm_by`
    exactly and later, guardian_missing, once_a_year, stale.
    """
    call, application = reread(application)
    own(by, call.council_id)
    if application.state == A.ACCEPTED:
        return application
    refuse_if(
        application.state == A.LAPSED
        or (
            application.state == A.OFFERED
            and application.confirm_by is not None
            and by.at >= application.confirm_by
        ),
        "offer_lapsed",
        _("確認の期限が過ぎたため、席は次の方に回りました。"),
        _("ご事情があるときは、問合せ先にご連絡ください。"),
    )
    refuse_if(
        application.state == A.OFFERED and queries.guardian_missing(application),
        "guardian_missing",
        _("保護者の同意がまだ届いていません。"),
        _("保護者の方にお答えいただいてから、もう一度お進みください。"),
    )
    _check_year(call, application.person)
    move(application, A.ACCEPTED, by.at)
    application.save()
    record(by=by, verb="application.confirmed", subject=application, for_person_id=application.person_id)
    stop_waiting_elsewhere(by, call, application)
    return application


@writes
def withdraw(*, by: Actor, application: Application) -> Change:
    """取下げ, before a place was given. Frees a held seat and offers it on. Refused: stale."""
    call, application = reread(application)
    own(by, call.council_id)
    if application.state == A.WITHDRAWN:
        return Change(application, [])
    return end_and_offer(by, call, application, A.WITHDRAWN, "application.withdrawn")


@writes
def decline(*, by: Actor, application: Application) -> Change:
    """辞退, after a place was given. Frees the seat and offers it to whoever waits next. Refused: stale."""
    call, application = reread(application)
    own(by, call.council_id)
    if application.state == A.DECLINED:
        return Change(application, [])
    return end_and_offer(by, call, application, A.DECLINED, "application.declined")


@writes
def check_entry(*, by: Actor, application: Application) -> Application:
    """A second person has compared a proxy entry with the paper. Refused: same_person, not_on_paper."""
    call, application = reread(application)
    own(by, call.council_id)
    refuse_if(
        application.channel == Application.Channel.WEB,
        "not_on_paper",
        _("本人が画面から申し込んだものは、照合が要りません。"),
    )
    refuse_if(
        application.entered_by_id is None
        or application.entered_by_id == by.account_id
        or by.account_id is None,
        "same_person",
        _("入力した人と照合する人は、別の人にしてください。"),
        _("ほかの担当者に照合を頼んでください。"),
    )
    if application.checked_at is None:
        application.checked_by_id, application.checked_at = by.account_id, by.at
        application.save(update_fields=["checked_by", "checked_at"])
        record(by=by, verb="application.checked", subject=application, for_person_id=application.person_id)
    return application


@writes
def record_fact_check(*, by: Actor, application: Application, fact: str, how: str) -> FactCheck:
    """Note that a declared fact (an EligibilityRule.Kind) was checked, and how in words; no copy is kept."""
    own(by, application.council_id)
    check, _created = FactCheck.objects.update_or_create(
        application=application,
        fact=fact,
        defaults={"how": how.strip(), "checked_by_id": by.account_id, "checked_at": by.at},
    )
    record(
        by=by,
        verb="application.fact_checked",
        subject=application,
        for_person_id=application.person_id,
        field_names=[fact],
    )
    return check
