"""Which links a holder has given away, and what one of them leads to."""

from typing import Any

from django.db.models import QuerySet

from sonjuku.rooms.credentials.models import Award, Endorsement, ShareLink
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.rooms.people.rules import token_hash


def share_links_visible_to(actor: Actor) -> QuerySet[ShareLink]:
    """The own ones; staff have no business with them."""
    if actor.role != "member" or not actor.account_id:
        return ShareLink.objects.none()
    rows = ShareLink.objects.select_related("award__achievement", "council", "person")
    return rows.filter(person__account_id=actor.account_id)


def open_links(actor: Actor) -> QuerySet[ShareLink]:
    """Those of one's own that still open."""
    return share_links_visible_to(actor).filter(withdrawn_at=None, expires_at__gt=actor.at)


def link_of(token: str) -> ShareLink | None:
    """The link with this token, whether it still opens or not."""
    return (
        ShareLink.objects.select_related("council", "person__council", "person__account")
        .filter(token_hash=token_hash(token))
        .first()
    )


def awards_behind(link: ShareLink) -> QuerySet[Award]:
    """The badges that a link shows, newest first, whatever their visibility."""
    rows = awards_of_person(link.person)
    return rows.filter(pk=link.award_id) if link.award_id else rows


def endorsements_behind(link: ShareLink) -> QuerySet[Endorsement]:
    """What was laid on certificates of others, for a link to everything."""
    rows = Endorsement.objects.filter(person=link.person).exclude(credential=None)
    return rows.select_related("certificate__kind", "council") if not link.award_id else rows.none()


def awards_of_person(person: Person) -> QuerySet[Award]:
    return Award.objects.filter(person=person).select_related(
        "achievement__council", "achievement__call", "council", "person", "issuer_key__body", "issuer_key__council"
    )  # fmt: skip


def credentials_to_carry(person: Person) -> list[dict[str, Any]]:
    """The signed texts of what wasn't revoked, oldest first: badges, then what was laid on certificates of others.

    What a struck key signed is left out until it is signed anew; a suspension is for the status list to say.
    """
    awards = Award.objects.filter(person=person, revoked_at=None, issuer_key__struck_at=None)
    laid = Endorsement.objects.filter(
        person=person, state=Endorsement.State.ISSUED, issuer_key__struck_at=None
    )
    texts = [rows.order_by("issued_at", "pk").values_list("credential", flat=True) for rows in (awards, laid)]
    return [text for found in texts for text in found if text]
