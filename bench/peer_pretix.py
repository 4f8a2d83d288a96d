"""The same two operations in pretix, Django software for event registration, measured in the same way as ours.

.venv/bin/python -m bench.peer_pretix               installs it once into var/peer, then measures: JSON and a table
.venv/bin/python -m bench.peer_pretix --runs 5      a quick look

Needs Python 3.11 and PostgreSQL (SONJUKU_BENCH_SERVER); uses Redis where redis-server is installed, as pretix advises.
No part of the tests, and never a requirement: pretix has a licence and a hundred packages of its own.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.__main__ import ROOT, SERVER, answers, table

VERSION = "2026.8.0"
MINUTES = 15
HOME = ROOT / "var" / "peer" / VERSION

CONFIG = """\
[pretix]
instance_name=peer
url=http://localhost:8000
datadir={folder}
registration=off

[django]
debug=off
secret={secret}

[locale]
default=en
timezone=Asia/Tokyo

[database]
backend=postgresql
name={database}
user={user}
password={password}
host={host}
port={port}
"""
REDIS = """
[redis]
location=unix://{socket}
sessions=true
"""


def install() -> Path:
    """The peer's own Python, with everything at the version above; its wheel brings the built front end."""
    python = HOME / "bin" / "python"
    if (HOME / "installed").exists():
        return python
    print(
        f"Installing pretix {VERSION} into {HOME.relative_to(ROOT)}, up to {MINUTES} minutes", file=sys.stderr
    )
    shutil.rmtree(HOME, ignore_errors=True)
    ours = sys.executable if sys.version_info[:2] == (3, 11) else shutil.which("python3.11")
    if ours is None:
        raise SystemExit(
            "pretix is measured with Python 3.11, which was not found: install it and try again."
        )
    subprocess.run([ours, "-m", "venv", str(HOME)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"]
    subprocess.run([*pip, f"pretix=={VERSION}"], check=True, timeout=MINUTES * 60)
    (HOME / "installed").touch()
    return python


@contextmanager
def database() -> Iterator[str]:
    """The name of a database made for this run and dropped after it."""
    name = f"peer_pretix_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield name
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def redis(folder: Path) -> Iterator[Path | None]:
    """The socket of a Redis made for this run; None where it is not installed."""
    program, socket = shutil.which("redis-server"), folder / "redis.sock"
    if program is None:
        yield None
        return
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    running = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        yield socket
    finally:
        running.terminate()
        running.wait()


def measured(python: Path, folder: Path, name: str, socket: Path | None, runs: int) -> dict[str, Any]:
    """Migrate and measure in the peer's Python, which sees none of our settings."""
    at = urlsplit(SERVER)
    config = CONFIG.format(
        folder=folder, secret="only-for-measuring-" + "x" * 40, database=name, host=at.hostname,
        port=at.port or 5432, user=at.username or "", password=at.password or "",
    )  # fmt: skip
    (folder / "pretix.cfg").write_text(config + (REDIS.format(socket=socket) if socket else ""))
    taken = ("SONJUKU_", "DJANGO_", "PRETIX_", "DATABASE_", "PYTHON")
    env = {key: value for key, value in os.environ.items() if not key.startswith(taken)}
    env |= {"PRETIX_CONFIG_FILE": str(folder / "pretix.cfg"), "DJANGO_SETTINGS_MODULE": "pretix.settings"}
    log = folder / "errors.log"
    with log.open("w") as errors:
        command = [str(python), "-m", "bench.peer_pretix_one", str(runs)]
        run = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, check=False)
    if run.returncode:
        raise SystemExit("pretix could not be measured:\n" + log.read_text()[-3000:])
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure pretix as a peer.")
    parser.add_argument("--runs", type=int, default=40, help="how often each operation is measured")
    runs = parser.parse_args().runs
    if not answers(SERVER):
        raise SystemExit("PostgreSQL does not answer: set SONJUKU_BENCH_SERVER to one that does.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the database is dropped then, too
    python = install()
    with tempfile.TemporaryDirectory() as holder, database() as name, redis(Path(holder)) as socket:
        found = measured(python, Path(holder), name, socket, runs)
        cache = "Redis" if socket else "no cache"
    print(table({f"pretix {VERSION}, PostgreSQL, {cache}": found["figures"]}))
    print(json.dumps({"pretix": VERSION, "cache": cache, **found}))


if __name__ == "__main__":
    main()
