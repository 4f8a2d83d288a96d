"""Restoring a backup: everything is checked before the first byte is written, the database comes last."""

from pathlib import Path
from typing import Any

from django.core.files.storage import Storage
from django.db.migrations.loader import MigrationLoader

from sonjuku.web.management.backup import dumps, files
from sonjuku.web.management.backup.manifest import FILES, Manifest, Unusable, check, read


def restore(folder: Path, *, connection: Any, storage: Storage) -> Manifest:
    """Bring a backup into an empty database and an empty storage. Raises Unusable before anything is overwritten.

    Whoever was interrupted runs it again: the database is filled in one transaction, after the files.
    """
    manifest = read(folder)
    _fits(manifest, connection)
    if dumps.tables(connection):
        raise Unusable(
            "The database is not empty. Nothing was restored. Make a new one and name it in DATABASE_URL."
        )
    check(folder, manifest)
    files.check_room(storage, folder / FILES, manifest.files)
    files.copy_in(storage, folder / FILES, manifest.files)
    dumps.load(connection, folder / manifest.dump)
    with connection.cursor() as cursor:
        found = dumps.rows(cursor, manifest.tables)
    if found != manifest.tables:
        wrong = sorted(name for name in found if found[name] != manifest.tables[name])
        raise Unusable(f"Other numbers of rows than were backed up: {', '.join(wrong)}. Use another backup.")
    return manifest


def pending(connection: Any) -> bool:
    """Whether the program is newer than the restored database: `sonjuku migrate` comes next."""
    loader = MigrationLoader(connection)
    return bool(set(loader.disk_migrations) - set(loader.applied_migrations))


def _fits(manifest: Manifest, connection: Any) -> None:
    if manifest.engine != connection.vendor:
        raise Unusable(f"The backup is of {manifest.engine}, but DATABASE_URL names {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := set(manifest.migrations) - known:
        raise Unusable(
            f"The backup comes from Sonjuku {manifest.version}, which is newer than this program"
            f" ({len(unknown)} unknown migrations). Install that version, then restore."
        )
