"""Pages of a list: `?limit=` rows after `?cursor=`, which is the id of the last row of the page before."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet


def page(rows: QuerySet[Any], cursor: UUID | None, limit: int) -> tuple[list[Any], UUID | None]:
    """(rows, cursor of the next page or None), oldest first: rows that come later are found by going on."""
    if cursor is not None:
        rows = rows.filter(pk__gt=cursor)
    found = list(rows.order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
