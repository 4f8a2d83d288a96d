"""A real installation for stories: its own database, web server and worker processes, its own mailbox."""

import email
import email.policy
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
# The one without windows takes half the time.
_BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = next((path for path in _BROWSERS if Path(path).exists()), _BROWSERS[-1])
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
DATABASE = "story.sqlite3"


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Tokyo")).date()


class Site:
    """Web and worker run in process groups of their own, so that kill -9 reaches every process of each."""

    def __init__(self, var: Path, web_workers: int = 2, **settings: str) -> None:
        self.var = var
        self.web_workers = web_workers
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "SONJUKU_"))},
            "SONJUKU_DEMO": "1",
            "SONJUKU_VAR": str(var),
            "SITE_URL": self.url,
            "DATABASE_URL": f"sqlite:///{var / DATABASE}",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "ERROR",
            **settings,
        }
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None

    def manage(self, *words: str) -> str:
        return self.run("sonjuku.config.cli", *words)

    def run(self, module: str, *words: str) -> str:
        """What a program prints that runs in the site's environment."""
        run = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-3000:]
        return run.stdout

    def prepare(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self.manage("migrate", "--verbosity", "0")
        self.manage("demo_load")

    def prepare_from(self, other: Path) -> None:
        """Begin with the database and files that `prepare` made there; loading the demo takes its time."""
        shutil.copytree(other, self.var, dirs_exist_ok=True)

    def start(self) -> None:
        self.start_web()
        self.start_worker()

    def start_web(self) -> None:
        self.web = self._spawn(
            sys.executable, "-m", "gunicorn", "sonjuku.config.wsgi", "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "gthread", "--workers", str(self.web_workers), "--threads", "4", "--preload",
            "--log-level", "error",
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.is_up():
                return
            time.sleep(0.1)
        raise AssertionError(f"the site did not come up: {self.log()}")

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            raise AssertionError(f"the site is broken: {self.log()}") from None
        except OSError:
            return False

    def start_worker(self) -> None:
        self.worker = self._spawn(sys.executable, "-m", "sonjuku.config.cli", "worker", "--interval", "1")

    def _spawn(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self.var / "log.txt").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def log(self) -> str:
        return (self.var / "log.txt").read_text()[-3000:]

    def kill(self, process: "subprocess.Popen[bytes] | None") -> None:
        """kill -9 to the whole group; no process gets to tidy up."""
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        self.kill(self.worker)
        self.kill(self.web)

    @contextmanager
    def worker_paused(self) -> Iterator[None]:
        """The worker stands still, between its writes: stopped within one, it would keep everybody out of the database."""
        assert self.worker is not None
        while True:
            os.killpg(self.worker.pid, signal.SIGSTOP)
            try:
                with closing(sqlite3.connect(self.var / DATABASE, timeout=1)) as database:
                    database.execute("BEGIN IMMEDIATE").close()
                break
            except sqlite3.OperationalError:
                os.killpg(self.worker.pid, signal.SIGCONT)
                time.sleep(0.1)
        try:
            yield
        finally:
            os.killpg(self.worker.pid, signal.SIGCONT)

    # What the installation holds, past the site itself

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database beside the running processes; UUIDs are 32 hex digits."""
        with closing(sqlite3.connect(self.var / DATABASE, timeout=30)) as database:
            return database.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Any:
        """The first column of the first row; None without any."""
        rows = self.rows(sql, *values)
        return rows[0][0] if rows else None

    def write(self, sql: str, *values: Any) -> None:
        """Change a value beside the running processes: what time, or somebody else, would have done."""
        with closing(sqlite3.connect(self.var / DATABASE, timeout=30)) as database:
            database.execute(sql, values)
            database.commit()

    # Time passes: dates move to now, and the worker does what they bring

    def let_close(self, code: str, seconds: float = 90) -> None:
        """The deadline of a call is now; wait until the worker has closed it."""
        self.write(
            "UPDATE calls_call SET closes_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE code = ?", code
        )
        deadline = time.monotonic() + seconds
        while self.one("SELECT state FROM calls_call WHERE code = ?", code) != "closed":
            assert time.monotonic() < deadline, f"the worker did not close {code}: {self.log()}"
            time.sleep(0.2)

    def let_meet(self, code: str) -> None:
        """The first meeting of a call is going on now."""
        self.write(
            "UPDATE participation_occasion SET starts_at = datetime('now', '-1 hour'), ends_at = datetime('now', '+1 hour')"
            " WHERE id = (SELECT o.id FROM participation_occasion o JOIN calls_call c ON c.id = o.call_id"
            " WHERE c.code = ? ORDER BY o.starts_at LIMIT 1)",
            code,
        )

    # The mailbox

    def mails(self, to: str) -> list[str]:
        """The text of each mail to this address, oldest first."""
        found = []
        for path in (self.var / "mail").glob("*.eml"):
            try:
                message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            except FileNotFoundError:
                continue
            if to in str(message["To"]):
                part = message.get_body(("plain",))
                body = part.get_content() if part else ""
                found.append((path.stat().st_mtime_ns, f"{message['Subject']}\n{body}"))
        return [text for _, text in sorted(found)]

    def mail(self, to: str, containing: str, seconds: float = 90) -> str:
        """Wait for a mail to this address that has these words in it; the newest such one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            hits = [text for text in self.mails(to) if containing in text]
            if hits:
                return hits[-1]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} with {containing!r}; there are: {self.mails(to)}")

    def link(self, mail: str) -> str:
        """The first address of this site in a mail."""
        found = re.search(r"http://(?:localhost|127\.0\.0\.1):\d+(\S+)", mail)
        assert found, mail
        return self.url + found.group(1)

    def code(self, to: str, containing: str) -> str:
        """The number in the newest mail with these words, as a person types it."""
        found = re.search(r"\d{4}-?\d{4}", self.mail(to, containing))
        assert found
        return found.group()
