"""Different values for many rows in one statement each thousand: UPDATE … FROM (VALUES …)."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 1000


def update_values(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, chunk: int = CHUNK
) -> int:
    """Set the columns `names` (of `model`, keys as `…_id`) from rows of (primary key, value, …); returns how many changed.

    Reads `rows` a chunk at a time, so they may come from a generator. No row is read and no `save()` runs. Works on
    SQLite and PostgreSQL.
    """
    fields = [_field(model, name) for name in ("pk", *names)]
    changed, left = 0, iter(rows)
    while some := list(islice(left, chunk)):
        changed += _update(model, fields, some)
    return changed


def _field(model: type[models.Model], name: str) -> Any:
    meta = model._meta
    return meta.pk if name == "pk" else meta.get_field(name.removesuffix("_id"))


def _update(model: type[models.Model], fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> int:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    # PostgreSQL takes the types of VALUES from the first row, and NULL has none; SQLite has no such question.
    casts = [
        f"given.column{at}::{field.cast_db_type(connection)}"
        if connection.vendor == "postgresql"
        else f"given.column{at}"
        for at, field in enumerate(fields, start=1)
    ]
    holes = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    sets = ", ".join(
        f"{quote(field.column)} = {cast}" for field, cast in zip(fields[1:], casts[1:], strict=True)
    )
    sql = f"UPDATE {table} SET {sets} FROM (VALUES {holes}) AS given WHERE {table}.{quote(fields[0].column)} = {casts[0]}"  # noqa: S608 (names of columns, values are parameters)
    values = [
        field.get_db_prep_save(value, connection)
        for row in rows
        for field, value in zip(fields, row, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
