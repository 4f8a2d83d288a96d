"""The experience route: who may see which dossier, and what reviewers may know."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from sonjuku.rooms.credentials.models import Dossier, DossierFile, DossierReview, ExperienceRoute
from sonjuku.rooms.credentials.queries.outside import certificates_visible_to
from sonjuku.rooms.credentials.rules.experience import Word, outcome
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.rules import may


def routes_visible_to(actor: Actor) -> QuerySet[ExperienceRoute]:
    """Staff: the routes whose dossiers their body judges."""
    if not (may(actor.role, "applications.read") and actor.council_id and actor.body_id):
        return ExperienceRoute.objects.none()
    rows = ExperienceRoute.objects.filter(council_id=actor.council_id, host_id=actor.body_id)
    return rows.select_related("achievement", "host")


def open_routes(council: Council) -> QuerySet[ExperienceRoute]:
    return council.experience_routes.filter(is_open=True).select_related("achievement", "host")


def dossiers_visible_to(actor: Actor) -> QuerySet[Dossier]:
    """A member: the own ones. Staff: those that their body judges."""
    rows = Dossier.objects.select_related("route__achievement", "route__host", "council", "person", "award")
    if actor.role == "member":
        return rows.filter(person__account_id=actor.account_id) if actor.account_id else rows.none()
    return rows.filter(route__in=routes_visible_to(actor))


def dossiers_for_review(actor: Actor) -> QuerySet[Dossier]:
    """What a reviewer of the body reads: the undecided, their own left out. Show the code, never the person."""
    if not (may(actor.role, "selection.review") and actor.council_id and actor.body_id):
        return Dossier.objects.none()
    rows = Dossier.objects.filter(
        council_id=actor.council_id, route__host_id=actor.body_id, state=Dossier.State.SUBMITTED
    )
    rows = rows.exclude(person__account_id=actor.account_id) if actor.account_id else rows
    return rows.select_related("route__achievement", "council")


def unjudged(actor: Actor) -> QuerySet[Dossier]:
    """What waits for this reviewer's word."""
    said = DossierReview.objects.filter(
        Q(has_conflict=True) | Q(is_met__isnull=False), dossier=OuterRef("pk"), reviewer_id=actor.account_id
    )
    return dossiers_for_review(actor).exclude(Exists(said))


def words_of(dossier: Dossier) -> list[Word]:
    """What the reviewers said, in the order in which they said it; those who only declared come with None."""
    rows = DossierReview.objects.filter(dossier=dossier).order_by("decided_at", "declared_at", "id")
    return [Word(row.is_met, row.has_conflict, row.criteria) for row in rows]


def decided(dossiers: Iterable[Dossier]) -> set[UUID]:
    """Those of them on which two reviewers agree, whichever way: the desk's turn."""
    words: dict[UUID, list[Word]] = {row.pk: [] for row in dossiers if row.state == Dossier.State.SUBMITTED}
    for row in DossierReview.objects.filter(dossier__in=words).order_by("decided_at", "declared_at", "id"):
        words[row.dossier_id].append(Word(row.is_met, row.has_conflict, row.criteria))
    return {key for key, said in words.items() if outcome(said) != "waiting"}


def evidence_visible_to(actor: Actor) -> QuerySet[Upload]:
    """Files of certificates and dossiers: staff of the body that checks them, and reviewers who declared no interest."""
    own = DossierReview.objects.filter(
        reviewer_id=actor.account_id, has_conflict=False, dossier__in=dossiers_for_review(actor)
    )
    of_dossiers = DossierFile.objects.filter(
        Q(dossier__in=dossiers_visible_to(actor).order_by().values("pk"))
        | Q(dossier__in=own.values("dossier"))
    )
    certificates = certificates_visible_to(actor).order_by()
    return Upload.objects.filter(
        Q(pk__in=of_dossiers.values("upload")) | Q(pk__in=certificates.values("upload"))
    )
