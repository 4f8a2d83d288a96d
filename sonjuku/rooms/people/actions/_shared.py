import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.refusals import Refused


def own_council(by: Actor, council_id: uuid.UUID) -> None:
    """Refuse an actor who works in another council; the system and the importer work in none."""
    if by.council_id is not None and by.council_id != council_id:
        raise Refused("other_council", _("ほかの協議会のデータは変えられません。"))


def update(row: models.Model, fields: dict[str, Any]) -> list[str]:
    """Set and save what differs; returns the names of the changed fields (nothing is written when none differ)."""
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save()
    return changed
