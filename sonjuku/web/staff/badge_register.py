"""What the council has issued: whether it holds, who changed that and why. Names only where the holder shows them."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.flows import issuing
from sonjuku.rooms.credentials import queries
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.credentials.rules import STATUS_MOVES
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.badge_inputs import Reason
from sonjuku.web.staff.rows import one_or_404, page_of

STATES: dict[str, tuple[Any, dict[str, Any]]] = {
    "": (_("すべて"), {}),
    "suspended": (_("一時停止"), {"revoked_at__isnull": True, "suspended_at__isnull": False}),
    "revoked": (pgettext_lazy("バッジ", "失効"), {"revoked_at__isnull": False}),
}


def _sought(rows: QuerySet[Award], text: str) -> QuerySet[Award]:
    """The badge with this number (urn:uuid:…, an address of its page, or the number alone); none for other words."""
    try:
        return rows.filter(pk=uuid.UUID(text.rstrip("/").rpartition("/")[2].removeprefix("urn:uuid:")))
    except ValueError:
        return rows.none()


@staff("council.write")
def badge_register(request: HttpRequest, council: Council) -> HttpResponse:
    rows = queries.register_visible_to(request.actor)  # type: ignore[attr-defined]
    state, text = request.GET.get("show", ""), request.GET.get("q", "").strip()
    found = rows.filter(**STATES.get(state, STATES[""])[1])
    found = _sought(found, text) if text else found
    filters = [
        {"key": key, "label": label, "current": key == state} for key, (label, _where) in STATES.items()
    ]
    context = {
        "page_obj": page_of(request, found.order_by("-issued_at", "-id")),
        "filters": filters,
        "q": text,
        "show": state,
    }
    return render(request, "staff/badge_register.html", context)


def _one(request: HttpRequest, award_id: uuid.UUID) -> Award:
    rows = queries.register_visible_to(request.actor)  # type: ignore[attr-defined]
    row: Award = one_or_404(rows.select_related("issuer_key__body", "issuer_key__council"), pk=award_id)
    return row


@dataclass(frozen=True)
class Deed:
    title: Any
    text: Any
    button: Any
    done: Any
    tone: str = ""


DEEDS: dict[str, Deed] = {
    "revoke": Deed(
        _("バッジを失効させますか"),
        _(
            "元に戻せません。公開している一覧と、バッジのページに出ます。本人には、理由を書いたお知らせが届きます。"
        ),
        _("失効させる"),
        _("バッジを失効させました。"),
        "danger",
    ),
    "suspend": Deed(
        _("バッジを一時停止しますか"),
        _("解除するまで、有効でないと示します。本人には、理由を書いたお知らせが届きます。"),
        _("一時停止する"),
        _("バッジを一時停止しました。"),
    ),
    "reinstate": Deed(
        _("一時停止を解除しますか"),
        _("バッジは、ふたたび有効になります。本人には、理由を書いたお知らせが届きます。"),
        _("一時停止を解除する"),
        _("一時停止を解除しました。"),
    ),
}


@staff("council.write")
def badge_issued(request: HttpRequest, council: Council, award_id: uuid.UUID) -> HttpResponse:
    row = _one(request, award_id)
    context = {
        "row": row,
        "changes": row.status_changes.select_related("body"),
        "deeds": [(slug, deed.button) for slug, deed in DEEDS.items() if slug in STATUS_MOVES[row.status]],
    }
    return render(request, "staff/badge_issued.html", context)


@staff("council.write")
def badge_status(request: HttpRequest, council: Council, award_id: uuid.UUID, action: str) -> HttpResponse:
    row, deed = _one(request, award_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            issuing.change_status(by=request.actor, award=row, kind=action, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, deed.done)
            return redirect("staff:badge_issued", council.slug, row.id)
    return render(request, "staff/badge_status.html", {"row": row, "deed": deed, "form": form})


badge_status.values = tuple(DEEDS)  # type: ignore[attr-defined]
