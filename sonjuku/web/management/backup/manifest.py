"""What a backup says about itself, and whether it tells the truth."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

NAME = "manifest.json"
FILES = "files"
FORMAT = 1
CHUNK = 1024 * 1024
# Without these a restored site starts, but opens no seal and ends every session and link.
KEEP_SEPARATELY = ["SECRET_KEY", "SONJUKU_KEYS_SECRET", "DATABASE_URL", "EMAIL_URL", "LINE_CHANNEL_SECRET"]


class Unusable(Exception):
    """Why there is no backup, or nothing was restored, in words for the operator; never a value of a row."""


@dataclass(frozen=True)
class Mark:
    """What a file must be: `sha256` in hex, `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    """`tables` counts the rows as the database's dump has them; `files` and `dump` are checked before a restore."""

    made_at: str
    version: str
    engine: str
    dump: str
    dump_mark: Mark
    files: dict[str, Mark]
    tables: dict[str, int]
    migrations: list[str]


def mark(path: Path) -> Mark:
    """The mark of a file as it lies on the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Mark(digest.hexdigest(), size)


def write(folder: Path, manifest: Manifest) -> None:
    """Write it so that it stands whole on the disk, or not at all."""
    draft = folder / f"{NAME}.part"
    with draft.open("w", encoding="utf-8") as file:
        content = {"format": FORMAT, **asdict(manifest), "keep_separately": KEEP_SEPARATELY}
        json.dump(content, file, indent=1, ensure_ascii=False, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)


def read(folder: Path) -> Manifest:
    """The manifest of a backup. Raises Unusable when there is none, or one that this program cannot read."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unusable(
            f"{folder} has no {NAME}: it is no backup, or one that was interrupted. Take another."
        ) from None
    except (OSError, ValueError):
        raise Unusable(f"{folder / NAME} cannot be read: it is damaged. Take another backup.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Unusable(f"{folder / NAME} has a form that this version of Sonjuku does not know.")
    try:
        return _parsed(content)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Unusable(f"{folder / NAME} is not complete: it is damaged. Take another backup.") from None


def check(folder: Path, manifest: Manifest) -> None:
    """Every file that the manifest names is there, byte for byte. Raises Unusable with the first that is not."""
    expected = {manifest.dump: manifest.dump_mark}
    expected |= {f"{FILES}/{name}": each for name, each in manifest.files.items()}
    for name, each in expected.items():
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise Unusable(f"{path} is missing. Nothing was restored.")
        if mark(path) != each:
            raise Unusable(
                f"{path} is not what was backed up: another size or SHA-256. Nothing was restored."
            )


def _parsed(content: dict[str, Any]) -> Manifest:
    return Manifest(
        made_at=str(content["made_at"]),
        version=str(content["version"]),
        engine=str(content["engine"]),
        dump=_plain(content["dump"]),
        dump_mark=Mark(**content["dump_mark"]),
        files={_plain(name): Mark(**each) for name, each in content["files"].items()},
        tables={str(name): int(number) for name, number in content["tables"].items()},
        migrations=[str(name) for name in content["migrations"]],
    )


def _plain(name: str) -> str:
    """A name below the folder: a manifest from elsewhere must not lead out of it."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
        raise ValueError(name)
    return name
