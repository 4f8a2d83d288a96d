"""Addresses of a call that bodies spread, and how many applications each brought: numbers, no names."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as now

from sonjuku.engines.suppression import hide_parts, shown
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.actions import make_referral_links
from sonjuku.rooms.calls.models import Call, CallBody
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.dates import day_of
from sonjuku.web.actors import staff
from sonjuku.web.addresses import call_address
from sonjuku.web.qr import qr_svg
from sonjuku.web.staff.rows import call_or_404, page_of


@staff("calls.read")
def of_call(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """All bodies' addresses. The host, who sees every applicant, gets exact numbers; other bodies no small ones."""
    call = call_or_404(request, code)
    actor: Any = request.actor  # type: ignore[attr-defined]
    may_write = people_rules.may(actor.role, "calls.write")
    if request.method == "POST" and may_write:
        bodies = [membership.body for membership in people.members_on(council, day_of(actor.at))]
        made = make_referral_links(by=actor, call=call, bodies=bodies)
        messages.success(request, now("%(number)s 団体のQRコードをつくりました。") % {"number": made})
        return redirect("staff:referrals", council.slug, call.code)
    links = list(call.referral_links.select_related("body").order_by("body__name", "body__branch"))
    found = paper_queries.by_referral(call)
    total = sum(found.values())
    parts = {link.code: found.get(link.code, 0) for link in links}
    exact = _hosts(call, actor.body_id)
    cells: dict[str, Any] = dict(parts) if exact else dict(hide_parts(total, parts))
    rows = [
        {"link": link, "cell": cells[link.code], "address": call_address(call, link), "qr": _qr(call, link)}
        for link in links
    ]
    context = {
        "call": call,
        "rows": rows,
        "total": total if exact else shown(total),
        "others": total - sum(parts.values()) if exact else None,
        "exact": exact,
        "may_write": may_write,
        "is_public": call.state != Call.State.DRAFT,
    }
    return render(request, "staff/referrals.html", context)


def _qr(call: Call, link: Any) -> str:
    return mark_safe(qr_svg(call_address(call, link)))


def _hosts(call: Call, body_id: Any) -> bool:
    return call.bodies.filter(body_id=body_id, role=CallBody.Role.HOST).exists()


@staff("calls.read")
def own(request: HttpRequest, council: Council) -> HttpResponse:
    """What this actor's body spreads: its own addresses and what they brought; of other bodies nothing."""
    actor = request.actor  # type: ignore[attr-defined]
    page = page_of(request, paper_queries.referral_links_visible_to(actor), per_page=20)
    links = list(page.object_list)
    found = paper_queries.brought_by(links)
    hosted = set(
        CallBody.objects.filter(
            call__in=[link.call_id for link in links], body_id=actor.body_id, role=CallBody.Role.HOST
        ).values_list("call_id", flat=True)
    )
    rows = [
        {
            "link": link,
            "cell": found.get(link.code, 0) if link.call_id in hosted else shown(found.get(link.code, 0)),
            "address": call_address(link.call, link),
            "qr": _qr(link.call, link),
        }
        for link in links
    ]
    return render(request, "staff/own_referrals.html", {"page_obj": page, "rows": rows})
