"""What everybody may keep of a council's badges when this program is gone: only what is public here and now."""

import uuid
from collections.abc import Iterable, Iterator

from django.db.models import Prefetch, Q, QuerySet

from sonjuku.rooms.credentials.models import (
    Achievement,
    AchievementAlignment,
    Award,
    Endorsement,
    IssuerKey,
    SkillMapItem,
    SkillMapVersion,
    StatusList,
)
from sonjuku.rooms.people.models import Council

AT_ONCE = 500


def public_awards(councils: Iterable[Council]) -> Iterator[list[Award]]:
    """The badges that their holders show to everybody, a few at a time, oldest first. Others are never read."""
    rows = Award.objects.filter(council__in=councils, visibility=Award.Visibility.PUBLIC).order_by("pk")
    rows = rows.select_related("person", "issuer_key__body", "issuer_key__council")
    last = uuid.UUID(int=0)
    while batch := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        yield batch
        last = batch[-1].pk


def public_count(councils: Iterable[Council]) -> int:
    return Award.objects.filter(council__in=councils, visibility=Award.Visibility.PUBLIC).count()


def public_endorsements(councils: Iterable[Council]) -> Iterator[Endorsement]:
    """認定証 that their holders show to everybody, with the certificate below."""
    rows = Endorsement.objects.filter(council__in=councils, visibility=Endorsement.Visibility.PUBLIC)
    rows = rows.exclude(credential=None).select_related("certificate__kind__host", "council", "person")
    return rows.order_by("pk").iterator(chunk_size=AT_ONCE)


def published_versions(council: Council) -> QuerySet[SkillMapVersion]:
    """Every published version of the council's skill maps, closed ones too: badges were given by each of them."""
    items = SkillMapItem.objects.prefetch_related("achievements", "kinds")
    rows = SkillMapVersion.objects.exclude(published_at=None).filter(skill_map__council=council)
    rows = rows.select_related("skill_map__achievement").prefetch_related(Prefetch("items", items))
    return rows.order_by("skill_map__title", "skill_map_id", "-number")


def shown_achievements(council: Council) -> QuerySet[Achievement]:
    """What a public badge or a published skill map names; a draft of the desk is not among them."""
    published = Q(skill_maps__versions__published_at__isnull=False)
    named = SkillMapItem.objects.exclude(version__published_at=None).filter(
        version__skill_map__council=council
    )
    held = Award.objects.filter(visibility=Award.Visibility.PUBLIC).values("achievement")
    rows = Achievement.objects.filter(published | Q(pk__in=held) | Q(pk__in=named.values("achievements")))
    alignments = AchievementAlignment.objects.select_related("skill__framework").order_by("skill__code", "pk")
    rows = rows.filter(council=council).select_related("council", "issuer_body").distinct()
    return rows.prefetch_related(Prefetch("alignments", alignments)).order_by("title", "pk")


def keys_of(council: Council) -> list[IssuerKey]:
    """All keys the council and its bodies ever signed with, oldest first; never the private half."""
    rows = IssuerKey.objects.filter(council=council).select_related("council", "body").defer("private_key")
    return list(rows.order_by("created_at", "pk"))


def lists_of(council: Council) -> Iterator[StatusList]:
    """The council's status lists with the key that signs each."""
    rows = StatusList.objects.filter(council=council).defer("used", "revoked", "suspended")
    rows = rows.select_related("issuer_key__council", "issuer_key__body").order_by("pk")
    return rows.iterator(chunk_size=10)
