"""The council itself: its texts and colours, its bodies with dated memberships, its dated roles."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.people import actions as people_actions
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Account, Body, Council, Membership, Role
from sonjuku.toolbox.dates import at_tokyo, day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff, staff_roles
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.council_inputs import EndRole, GrantRole, JoinLeave, NewBody, Settings
from sonjuku.web.staff.first_steps import first_steps
from sonjuku.web.staff.rows import one_or_404


@staff("council.write")
def council_page(request: HttpRequest, council: Council) -> HttpResponse:
    form = Settings(request.POST or None, council=council)
    if request.method == "POST" and form.is_valid():
        try:
            people_actions.change_council(by=request.actor, council=council, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.add_error("colour", f"{error.message}{error.next_step}")
            council.refresh_from_db()
        else:
            messages.success(request, now("協議会の設定を保存しました。"))
            return redirect("staff:council", council.slug)
    steps = first_steps(request.actor, council)  # type: ignore[attr-defined]
    return render(request, "staff/council.html", {"form": form, "steps": steps})


@staff("council.write")
def bodies(request: HttpRequest, council: Council) -> HttpResponse:
    form = NewBody(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _add_body(request.actor, council, form.cleaned_data)  # type: ignore[attr-defined]
        messages.success(request, now("団体を登録しました。"))
        return redirect("staff:bodies", council.slug)
    terms = Membership.objects.filter(council=council).order_by("joined_on")
    rows = people.bodies(council).prefetch_related(Prefetch("memberships", queryset=terms))
    day = day_of(request.actor.at)  # type: ignore[attr-defined]
    context = {
        "form": form,
        "bodies": [_with_terms(body, day) for body in rows],
        "date_form": JoinLeave(initial={"on": day}),
    }
    return render(request, "staff/bodies.html", context)


def _with_terms(body: Body, day: Any) -> dict[str, Any]:
    terms = list(body.memberships.all())
    current = next(
        (term for term in terms if term.joined_on <= day and (term.left_on is None or day <= term.left_on)),
        None,
    )
    return {"body": body, "terms": terms, "current": current}


@transaction.atomic
def _add_body(by: Actor, council: Council, data: dict[str, Any]) -> None:
    joined_on = data.pop("joined_on")
    body = people_actions.add_body(by=by, council=council, **data)
    if joined_on:
        people_actions.join(by=by, council=council, body=body, on=joined_on)


@staff("council.write")
def membership(request: HttpRequest, council: Council, body_id: uuid.UUID) -> HttpResponse:
    """POST: the body joins, or its present membership ends, on the day that is given."""
    body = one_or_404(people.bodies(council), pk=body_id)
    form = JoinLeave(request.POST)
    if request.method != "POST" or not form.is_valid():
        if request.method == "POST":
            messages.error(request, now("日付を入力してください。何も変えていません。"))
        return redirect("staff:bodies", council.slug)
    day = form.cleaned_data["on"]
    current = body.memberships.filter(joined_on__lte=day, left_on__isnull=True).first()
    try:
        if "leave" in request.POST and current is not None:
            people_actions.leave(by=request.actor, membership=current, on=day)  # type: ignore[attr-defined]
        elif "leave" not in request.POST:
            people_actions.join(by=request.actor, council=council, body=body, on=day)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:bodies", council.slug)
    messages.success(request, now("構成団体の期間を記録しました。"))
    return redirect("staff:bodies", council.slug)


@staff("people.read")
def roles(request: HttpRequest, council: Council) -> HttpResponse:
    """All roles with their dates. Only an administrator grants and ends them."""
    return render(request, "staff/roles.html", _roles(request, council, GrantRole(None, council=council)))


def _roles(request: HttpRequest, council: Council, form: GrantRole) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    day = day_of(actor.at)
    rows = list(people.roles_visible_to(actor))
    groups = {
        "current": [role for role in rows if role.is_active(day)],
        "prepared": [role for role in rows if role.starts_on > day],
        "past": [role for role in rows if role.ends_on and role.ends_on < day],
    }
    return {
        "form": form,
        "groups": groups,
        "end_form": EndRole(initial={"on": day}),
        "may_grant": any(
            people_rules.may(role.kind, "roles.write") for role in staff_roles(request, council)
        ),
    }


@staff("roles.write")
def role_grant(request: HttpRequest, council: Council) -> HttpResponse:
    form = GrantRole(request.POST or None, council=council)
    if form.is_valid():
        data = form.cleaned_data
        account = Account.objects.filter(email=data.pop("email").lower(), is_active=True).first()
        if account is None:
            form.add_error(
                "email", now("このアドレスで登録した人がいません。先に本人に登録してもらってください。")
            )
        else:
            try:
                _grant(request.actor, council, account, data)  # type: ignore[attr-defined]
            except Refused as error:
                form.refuse(error)
            else:
                messages.success(request, now("役割を登録しました。"))
                return redirect("staff:roles", council.slug)
    return render(request, "staff/roles.html", _roles(request, council, form))


@transaction.atomic
def _grant(by: Actor, council: Council, account: Account, data: dict[str, Any]) -> None:
    """The letter leaves on the role's first day: until then nobody hears of it."""
    role = people_actions.grant_role(by=by, account=account, **data)
    letters.queue(
        by=by, council=council, kind="role_granted", key=f"role_granted:{role.id}", to_address=account.email,
        context={"role_title": role.title or role.get_kind_display(), "body_name": str(role.body), "starts_on": role.starts_on},
        path=f"/c/{council.slug}/desk/", language=account.language, about_id=role.id,
        due_at=max(by.at, at_tokyo(role.starts_on)),
    )  # fmt: skip


@staff("roles.write")
def role_end(request: HttpRequest, council: Council, role_id: uuid.UUID) -> HttpResponse:
    role: Role = one_or_404(people.roles_visible_to(request.actor), pk=role_id)  # type: ignore[attr-defined]
    form = EndRole(request.POST)
    if request.method != "POST" or not form.is_valid():
        if request.method == "POST":
            messages.error(request, now("最後の日を入力してください。何も変えていません。"))
        return redirect("staff:roles", council.slug)
    try:
        people_actions.end_role(by=request.actor, role=role, on=form.cleaned_data["on"])  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:roles", council.slug)
    messages.success(request, now("役割の終わりを登録しました。"))
    return redirect("staff:roles", council.slug)
