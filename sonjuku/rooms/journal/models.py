"""The journal, and the two things that every room above it shares: the row key and the actor."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import models

from sonjuku.toolbox.ids import uuid7


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which body of which council, in which role, at which moment (aware UTC).

    Every request, job and journal row has exactly one. `role` is a `people.Role.Kind` value, "member" for a
    person acting for themselves, "guardian", "public" or "system".
    """

    at: datetime
    role: str = "public"
    person_id: uuid.UUID | None = None
    body_id: uuid.UUID | None = None
    council_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None

    def now(self, at: datetime) -> "Actor":
        return replace(self, at=at)


class Row(models.Model):
    """Every row has a UUIDv7 key: sortable by birth, guessable by nobody, portable between databases."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Beat(models.Model):
    """When something that must go on by itself was last done: the tick, in one row. No person, no history."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()


class Entry(Row):
    at = models.DateTimeField()
    council_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    actor_person_id = models.UUIDField(null=True)
    actor_body_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=30)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    for_person_id = models.UUIDField(null=True)
    field_names = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["council_id", "-at"]),
            models.Index(fields=["for_person_id", "-at"]),
            models.Index(fields=["subject_id", "-at"]),
        ]
        verbose_name_plural = "entries"
