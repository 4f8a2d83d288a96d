"""Taking a backup: the database first, then the files, the manifest last."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage
from django.db.migrations.recorder import MigrationRecorder

from sonjuku import __version__
from sonjuku.web.management.backup import dumps, files
from sonjuku.web.management.backup.manifest import FILES, Manifest, Unusable, mark, write

UNFINISHED = ".part"


def take(folder: Path, *, connection: Any, storage: Storage, at: datetime) -> tuple[Path, Manifest]:
    """Write one backup into a new folder of its own below `folder`. Raises Unusable; then nothing of it counts.

    A file is stored before its row, so files copied after the database hold all that its rows name.
    """
    done = dict(MigrationRecorder(connection).applied_migrations())
    if not done:
        raise Unusable("This database holds nothing of Sonjuku: is DATABASE_URL right?")
    place = folder / f"sonjuku-{at:%Y%m%dT%H%M%SZ}"
    if place.exists():
        raise Unusable(f"{place} exists already.")
    draft = place.with_name(place.name + UNFINISHED)
    folder.mkdir(parents=True, exist_ok=True)
    draft.mkdir(mode=0o700)
    name = dumps.NAMES[connection.vendor]
    tables = dumps.dump(connection, draft / name)
    manifest = Manifest(
        made_at=at.isoformat(),
        version=__version__,
        engine=connection.vendor,
        dump=name,
        dump_mark=mark(draft / name),
        files=files.copy_out(storage, draft / FILES),
        tables=tables,
        migrations=sorted(f"{app}.{name}" for app, name in done),
    )
    write(draft, manifest)
    draft.rename(place)
    return place, manifest


def unfinished(folder: Path) -> list[Path]:
    """What interrupted backups left behind: of no use, and full of personal data."""
    return sorted(folder.glob(f"sonjuku-*{UNFINISHED}"))
