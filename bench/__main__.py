"""Every operation on SQLite and, where one answers, on PostgreSQL; a table on the screen and bench/results.json.

python3 run.py bench [words of an operation's name]
python3 run.py bench selection                ranked wishes of up to 2,300,000 applicants, without a database
python3 run.py bench seals [badges]           badges sealed and verified in a second, beside openbadgeslib and PyLD
python3 run.py bench whole [applicants]       freeze, draw, announcement and letters, on both databases
python3 run.py bench badges [persons]         badges in bulk by the worker, killed half way, on both databases
"""

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import seals, selection

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.json"
SERVER = os.environ.get("SONJUKU_BENCH_SERVER", "postgres://postgres@127.0.0.1:5432")


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), timeout=2).close()
    except OSError:
        return False
    return True


def on(database_url: str, folder: Path, words: list[str], program: str = "bench.one") -> dict[str, Any]:
    """Measure in a process of its own, with settings as in production."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SONJUKU_", "DJANGO_"))},
        "SECRET_KEY": "only-for-measuring-" + "x" * 40,
        "SITE_URL": "http://localhost:8000",
        "SONJUKU_VAR": str(folder),
        "DATABASE_URL": database_url,
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        "PYTHONPATH": str(ROOT),
    }
    run = subprocess.run(
        [sys.executable, "-m", program, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def postgresql(folder: Path, words: list[str], program: str = "bench.one") -> dict[str, Any]:
    """In a database made for this run and dropped after it."""
    name = f"sonjuku_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            return on(f"{SERVER}/{name}", folder, words, program)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def table(found: dict[str, dict[str, Any]]) -> str:
    """Markdown: CPU-ms of our process (+ PostgreSQL's own) and statements."""
    lines = ["| operation | " + " | ".join(f"{name}: CPU-ms | statements" for name in found) + " |"]
    lines.append("|---" * (1 + 2 * len(found)) + "|")
    for operation in next(iter(found.values())):
        cells = [operation]
        for figures in found.values():
            one = figures[operation]
            own = f" + {one['database_ms']}" if one["database_ms"] is not None else ""
            cells += [f"{one['cpu_ms']}{own}", str(one["statements"])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def on_both(words: list[str], program: str = "bench.one") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite", file=sys.stderr)
        found["SQLite"] = on(f"sqlite:///{folder}/bench.sqlite3", Path(folder), words, program)
    if program != "bench.one":
        # These take long: what the first database gave is not to be lost with the second.
        print(json.dumps(found["SQLite"]), file=sys.stderr, flush=True)
    if answers(SERVER):
        with tempfile.TemporaryDirectory() as folder:
            print("PostgreSQL", file=sys.stderr)
            found["PostgreSQL"] = postgresql(Path(folder), words, program)
    return found


def main() -> None:
    words = [" ".join(sys.argv[1:])] if len(sys.argv) > 1 else []
    if words == ["selection"]:
        selection.report()
        return
    if sys.argv[1:2] == ["seals"]:
        seals.report(sys.argv[2:])
        return
    if sys.argv[1:2] in (["whole"], ["badges"]):
        print(json.dumps(on_both(sys.argv[2:], f"bench.{sys.argv[1]}"), indent=1))
        return
    found = on_both(words)
    print(table(found))
    if not words:
        machine = {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
        }
        at = datetime.now(UTC).isoformat(timespec="seconds")
        RESULTS.write_text(json.dumps({"at": at, **machine, "figures": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
