"""What an import did, and the one way it writes a row: made when missing, brought up to date when it differs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models

from sonjuku.rooms.people.models import Council

M = TypeVar("M", bound=models.Model)


@dataclass
class Report:
    """Rows by kind (`bodies`, `calls` …) that were new, that changed, and that stood already."""

    council: Council | None = None
    dry_run: bool = False
    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def put(
        self,
        kind: str,
        row: M | None,
        fields: dict[str, Any],
        create: Callable[[], M],
        change: Callable[[M, dict[str, Any]], Any],
    ) -> M:
        """`fields` are compared with the row; only what differs is handed to `change`."""
        if row is None:
            self.created[kind] += 1
            return create()
        differing = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if not differing:
            self.unchanged[kind] += 1
            return row
        self.changed[kind] += 1
        change(row, differing)
        row.refresh_from_db()
        return row
