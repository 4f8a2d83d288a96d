"""A backup taken and brought back, on the database of DATABASE_URL; and everything that must be refused."""

import datetime as dt
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.management import CommandError, call_command
from django.db import ConnectionHandler, connection
from django.utils import timezone

from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.models import Beat
from sonjuku.web import vitals
from sonjuku.web.management.backup import dumps, files
from sonjuku.web.management.backup.manifest import Unusable, mark, read
from sonjuku.web.management.backup.restoring import restore
from sonjuku.web.management.backup.taking import take, unfinished
from tests import world as worlds

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def world() -> worlds.World:
    found = worlds.build()
    storages["private"].save("deep/er/letter.pdf", ContentFile(b"%PDF-1.7 " + bytes(range(256)) * 5000))
    return found


@pytest.fixture
def backup(world: Any, tmp_path: Path) -> Path:
    at = dt.datetime(2026, 11, 21, 18, 0, tzinfo=dt.UTC)
    return take(tmp_path / "backups", connection=connection, storage=storages["private"], at=at)[0]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Any]:
    """A second database of the same kind, with nothing in it."""
    given = {**connection.settings_dict, "CONN_MAX_AGE": 0}
    if connection.vendor == "sqlite":
        given["NAME"] = str(tmp_path / "empty.sqlite3")
        other = ConnectionHandler({"default": given})["default"]
        yield other
        other.close()
        return
    given["NAME"] = f"{connection.settings_dict['NAME']}_restored"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{given["NAME"]}"')
        cursor.execute(f'CREATE DATABASE "{given["NAME"]}"')
    other = ConnectionHandler({"default": given})["default"]
    yield other
    other.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{given["NAME"]}"')


@pytest.fixture
def shelf(tmp_path: Path) -> FileSystemStorage:
    return FileSystemStorage(location=tmp_path / "restored")


def content(database: Any) -> dict[str, list[Any]]:
    """Every row of every table, in an order of its own."""
    found = {}
    with database.cursor() as cursor:
        for table in dumps.tables(database):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def kept(storage: Any) -> dict[str, bytes]:
    found = {}
    for name in files.names(storage):
        with storage.open(name) as file:
            found[name] = file.read()
    return found


def test_what_comes_back_is_what_was_there(world, backup, empty, shelf):
    before = content(connection)
    restore(backup, connection=empty, storage=shelf)
    assert content(empty) == before
    assert len(before["people_person"]) >= 2
    assert kept(shelf) == kept(storages["private"])
    assert Upload.objects.get(pk=world.params["upload_id"]).file.name in kept(shelf)
    assert "deep/er/letter.pdf" in kept(shelf)


def test_what_is_written_afterwards_is_not_in_it(backup, empty, shelf):
    Beat.objects.create(name="later", at=timezone.now())
    restore(backup, connection=empty, storage=shelf)
    with empty.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_beat WHERE name = 'later'")
        assert cursor.fetchone()[0] == 0


def test_the_restored_database_takes_new_rows(backup, empty, shelf):
    """Sequences come along: the next account gets a key that nobody has."""
    restore(backup, connection=empty, storage=shelf)
    with empty.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id) FROM django_content_type")
        number, last = cursor.fetchone()
        cursor.execute("INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b')")
        cursor.execute("SELECT max(id) FROM django_content_type")
        assert cursor.fetchone()[0] > last >= number > 0


def test_only_its_owner_can_open_it(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700


@pytest.mark.parametrize("which", ["dump", "upload"])
@pytest.mark.parametrize("how", ["changed", "shorter", "gone"])
def test_a_tampered_file_is_refused(backup, empty, shelf, which, how):
    manifest = read(backup)
    path = backup / (manifest.dump if which == "dump" else "files/deep/er/letter.pdf")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(bytes(raw) if how == "changed" else path.read_bytes()[:-1])
    with pytest.raises(Unusable, match="Nothing was restored"):
        restore(backup, connection=empty, storage=shelf)
    assert dumps.tables(empty) == []
    assert kept(shelf) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"files": {"../../out": {"sha256": "0" * 64, "size": 1}}},
        {"files": {"/etc/passwd": {"sha256": "0" * 64, "size": 1}}},
        {"files": ["x"]},
        {"dump": "../database.dump"},
        {"dump_mark": {"sha256": 1}},
        {"tables": None},
    ],
)
def test_a_manifest_that_lies_is_refused(backup, empty, shelf, change):
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(Unusable):
        restore(backup, connection=empty, storage=shelf)
    assert dumps.tables(empty) == []


def test_a_manifest_cut_off_is_refused(backup, empty, shelf):
    path = backup / "manifest.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(Unusable, match="damaged"):
        restore(backup, connection=empty, storage=shelf)


def test_a_newer_program_is_asked_for(backup, empty, shelf):
    path = backup / "manifest.json"
    whole = json.loads(path.read_text())
    path.write_text(json.dumps(whole | {"migrations": [*whole["migrations"], "people.9999_tomorrow"]}))
    with pytest.raises(Unusable, match="newer than this program"):
        restore(backup, connection=empty, storage=shelf)


def test_another_kind_of_database_is_refused(backup, empty, shelf):
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"engine": "oracle"}))
    with pytest.raises(Unusable, match="is of oracle"):
        restore(backup, connection=empty, storage=shelf)


def test_a_database_in_use_is_never_overwritten(backup, shelf):
    before = content(connection)
    with pytest.raises(Unusable, match="database is not empty"):
        restore(backup, connection=connection, storage=shelf)
    assert content(connection) == before
    assert kept(shelf) == {}


def test_files_of_others_are_never_mixed_in(backup, empty, shelf):
    shelf.save("stranger.pdf", ContentFile(b"x"))
    with pytest.raises(Unusable, match="not empty"):
        restore(backup, connection=empty, storage=shelf)
    assert kept(shelf) == {"stranger.pdf": b"x"}
    assert dumps.tables(empty) == []


def test_an_interrupted_restore_is_run_again(backup, empty, shelf, monkeypatch):
    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(dumps, "load", dies)
        with pytest.raises(KeyboardInterrupt):
            restore(backup, connection=empty, storage=shelf)
    assert dumps.tables(empty) == []
    restore(backup, connection=empty, storage=shelf)
    assert content(empty) == content(connection)


def test_an_interrupted_backup_is_none(world, empty, shelf, tmp_path, monkeypatch):
    """Whatever is cut off before the end: no folder of a backup's name, no manifest, nothing to restore."""

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    for number, (module, name) in enumerate([(dumps, "dump"), (files, "copy_out")]):
        with monkeypatch.context() as broken:
            broken.setattr(module, name, dies)
            at = timezone.now() + dt.timedelta(seconds=number)
            with pytest.raises(KeyboardInterrupt):
                take(tmp_path / "backups", connection=connection, storage=storages["private"], at=at)
    left = unfinished(tmp_path / "backups")
    assert len(left) == 2
    assert list((tmp_path / "backups").rglob("manifest.json")) == []
    with pytest.raises(Unusable, match="interrupted"):
        restore(left[1], connection=empty, storage=shelf)
    assert [path for path in (tmp_path / "backups").iterdir() if path not in left] == []


def test_a_file_erased_meanwhile_is_left_out(world, tmp_path):
    class Losing(FileSystemStorage):
        def open(self, name: str, mode: str = "rb") -> Any:
            self.delete(name)
            return super().open(name, mode)

    storage = Losing(location=tmp_path / "losing")
    storage.save("gone.pdf", ContentFile(b"x"))
    marks = files.copy_out(storage, tmp_path / "copies")
    assert marks == {}


def test_the_command_leaves_its_trace_and_no_secret(world, settings, tmp_path):
    settings.SECRET_KEY = "never-in-a-backup-secret"
    out = io.StringIO()
    assert vitals.backup_age(timezone.now()) is None
    call_command("backup", str(tmp_path / "backups"), stdout=out)
    age = vitals.backup_age(timezone.now())
    assert age is not None
    assert age < 600
    (place,) = (tmp_path / "backups").iterdir()
    said = out.getvalue()
    assert str(place) in said
    assert "SONJUKU_KEYS_SECRET" in said
    assert b"never-in-a-backup" not in b"".join(p.read_bytes() for p in place.rglob("*") if p.is_file())
    assert read(place).files.keys() == kept(storages["private"]).keys()
    assert read(place).files["deep/er/letter.pdf"] == mark(place / "files/deep/er/letter.pdf")


def test_a_database_without_sonjuku_is_no_backup(empty, tmp_path):
    with pytest.raises(Unusable, match="DATABASE_URL"):
        take(tmp_path, connection=empty, storage=storages["private"], at=timezone.now())
    assert list(tmp_path.glob("sonjuku-*")) == []


def test_the_restore_command_refuses_in_words(backup):
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(backup))


def test_another_machine_brings_it_back(backup, empty, tmp_path):
    """`sonjuku restore` as an operator types it: a process of its own, an empty database, an empty folder."""
    given = empty.settings_dict
    url = f"sqlite:///{given['NAME']}"
    if connection.vendor == "postgresql":
        user = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
        url = f"postgres://{user}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    env = {**os.environ, "DATABASE_URL": url, "SONJUKU_VAR": str(tmp_path / "var"), "SONJUKU_TESTING": "1"}
    env |= {"DJANGO_SETTINGS_MODULE": "sonjuku.config.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "sonjuku.config.cli", "restore", str(backup)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2026-11-21T18:00:00+00:00" in done.stdout
    assert "Letters that wait" in done.stdout
    assert content(empty) == content(connection)
    assert (tmp_path / "var/files/deep/er/letter.pdf").read_bytes().startswith(b"%PDF-1.7 ")
