"""The heavier deeds for personal data: erasing, handing out a disclosure, setting periods; and what is left anywhere."""

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import erasing, holding, residue
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import actions, queries
from sonjuku.rooms.people.models import Body, Council, DataRequest, Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import parcel
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.journal import verb_words
from sonjuku.web.staff.privacy import request_or_404
from sonjuku.web.staff.privacy_inputs import Erasure, RuleForm, today_first
from sonjuku.web.staff.rows import working_calls

# Told of apart: what the law keeps, the request itself, and a login that other councils may need.
STAYS = {"provisions", "requests", "account", "wallets"}


@staff("privacy.write")
def erase(request: HttpRequest, council: Council, request_id: uuid.UUID) -> HttpResponse:
    """Says what goes and what stays, asks, and erases by POST."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = request_or_404(request, request_id)
    if row.person is None or row.kind != DataRequest.Kind.ERASURE:
        return redirect("staff:privacy_request", council.slug, row.id)
    others = _other_bodies(row.person, row.body)
    form = Erasure(request.POST or None, others=bool(others))
    if request.method == "POST" and form.is_valid():
        try:
            erasing.erase(by=actor, request=row, approval_number=form.cleaned_data["approval_number"])
        except Refused as error:
            return refused_back(request, error, "staff:privacy_request", council.slug, row.id)
        messages.success(request, now("消去しました。残っているものを、下で確かめてください。"))
        return redirect("staff:privacy_request", council.slug, row.id)
    context = {"row": row, "form": form, "others": others, **_before(row, row.person, actor)}
    return render(request, "staff/privacy_erase.html", context, status=422 if form.errors else 200)


def _other_bodies(person: Person, own: Body) -> list[Body]:
    """Other bodies that handle the data of calls this person applied to."""
    mine = Call.objects.filter(applications__person=person).exclude(data_controller=None)
    return list(Body.objects.filter(pk__in=mine.values("data_controller")).exclude(pk=own.pk))


def _before(row: DataRequest, person: Person, actor: Actor) -> dict[str, Any]:
    """What stands in the way, what is erased and what is kept."""
    try:
        erasing.check(person, day_of(actor.at))
        obstacle = None
    except Refused as error:
        obstacle = error
    waiting = {Application.State.SUBMITTED, Application.State.WAITLISTED, Application.State.OFFERED}
    return {
        "obstacle": obstacle,
        "sections": [one for one in holding.holdings(person, actor) if one.items and one.name not in STAYS],
        "waiting": Application.objects.filter(person=person, state__in=waiting).count(),
        "kept": person.provision_records.count(),
        "awards": Award.objects.filter(person=person).exists(),
        "has_address": bool(person.email or (person.account and person.account.email)),
        "checked": row.identity_checked_at is not None,
    }


@staff("privacy.write")
def disclosure(request: HttpRequest, council: Council, request_id: uuid.UUID) -> Any:
    """The person's data as a ZIP to hand over: of the calls that this body works on, after the identity check."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = request_or_404(request, request_id)
    if row.person is None or row.identity_checked_at is None:
        error = Refused(
            "identity_missing",
            _("本人かどうかを、まだ確かめていません。"),
            _("先に、本人確認の方法を記録してください。"),
        )
        return refused_back(request, error, "staff:privacy_request", council.slug, row.id)
    mine = set(working_calls(actor).values_list("pk", flat=True))
    record(by=actor, verb="person.disclosed", subject=row.person, for_person_id=row.person_id)
    sections = holding.holdings(row.person, actor, mine)
    awards = Award.objects.filter(person=row.person, achievement__call__in=mine)
    return parcel.response(council, sections, _unsealed(row.person, mine, actor), awards, day_of(actor.at))


def _unsealed(person: Person, calls: set[uuid.UUID], actor: Actor) -> list[Any]:
    """The files; those of sensitive questions only for their named viewers."""
    return [
        upload
        for upload in holding.files(person, calls)
        if upload.question is None
        or not upload.question.is_sensitive
        or upload.question.viewers.filter(pk=actor.account_id).exists()
    ]


@staff("privacy.write")
def rules(request: HttpRequest, council: Council) -> HttpResponse:
    """The periods in force, and a form for the next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = RuleForm(request.POST or None, initial=today_first(day_of(actor.at)))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_request_rule(by=actor, council=council, **form.rule())
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("期限の決まりを保存しました。受付済みの請求の期限は変わりません。"))
            return redirect("staff:privacy_rules", council.slug)
    standing = queries.request_rules(council, day_of(actor.at))
    rows = [
        (public, DataRequest.Kind(kind).label, rule, rule.valid_from == date.min)
        for (public, kind), rule in standing.items()
    ]
    context = {"form": form, "rows": rows}
    return render(request, "staff/privacy_rules.html", context, status=422 if form.errors else 200)


@staff("privacy.write")
def left(request: HttpRequest, council: Council) -> HttpResponse:
    """残っている個人情報: every kind of row with its number, files, imports, what was taken out, backups. No names."""
    rows = residue.rows(council)
    context = {
        "rows": rows, "none_of": [one for one in rows if not one.number],
        "words": residue.words(council), "files": residue.files(council),
        "staged": residue.staged(council), "taken": [_in_words(one) for one in residue.taken_out(council)],
        "backup_note": settings.BACKUP_NOTE,
    }  # fmt: skip
    return render(request, "staff/privacy_left.html", context)


def _in_words(one: dict[str, Any]) -> dict[str, Any]:
    noun, done = verb_words(one["verb"])
    return {**one, "noun": noun, "done": done}
