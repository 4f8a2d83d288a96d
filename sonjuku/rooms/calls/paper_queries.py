"""Reads of what a call's papers also say, and of the addresses that bodies spread."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from sonjuku.rooms.calls.models import Application, Call, PaperTerms, ReferralLink
from sonjuku.rooms.calls.queries import PUBLIC_STATES
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.ids import normalise_code


def paper_terms(call: Call) -> PaperTerms:
    """What the call's papers also say; an unsaved row where nothing was written yet."""
    return PaperTerms.objects.filter(call=call).select_related("short_code").first() or PaperTerms(call=call)


def referral_link(call: Call, code: str) -> ReferralLink | None:
    return ReferralLink.objects.filter(call=call, code=normalise_code(code)).first() if code else None


def by_referral(call: Call) -> dict[str, int]:
    """Applications by the code of the address they came by; "" for those that came by none."""
    rows = call.applications.exclude(state=Application.State.DRAFT).order_by()
    return dict(rows.values_list("referral").annotate(number=Count("id")))


def referral_links_visible_to(actor: Actor) -> QuerySet[ReferralLink]:
    """A body's own addresses of the council's public calls, newest first; none of another body's."""
    if not (may(actor.role, "calls.read") and actor.council_id and actor.body_id):
        return ReferralLink.objects.none()
    rows = ReferralLink.objects.filter(
        body_id=actor.body_id, call__council_id=actor.council_id, call__state__in=PUBLIC_STATES
    )
    return rows.select_related("call__council").order_by("-call_id")


def brought_by(links: Collection[ReferralLink]) -> dict[str, int]:
    """Applications by the code of these links."""
    rows = Application.objects.filter(
        referral__in=[link.code for link in links], call__in=[link.call_id for link in links]
    ).exclude(state=Application.State.DRAFT)
    return dict(rows.order_by().values_list("referral").annotate(number=Count("id")))
