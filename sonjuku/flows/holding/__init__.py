"""What one council holds about one person, told to that person: the page, the download and a disclosure say the same.

No other person's data: staff who entered or checked something are not the person's data, and neither are reviewers.
"""

from collections.abc import Collection
from uuid import UUID

from sonjuku.flows.holding import given, matchings, proofs, taking_part
from sonjuku.flows.holding.shapes import Fact, Item, Section
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Person

__all__ = ["Fact", "Item", "Section", "files", "holdings", "only_calls"]


def holdings(person: Person, reader: Actor, calls: Collection[UUID] | None = None) -> list[Section]:
    """Every kind of data held, also those of which there is none. A fixed number of queries.

    `reader`: the person, who sees all, or staff for them, who see sensitive answers only as their named viewers.
    `calls`: only what belongs to these calls (a body answers for its own); letters, consents and what hangs on no call
    are then left out unless they are about one of those.
    """
    applications = Application.objects.filter(person=person).select_related("call", "response__version")
    places = Participation.objects.filter(person=person).select_related("call")
    if calls is not None:
        applications, places = applications.filter(call__in=calls), places.filter(call__in=calls)
    rows, taken = list(applications.order_by("submitted_at", "id")), list(places.order_by("started_at", "id"))
    about = None if calls is None else {row.pk for row in rows} | {place.pk for place in taken}
    all_of = calls is None  # what hangs on no call
    return [
        given.profile(person),
        given.guardians(person),
        given.ties(person),
        given.applications(rows),
        given.answers(person, rows, about, reader),
        given.files(files(person, calls)),
        given.staged(rows),
        given.consents(person, about),
        taking_part.places(taken),
        taking_part.check_ins(taken),
        taking_part.activities(person, calls),
        taking_part.obligations(taken),
        taking_part.awards(person, calls),
        proofs.certificates(person, all_of),
        proofs.dossiers(person, all_of),
        proofs.share_links(person, all_of),
        proofs.wallets(person, all_of),
        matchings.matchings(person, None if calls is None else ()),
        taking_part.letters(person, about),
        given.provisions(person),
        given.terms(person),
        given.requests(person),
        given.account(person),
    ]


def files(person: Person, calls: Collection[UUID] | None = None) -> list[Upload]:
    """The files this person handed in, oldest first."""
    rows = Upload.objects.filter(person=person).select_related("question")
    if calls is not None:
        mine = Application.objects.filter(person=person, call__in=calls)
        rows = rows.filter(response__about_id__in=mine.values("pk"))
    return list(rows.order_by("created_at", "id"))


def only_calls(person: Person, calls: Collection[UUID]) -> bool:
    """Whether the person applied or took part in calls other than these: then a disclosure of them isn't all."""
    applied = Application.objects.filter(person=person).exclude(call__in=calls)
    return (
        not applied.exists()
        and not Participation.objects.filter(person=person).exclude(call__in=calls).exists()
    )
