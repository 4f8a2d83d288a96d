"""Who acts: from a request to the one Actor that rules, queries and actions see."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council, Person, Role

View = Callable[..., HttpResponse]
ACTING_ROLE = "acting_role"
DEMO_CAST = "demo_cast"


def slug_of_path(path: str) -> str:
    """The council's part of /c/<slug>/… (or /en/c/<slug>/…); empty elsewhere."""
    parts = path.strip("/").split("/")
    if parts and parts[0] in dict(settings.LANGUAGES):
        parts = parts[1:]
    return parts[1] if len(parts) >= 2 and parts[0] == "c" else ""


def member_actor(request: HttpRequest, council: Council | None, person: Person | None) -> Actor:
    """The logged-in person acting for themselves; `person` is their record in this council, if it has one.

    Leaves that record as `request.person`.
    """
    request.person = person  # type: ignore[attr-defined]
    return Actor(
        at=timezone.now(),
        role="member",
        person_id=person.id if person else None,
        council_id=council.id if council else None,
        account_id=request.user.pk,
    )


def staff_roles(request: HttpRequest, council: Council) -> list[Role]:
    """The roles the logged-in account holds today in this council, the chosen one first, the administrator's last."""
    roles = people.roles_of(request.user, council, timezone.localdate())
    chosen = request.session.get(f"{ACTING_ROLE}:{council.slug}")
    return sorted(
        roles, key=lambda role: (str(role.id) != chosen, role.kind == Role.Kind.ADMINISTRATOR, role.starts_on)
    )


def role_actor(role: Role, account_id: uuid.UUID | None) -> Actor:
    return Actor(
        at=timezone.now(),
        role=role.kind,
        body_id=role.body_id,
        council_id=role.council_id,
        account_id=account_id,
    )


def staff(permission: str) -> Callable[[View], View]:
    """A view for staff: `view(request, council, …)` with `request.actor` acting in a role that has `permission`.

    A stranger gets 404 (the page's existence is nobody's business), an account without a second factor is led to
    set one up. Of several roles the chosen one wins; if it lacks the permission, the first that has it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            council = request.council  # type: ignore[attr-defined]
            if council is None:
                raise Http404
            held = staff_roles(request, council)
            roles = [r for r in held if people_rules.may(r.kind, permission)]
            if not roles:
                raise Http404
            if not (request.session.get(DEMO_CAST) or is_mfa_enabled(request.user)):
                return redirect("mfa_index")
            request.role = roles[0]  # type: ignore[attr-defined]
            # A page acts in one role but links to what any of them may open.
            request.may_open = {p for r in held for p in people_rules.PERMISSIONS.get(r.kind, ())}  # type: ignore[attr-defined]
            request.actor = role_actor(roles[0], request.user.pk)  # type: ignore[attr-defined]
            return view(request, council, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def member(view: View) -> View:
    """A view for a logged-in person: `view(request, …)`, `request.actor.role == "member"`."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    guarded.permission = "member"  # type: ignore[attr-defined]
    return guarded


def own_person(request: HttpRequest, council: Council) -> Person | None:
    return people.person_of(request.user, council)
