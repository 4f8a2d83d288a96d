"""The life of a call: written, announced, opened (terms freeze), closed, finished, repeated next year."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import (
    give_back,
    lock,
    mark_updated,
    move,
    move_call,
    own,
    refuse_if,
)
from sonjuku.rooms.calls.actions.publishing import MIRRORED, publish_rules, run_for
from sonjuku.rooms.calls.models import (
    Application,
    Approval,
    Call,
    CallBody,
    Criterion,
    EligibilityRule,
    PriorityRule,
    SeatPool,
)
from sonjuku.rooms.calls.rules import EDITABLE_FIELDS, HARMLESS_FIELDS, MOST_RULES, UNSEEN_FIELDS
from sonjuku.rooms.forms.actions import freeze
from sonjuku.rooms.forms.models import FormVersion
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body, Council
from sonjuku.rooms.programmes.models import Programme
from sonjuku.rooms.vocabulary.models import Audience
from sonjuku.toolbox.refusals import Refused

S, A = Call.State, Application.State
UNFROZEN = {S.DRAFT, S.ANNOUNCED}


@writes
def create_call(
    *, by: Actor, council: Council, programme: Programme, host: Body | None = None, **fields: Any
) -> Call:
    """A draft for its programme's audiences. `host` (default: the actor's body) hosts it; another body of the actor's
    operates it.

    `fields` are Call fields. Refused: code_taken, other_council. Raises ValueError for a field nobody may set.
    """
    own(by, council.id, programme, host)
    fields = _checked(council, fields)
    call = Call(council=council, programme=programme, **fields)
    save_code(call)
    call.audiences.set(programme.audiences.all())
    host_id = host.id if host else by.body_id
    if host_id is not None:
        CallBody.objects.create(call=call, body_id=host_id, role=CallBody.Role.HOST)
    if by.body_id is not None and by.body_id != host_id:
        CallBody.objects.create(call=call, body_id=by.body_id, role=CallBody.Role.OPERATOR)
    record(by=by, verb="call.created", subject=call, field_names=fields)
    return call


def _checked(council: Council, fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = {name.removesuffix("_id") for name in fields} - EDITABLE_FIELDS
    if unknown:
        raise ValueError(f"unknown_fields: {', '.join(sorted(unknown))}")
    for row in fields.values():
        if isinstance(row, Body | Programme | FormVersion) and row.council_id != council.id:
            raise Refused("other_council", _("ほかの協議会のデータは使えません。"))
    return dict(fields)


def save_code(call: Call) -> None:
    """Refused: code_taken, wrong_period."""
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError as error:
        if Call.objects.filter(council_id=call.council_id, code=call.code).exclude(pk=call.pk).exists():
            raise Refused(
                "code_taken", _("この記号は、ほかの募集で使われています。"), _("別の記号を入力してください。")
            ) from None
        raise Refused(
            "wrong_period", _("締切は、受付の開始より後にしてください。"), _("日時を確かめてください。")
        ) from error


@writes
def change_call(*, by: Actor, call: Call, **fields: Any) -> Call:
    """Change fields; once the call has opened only HARMLESS_FIELDS. Refused: frozen, code_taken, other_council."""
    call = lock(call)
    own(by, call.council_id)
    fields = _checked(call.council, fields)
    changed = [name for name, value in fields.items() if getattr(call, name) != value]
    terms = {name.removesuffix("_id") for name in changed} - HARMLESS_FIELDS
    if terms:
        _must_be_unfrozen(call)
    if {"selection", "max_persons", *MIRRORED} & set(changed):
        _must_not_be_promised(call)
    for name in changed:
        setattr(call, name, fields[name])
    if changed:
        if set(changed) - UNSEEN_FIELDS and call.published_at is not None:
            call.updated_at = by.at
        save_code(call)
        record(by=by, verb="call.changed", subject=call, field_names=changed)
    return call


def _must_not_be_promised(call: Call) -> None:
    """Seats and source of a call in a run are its run's; published once for all its calls."""
    run = queries.run_of(call)
    refuse_if(
        run is not None and run.is_shared,
        "held_by_run",
        _("この募集は、ほかの募集と一緒に選考します。選び方と抽選に使う数は、その選考で決まっています。"),
        _("選考のページで変えるか、この募集を選考から外してください。"),
    )


def _must_be_unfrozen(call: Call) -> None:
    refuse_if(
        call.state not in UNFROZEN,
        "frozen",
        _("受付を始めた募集の条件は変えられません。申し込んだ人との約束だからです。"),
        _("変える必要があるときは、問合せ先や説明文で知らせるか、新しい募集を作ってください。"),
    )


@writes
def set_pools(*, by: Actor, call: Call, pools: Sequence[Mapping[str, Any]]) -> list[SeatPool]:
    """Replace the seat pools (SeatPool fields; `capacity` needed). Refused("frozen") once open."""
    return _replace(by, call, SeatPool, pools)


@writes
def set_rules(*, by: Actor, call: Call, rules: Sequence[Mapping[str, Any]]) -> list[EligibilityRule]:
    """Replace the eligibility rules (EligibilityRule fields). Refused("frozen") once open."""
    return _replace(by, call, EligibilityRule, rules)


@writes
def set_classes(*, by: Actor, call: Call, rules: Sequence[Mapping[str, Any]]) -> list[PriorityRule]:
    """Replace the rules of priority (PriorityRule fields, first class first). Refused: too_many, frozen once open or
    once another call of its run is."""
    refuse_if(
        len(rules) > MOST_RULES,
        "too_many",
        format_lazy(_("優先の区分は {number} 個までです。"), number=MOST_RULES),
        _("区分をまとめてください。"),
    )
    return _replace(by, call, PriorityRule, rules)


@writes
def set_criteria(*, by: Actor, call: Call, criteria: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    """Replace the criteria of a review (Criterion fields). Refused("frozen") once open."""
    return _replace(by, call, Criterion, criteria)


def _replace(by: Actor, call: Call, model: Any, rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    call = lock(call)
    own(by, call.council_id)
    _must_be_unfrozen(call)
    run = queries.run_of(call) if model in {SeatPool, PriorityRule} else None
    refuse_if(
        run is not None and bool(run.rules),
        "frozen",
        _("一緒に選考する募集の受付が始まったため、定員と優先の区分は変えられません。"),
        _("変える必要があるときは、その選考を理由を公開して無効にし、やり直してください。"),
    )
    model.objects.filter(call=call).delete()
    made = [model(call=call, **{"ordinal": number, **row}) for number, row in enumerate(rows, start=1)]
    model.objects.bulk_create(made)
    mark_updated(by, call)
    record(by=by, verb="call.changed", subject=call, field_names=[model._meta.model_name])
    return made


@writes
def set_bodies(*, by: Actor, call: Call, bodies: Iterable[tuple[Body, str]]) -> None:
    """Replace who has which CallBody.Role on the call; it decides who sees its people, so it stays changeable."""
    call = lock(call)
    wanted = list(bodies)
    own(by, call.council_id, *[body for body, _role in wanted])
    refuse_if(
        not any(role == CallBody.Role.HOST for _body, role in wanted),
        "no_host",
        _("主催する団体を一つ以上選んでください。"),
    )
    call.bodies.all().delete()
    CallBody.objects.bulk_create([CallBody(call=call, body=body, role=role) for body, role in wanted])
    mark_updated(by, call)
    record(by=by, verb="call.changed", subject=call, field_names=["bodies"])


@writes
def hand_over(*, by: Actor, old: Body, new: Body) -> int:
    """Give one body the other's part in every call that shows people, finished ones too; returns in how many.

    The old body keeps its own: it is the dates of people's roles that end what anyone sees. Refused: other_council.
    """
    own(by, old.council_id, new)
    rows = CallBody.objects.filter(body=old, role__in=CallBody.SEES_PEOPLE, call__council_id=old.council_id)
    given = 0
    for row in rows.select_related("call"):
        _row, created = CallBody.objects.get_or_create(call=row.call, body=new, role=row.role)
        if created:
            given += 1
            record(by=by, verb="call.handed_over", subject=row.call, field_names=["bodies"])
    return given


@writes
def set_audiences(*, by: Actor, call: Call, audiences: Iterable[Audience]) -> None:
    """Whom the call is for, to find it by; who may apply is decided by the eligibility rules."""
    own(by, call.council_id)
    call.audiences.set(audiences)
    mark_updated(by, call)
    record(by=by, verb="call.changed", subject=call, field_names=["audiences"])


@writes
def record_approval(*, by: Actor, call: Call, step: str, number: str, decided_on: date) -> Approval:
    """決裁番号 and 決裁日 of one step (Approval.Step); entering it again corrects it. Refused("incomplete")."""
    own(by, call.council_id)
    refuse_if(not number.strip(), "incomplete", _("決裁番号を入力してください。"))
    approval, _created = Approval.objects.update_or_create(
        call=call, step=step, defaults={"number": number.strip(), "decided_on": decided_on}
    )
    record(by=by, verb="call.approved", subject=call, field_names=[step])
    return approval


@writes
def announce_call(*, by: Actor, call: Call) -> Call:
    """Make a draft visible, not open (予告). Announcing again changes nothing. Refused: stale."""
    call = lock(call)
    own(by, call.council_id)
    if call.state == S.ANNOUNCED:
        return call
    move_call(call, S.ANNOUNCED)
    call.announced_at = by.at
    call.published_at = call.published_at or by.at
    call.save(update_fields=["state", "announced_at", "published_at"])
    record(by=by, verb="call.announced", subject=call)
    return call


@writes
def open_call(*, by: Actor, call: Call) -> Call:
    """Open a call and freeze its form, criteria and wording. Opening again changes nothing.

    A call that is drawn publishes the rules of its run, if it is the first of it: then the seats and the source of all
    its calls are frozen. Refused: pools_missing, seed_missing (of another call of the run), incomplete (see queries.still_missing), too_early, too_late, stale, form_incomplete, other_council.
    """
    call = lock(call)
    own(by, call.council_id)
    if call.state == S.OPEN:
        return call
    move_call(call, S.OPEN)
    missing = queries.still_missing(call)
    if missing:
        texts = format_lazy("\n".join(["{}"] * len(missing)), *[each.message for each in missing])
        raise Refused("incomplete", texts, _("足りないところを入力してから、もう一度公開してください。"))
    assert call.opens_at is not None
    assert call.closes_at is not None
    refuse_if(
        by.at < call.opens_at,
        "too_early",
        _("受付の開始日時がまだ来ていません。"),
        _("予告を公開しておくと、その時刻に自動で受付を始めます。"),
    )
    refuse_if(
        call.closes_at <= by.at,
        "too_late",
        _("締切がもう過ぎています。"),
        _("締切の日時を確かめてください。"),
    )
    for version in (call.form_version, call.survey_version):
        if version is not None:
            freeze(by=by, version=version)
    call.frozen_at, call.announced_at = by.at, call.announced_at or by.at
    call.published_at = call.published_at or by.at
    call.save(update_fields=["state", "frozen_at", "announced_at", "published_at"])
    record(by=by, verb="call.opened", subject=call)
    if call.uses_draw:
        _promise(by, call)
    return call


def _promise(by: Actor, call: Call) -> None:
    """The first call of a run that opens publishes the rules for all of them."""
    run = run_for(by, call)
    if run.state == run.State.PREPARED:
        publish_rules(by, run, queries.calls_of(run))
        for name in MIRRORED:
            setattr(call, name, getattr(run, name))


@writes
def close_call(*, by: Actor, call: Call) -> Call:
    """End the period of application once its close has come. Refused: too_early, stale."""
    call = lock(call)
    own(by, call.council_id)
    if call.state == S.CLOSED:
        return call
    move_call(call, S.CLOSED)
    refuse_if(
        call.closes_at is not None and by.at < call.closes_at,
        "too_early",
        _("締切の前に受付を終えることはできません。公開した締切は約束だからです。"),
    )
    call.save(update_fields=["state"])
    record(by=by, verb="call.closed", subject=call)
    return call


@writes
def finish_call(*, by: Actor, call: Call) -> Call:
    """End a call. Who still waits is not selected, open offers lapse. Refused: undecided, stale."""
    call = lock(call)
    own(by, call.council_id)
    if call.state == S.FINISHED:
        return call
    refuse_if(
        call.state == S.CLOSED
        and not call.is_immediate
        and call.applications.filter(state=A.SUBMITTED).exists(),
        "undecided",
        _("結果を待っている申込みがあります。"),
        _("先に選考と結果の発表を済ませてください。"),
    )
    move_call(call, S.FINISHED)
    _end_open(by, call)
    call.save(update_fields=["state"])
    record(by=by, verb="call.finished", subject=call)
    return call


def _end_open(by: Actor, call: Call) -> None:
    pending = call.applications.filter(state__in=[A.WAITLISTED, A.OFFERED, A.SUBMITTED])
    ended = list(pending.select_related("call"))
    for application in ended:
        waited = application.state == A.WAITLISTED
        move(application, A.NOT_SELECTED if waited else A.LAPSED, by.at)
        give_back(call, application)
        application.save()
    record_many(by=by, verb="application.ended", subjects=ended)


@writes
def switch_mode(
    *, by: Actor, call: Call, mode: str, venue: str = "", webinar_url: str = "", venue_en: str = ""
) -> Call:
    """Change between on site, online and hybrid at any time before the end; nobody loses a place.

    `venue` is needed unless online. Refused: incomplete, stale. Letters: flows.calling.switch_mode.
    """
    call = lock(call)
    own(by, call.council_id)
    refuse_if(call.state == S.FINISHED, "stale", _("この募集はもう終わっています。"))
    mode = Call.Mode(mode)
    refuse_if(
        mode != Call.Mode.ONLINE and not (venue.strip() or call.venue),
        "incomplete",
        _("会場を入力してください。"),
    )
    call.webinar_status = mode
    call.venue, call.venue_en = venue.strip() or call.venue, venue_en.strip() or call.venue_en
    call.webinar_url = webinar_url.strip() or call.webinar_url
    fields = ["webinar_status", "venue", "venue_en", "webinar_url"]
    call.save(update_fields=fields)
    mark_updated(by, call)
    record(by=by, verb="call.mode_switched", subject=call, field_names=fields)
    return call
