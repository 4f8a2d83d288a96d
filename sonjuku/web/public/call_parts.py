"""The parts of a call, read only where it has any: most calls lack most of them, and each costs a statement."""

from functools import cache

from django.db.models import Exists, Model, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from sonjuku.rooms.calls.models import Call, CallBody, EligibilityRule, PriorityRule
from sonjuku.rooms.credentials.models import Achievement
from sonjuku.rooms.events.models import Material, Speaker
from sonjuku.rooms.participation.models import ObligationRule, Occasion
from sonjuku.rooms.vocabulary.models import Audience

PARTS: dict[str, type[Model]] = {
    "eligibility_rules": EligibilityRule,
    "priority_rules": PriorityRule,
    "obligation_rules": ObligationRule,
    "achievements": Achievement,
    "occasions": Occasion,
}


def with_parts(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Calls that know which parts they have: `has_<part>`, and `has_audiences`, `has_speakers`, `has_materials`."""
    return rows.annotate(**_flags())


@cache
def _flags() -> dict[str, Exists]:
    """Built once: annotating copies them, and the call page is what most people ask for."""
    of_call = {
        f"has_{name}": Exists(model._base_manager.order_by().filter(call=OuterRef("pk")))
        for name, model in PARTS.items()
    }
    return {
        **of_call,
        "has_audiences": Exists(Call.audiences.through.objects.filter(call_id=OuterRef("pk"))),
        "has_speakers": Exists(Speaker.objects.order_by().filter(occasion__call=OuterRef("pk"))),
        "has_materials": Exists(Material.objects.order_by().filter(occasion__call=OuterRef("pk"))),
    }


def load_parts(call: Call) -> None:
    """Read what a call of `with_parts` has, and note as empty what it has not."""
    wanted = [_part(call, name, model._default_manager.all()) for name, model in PARTS.items()]
    if call.has_speakers:  # type: ignore[attr-defined]
        wanted[-1] = Prefetch("occasions", Occasion.objects.prefetch_related("speakers"))
    else:
        wanted.append(Prefetch("occasions__speakers", Speaker.objects.none()))
    wanted.append(_part(call, "audiences", Audience.objects.all()))
    wanted.append(Prefetch("bodies", CallBody.objects.select_related("body")))
    prefetch_related_objects([call], "seat_pools", *wanted)


def _part(call: Call, name: str, rows: QuerySet[Model]) -> Prefetch:
    return Prefetch(name, rows if getattr(call, f"has_{name}") else rows.none())
