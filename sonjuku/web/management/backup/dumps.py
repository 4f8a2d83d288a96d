"""The database into a file and back, by each database's own means: SQLite's online backup, pg_dump and pg_restore."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg.conninfo import make_conninfo

from sonjuku.web.management.backup.manifest import Unusable

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def dump(connection: Any, target: Path) -> dict[str, int]:
    """Write the database to `target` while the site goes on; returns the rows of each table as the dump has them."""
    return (
        _dump_sqlite(connection, target)
        if connection.vendor == "sqlite"
        else _dump_postgres(connection, target)
    )


def load(connection: Any, source: Path) -> None:
    """Fill an empty database, wholly or not at all."""
    if connection.vendor == "sqlite":
        _load_sqlite(connection, source)
    else:
        _load_postgres(connection, source)


def tables(connection: Any) -> list[str]:
    """All tables of the database, whoever made them."""
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def rows(cursor: Any, names: Iterable[str]) -> dict[str, int]:
    """How many rows each table has."""
    found = {}
    for name in names:
        quoted = name.replace('"', '""')
        cursor.execute(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608 - names come from the database's catalogue
        found[name] = cursor.fetchone()[0]
    return found


# SQLite


def _dump_sqlite(connection: Any, target: Path) -> dict[str, int]:
    names = tables(connection)
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        # One file: in WAL mode whoever opens the copy would leave two more beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Unusable("SQLite says that the database is damaged. Restore an earlier backup.")
        return rows(copy.cursor(), names)


def _load_sqlite(connection: Any, source: Path) -> None:
    target = str(connection.settings_dict["NAME"])
    connection.close()
    address = f"file:{quote(str(source.resolve()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as copy, closing(sqlite3.connect(target)) as goal:
        copy.backup(goal)


# PostgreSQL


def _dump_postgres(connection: Any, target: Path) -> dict[str, int]:
    program = _program("pg_dump", connection)
    names = tables(connection)
    with connection.cursor() as cursor:
        # pg_dump and the counting below see the same moment.
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
            done = _run(connection, [program, *options, f"--file={target}"])
            if done.returncode:
                raise Unusable(f"pg_dump failed: {done.stderr.strip().splitlines()[-1:]}")
            return rows(cursor, names)
        finally:
            cursor.execute("ROLLBACK")


def _load_postgres(connection: Any, source: Path) -> None:
    program = _program("pg_restore", connection)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    done = _run(connection, [program, *options], str(source))
    if done.returncode:
        # What follows "ERROR:" may quote somebody's row.
        first = next(iter(done.stderr.strip().splitlines()), "").partition("ERROR:")[0].strip()
        raise Unusable(f"pg_restore failed ({first}). The database is as empty as before.")


def _program(name: str, connection: Any) -> str:
    """The client program, at least as new as the server."""
    connection.ensure_connection()
    server = connection.pg_version // 10000
    wanted = (
        f"Install the PostgreSQL client programs of version {server} (Debian: postgresql-client-{server})."
    )
    program = shutil.which(name)
    if program is None:
        raise Unusable(f"{name} was not found. {wanted}")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.search(r"\) (\d+)", said)
    if version is None or int(version[1]) < server:
        raise Unusable(f"{name} is older than the server (version {server}). {wanted}")
    return program


def _run(connection: Any, command: list[str], *files: str) -> "subprocess.CompletedProcess[str]":
    """The password goes by the environment: a command line can be read by everybody on the machine."""
    given = connection.settings_dict
    parts = {"dbname": given["NAME"], "user": given["USER"], "host": given["HOST"], "port": given["PORT"]}
    parts |= {name: value for name, value in given["OPTIONS"].items() if isinstance(value, str)}
    where = make_conninfo("", **{name: value for name, value in parts.items() if value})
    env = os.environ | ({"PGPASSWORD": given["PASSWORD"]} if given["PASSWORD"] else {}) | {"LC_MESSAGES": "C"}
    return subprocess.run(  # noqa: S603
        [*command, f"--dbname={where}", *files], env=env, capture_output=True, text=True, check=False
    )
