"""What one council knows about the person, to read and to correct."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sonjuku.rooms.letters.queries import has_unsubscribed
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.actions import add_tie, remove_tie, save_profile
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import member
from sonjuku.web.member.accounts import account_of
from sonjuku.web.member.forms import ProfileForm


@member
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    council, by = request.council, request.actor  # type: ignore[attr-defined]
    if council is None:
        raise Http404
    person = people.person_of(request.user, council)
    ties = people.ties_of(person, council.lg_code) if person else set()
    known = (
        {n: getattr(person, n) for n in people.PROFILE_FIELDS}
        if person
        else people.latest_profile(request.user)
    )
    initial = {**known, "ties": sorted(ties), "school": person.school_id if person else None}
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, council=council, today=day_of(by.at), initial=initial)
    if data is not None and form.is_valid() and _save(request, form, ties):
        messages.success(request, _("プロフィールを保存しました。"))
        return redirect(_next(request) or reverse("member:home"))
    context = {
        "form": form,
        "person": person,
        "next": _next(request),
        "news_stopped": bool(person and has_unsubscribed(person)),
        "came_back": data is not None,
    }
    return render(request, "member/profile.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: ProfileForm, before: set[str]) -> bool:
    by, council = request.actor, form.council  # type: ignore[attr-defined]
    try:
        person = save_profile(by=by, council=council, account=account_of(request), fields=form.fields_to_save)
    except Refused as error:
        form.add_error(None, f"{error.message} {error.next_step}")
        return False
    for kind in set(form.chosen_ties) - before:
        add_tie(by=by, person=person, kind=kind, lg_code=council.lg_code)
    for kind in before - set(form.chosen_ties):
        remove_tie(by=by, person=person, kind=kind, lg_code=council.lg_code)
    return True


def _next(request: HttpRequest) -> str:
    """Where to go back to, if it is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours else ""
