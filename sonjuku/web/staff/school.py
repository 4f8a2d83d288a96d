"""Two narrow doors: a school sees how its own consenting pupils stand; a prefecture sees numbers, no persons."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.flows import providing
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import actions as people_actions
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Council, Role
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.council_inputs import PupilList
from sonjuku.web.staff.rows import page_of
from sonjuku.web.staff.statistics import of_audiences, of_councils, of_lines


@staff("school.read")
def school(request: HttpRequest, council: Council) -> HttpResponse:
    """State only: no answers, no reasons, no scores. The secretariat sees what a school would see, by school."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    is_school = actor.role == Role.Kind.SCHOOL_CONTACT
    form = PupilList(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_school and form.is_valid():
        try:
            number = _add(actor, council, form.cleaned_data["pupils"])
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("生徒 %(number)s 人を名簿に入れました。") % {"number": number})
            return redirect("staff:school", council.slug)
    rows = calls.applications_visible_to(actor) if is_school else calls.applications_visible_to(actor).none()
    rows = rows.select_related("call__data_controller__council", "call__council", "person")
    page = page_of(request, rows.order_by("person__family_name_kana", "person__given_name_kana", "id"))
    if is_school and actor.body_id:
        own = Body.objects.get(pk=actor.body_id)
        providing.tell_school(
            by=actor, school=own, rows=page.object_list, items=providing.STATE_ITEMS, what="state"
        )
    context = {"page_obj": page, "form": form, "is_school": is_school, "schools": people.schools(council)}
    return render(request, "staff/school.html", context)


@transaction.atomic
def _add(by: Actor, council: Council, pupils: list[dict[str, Any]]) -> int:
    assert by.body_id is not None
    school = Body.objects.get(pk=by.body_id, council=council)
    for pupil in pupils:
        people_actions.add_person(by=by, council=council, fields={**pupil, "school": school})
    return len(pupils)


@staff("aggregates.read")
def aggregates(request: HttpRequest, council: Council) -> HttpResponse:
    """Applications and completions per municipal council; a cell under five says so and nothing more."""
    rows = of_councils([council, *people.children_of(council)])
    context = {"rows": rows, "by_line": of_lines(council), "by_audience": of_audiences(council)}
    return render(request, "staff/aggregates.html", context)
