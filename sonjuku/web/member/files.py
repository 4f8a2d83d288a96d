"""Files that people handed in: streamed to their owner and to staff who may see the application, as a download."""

import uuid
from collections.abc import Iterator
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone

from sonjuku.rooms.calls.queries import applications_visible_to
from sonjuku.rooms.credentials.queries.experience import evidence_visible_to
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.forms.queries import uploads_visible_to
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.queries import obligations_visible_to
from sonjuku.rooms.people import queries as people
from sonjuku.toolbox.files import safe_name
from sonjuku.web.actors import DEMO_CAST, member, role_actor
from sonjuku.web.member.accounts import account_of


@member
def file(request: HttpRequest, upload_id: uuid.UUID) -> Any:
    """Any of the reader's own files, else one that a role of today lets them see; that is journalled."""
    for actor in _hats(request):
        upload = _visible(actor, upload_id)
        if upload is not None:
            break
    else:
        raise Http404
    if actor.role != "member":
        record(by=actor, verb="upload.opened", subject=upload, for_person_id=upload.person_id)
    response = FileResponse(upload.file.open("rb"), as_attachment=True, filename=safe_name(upload.name))
    response["Content-Type"] = upload.mime
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _hats(request: HttpRequest) -> Iterator[Actor]:
    """The reader as themselves, then in each staff role; those count only with a second factor."""
    yield request.actor  # type: ignore[attr-defined]
    if request.session.get(DEMO_CAST) or is_mfa_enabled(request.user):
        for role in people.all_roles_of(request.user, timezone.localdate()):
            yield role_actor(role, account_of(request).pk)


def _visible(actor: Actor, upload_id: uuid.UUID) -> Upload | None:
    own = uploads_visible_to(actor) if actor.role == "member" else None
    if own is not None:
        return own.filter(pk=upload_id).first()
    obligations = obligations_visible_to(actor)
    about = applications_visible_to(actor).order_by().values("pk").union(obligations.order_by().values("pk"))
    rows = uploads_visible_to(actor, about=about, ids=obligations.values("upload_id"))
    return rows.filter(pk=upload_id).first() or evidence_visible_to(actor).filter(pk=upload_id).first()
