"""A folder of plain files that is written again and again: only what changed, nothing that no longer belongs there."""

import fcntl
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sonjuku.web.management.backup.manifest import Unusable

UNFINISHED = "UNFINISHED.txt"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
# Whatever else lies there (CNAME, robots.txt, .well-known) is the operator's own and stays.
OURS = ("achievements", "assets", "badges", "c", "contexts", "en", "endorsements", "verify")
_NOTE = b"This folder is not finished: do not publish it. Run the same export again, it goes on from here.\n"
_ROWS_AT_ONCE = 1000


@dataclass
class Counts:
    """How many files were written anew, were right already, and were taken away."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0


class Folder:
    """The folder while it is being written; which files belong in it stands on the disk, so that memory stays small."""

    def __init__(self, place: Path, sums: sqlite3.Connection) -> None:
        self.place = place
        self.counts = Counts()
        self._sums = sums
        self._rows: list[tuple[str, str]] = []
        sums.execute("CREATE TABLE files (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID")

    def put(self, path: str, content: bytes) -> None:
        """This file belongs here, with these bytes. It stands whole at its place or not at all."""
        self._rows.append((path, hashlib.sha256(content).hexdigest()))
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._flush()
        target = self.place / path
        if _holds(target, content):
            self.counts.unchanged += 1
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, content)
        self.counts.written += 1

    def close(self, facts: Mapping[str, Any]) -> None:
        """Take away what doesn't belong, then write SHA256SUMS and, last of all, the manifest with these facts."""
        self._flush()
        for name in OURS:
            self._sweep(self.place / name)
        digest, number = hashlib.sha256(), 0
        draft = self.place / f".{SUMS}.part"
        with draft.open("wb") as file:
            for path, mark in self._sums.execute("SELECT path, sha256 FROM files ORDER BY path"):
                line = f"{mark}  {path}\n".encode()
                digest.update(line)
                file.write(line)
                number += 1
        draft.replace(self.place / SUMS)
        whole = {"format": 1, **facts, "files": number, SUMS: digest.hexdigest()}
        os.sync()
        _write(
            self.place / MANIFEST, json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode()
        )

    def _flush(self) -> None:
        # A name that stands twice would be two truths about one file.
        self._sums.executemany("INSERT INTO files VALUES (?, ?)", self._rows)
        self._rows.clear()

    def _sweep(self, here: Path) -> None:
        if here.is_symlink() or not here.is_dir():
            here.unlink(missing_ok=True)
            return
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    self._sweep(Path(entry.path))
                elif not self._knows(Path(entry.path).relative_to(self.place).as_posix()):
                    Path(entry.path).unlink()
                    self.counts.removed += 1
        if not any(here.iterdir()):
            here.rmdir()

    def _knows(self, path: str) -> bool:
        return self._sums.execute("SELECT 1 FROM files WHERE path = ?", [path]).fetchone() is not None


@contextmanager
def open_folder(place: Path) -> Iterator[Folder]:
    """Write into `place`, which says that it is unfinished until this ends well. Raises Unusable.

    It must be new, empty, or an export: nothing else is ever written over.
    """
    if place.exists() and not (place.is_dir() and _is_ours(place)):
        raise Unusable(f"{place} holds something else. Nothing was written. Name a new folder.")
    place.mkdir(parents=True, exist_ok=True)
    with (place / UNFINISHED).open("wb") as note:
        _alone(note, place)
        note.write(_NOTE)
        note.flush()
        for left in (place / MANIFEST, place / SUMS, *place.glob(".*.part")):
            left.unlink(missing_ok=True)
        with (
            tempfile.TemporaryDirectory() as scratch,
            closing(sqlite3.connect(Path(scratch) / "sums")) as sums,
        ):
            yield Folder(place, sums)
        (place / UNFINISHED).unlink()


def _alone(note: IO[bytes], place: Path) -> None:
    try:
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Unusable(f"Another export is writing into {place}.") from None


def _is_ours(place: Path) -> bool:
    return (place / MANIFEST).exists() or (place / UNFINISHED).exists() or not any(place.iterdir())


def _holds(target: Path, content: bytes) -> bool:
    try:
        return target.stat().st_size == len(content) and target.read_bytes() == content
    except OSError:
        return False


def _write(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{target.name}.part")
    draft.write_bytes(content)
    draft.replace(target)
