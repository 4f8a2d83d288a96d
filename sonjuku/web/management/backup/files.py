"""Uploaded files out of their storage into a folder and back; the storage may be a disk or an object store."""

import hashlib
import posixpath
from collections.abc import Iterator
from pathlib import Path

from django.core.files import File
from django.core.files.storage import Storage

from sonjuku.web.management.backup.manifest import CHUNK, Mark, Unusable


def names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of the storage, by its key."""
    try:
        folders, found = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in found:
        yield posixpath.join(folder, name)
    for inner in folders:
        yield from names(storage, posixpath.join(folder, inner))


def copy_out(storage: Storage, target: Path) -> dict[str, Mark]:
    """Copy everything; a file that is erased meanwhile is left out."""
    marks = {}
    for name in sorted(names(storage)):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        try:
            with storage.open(name, "rb") as source, path.open("xb") as copy:
                while chunk := source.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    copy.write(chunk)
        except FileNotFoundError:
            continue
        marks[name] = Mark(digest.hexdigest(), size)
    return marks


def check_room(storage: Storage, source: Path, marks: dict[str, Mark]) -> None:
    """Only files of this very backup may lie there already (from a restore that was interrupted). Raises Unusable."""
    for name in names(storage):
        if (
            name not in marks
            or storage.size(name) != marks[name].size
            or not _same(storage, name, marks[name])
        ):
            raise Unusable(
                "The folder of the uploaded files is not empty. Nothing was restored. Give SONJUKU_VAR a new folder."
            )


def copy_in(storage: Storage, source: Path, marks: dict[str, Mark]) -> None:
    """Copy everything under the keys that the rows know."""
    for name in marks:
        if storage.exists(name):
            continue
        with (source / name).open("rb") as file:
            kept = storage.save(name, File(file))
        if kept != name:
            raise Unusable(f"The storage kept a file under another key than {name}. Empty it and try again.")


def _same(storage: Storage, name: str, mark: Mark) -> bool:
    digest = hashlib.sha256()
    with storage.open(name, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest() == mark.sha256
