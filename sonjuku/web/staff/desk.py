"""The desk's first page, and the choice of the role one acts in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.web.actors import ACTING_ROLE, staff, staff_roles
from sonjuku.web.staff.first_steps import first_steps
from sonjuku.web.staff.todo import tasks


@staff("desk")
def home(request: HttpRequest, council: Council) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    may_write = people_rules.may(actor.role, "calls.write")
    todo = tasks(actor, council)
    context = {
        "tasks": todo,
        "late": sum(task.tone == "late" for task in todo),
        "roles": staff_roles(request, council),
        "role": request.role,  # type: ignore[attr-defined]
        "may_write": may_write,
        "steps": first_steps(actor, council),
    }
    return render(request, "staff/home.html", context)


@staff("desk")
def act_as(request: HttpRequest, council: Council) -> HttpResponse:
    """POST `role`: act in that role of one's own from now on, in this council."""
    if request.method == "POST":
        roles = {str(role.id): role for role in staff_roles(request, council)}
        chosen = roles.get(request.POST.get("role", ""))
        if chosen is None:
            messages.error(
                request, now("その役割は選べません。役割の期間が終わっていないか確かめてください。")
            )
        else:
            request.session[f"{ACTING_ROLE}:{council.slug}"] = str(chosen.id)
            messages.success(
                request, now("「%(role)s」として作業します。") % {"role": chosen.get_kind_display()}
            )
    return redirect("staff:home", council.slug)
