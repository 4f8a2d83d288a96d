#!/usr/bin/env python3
"""The front door. Needs Python 3.11 or newer and nothing else; everything it installs goes into .venv.

python3 run.py demo [--port 8000] [--fresh]   a site to try, with made-up people
python3 run.py test [pytest arguments]        every check, on two cores (with arguments: only pytest with them)
python3 run.py bench [operation]              CPU and SQL statements of what people do most (docs/performance.md)
python3 run.py secret                         prints a new SECRET_KEY
python3 run.py compile-messages               makes the .mo files from the .po files
python3 run.py lock                           renews requirements/*.txt from requirements/*.in
"""

import argparse
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = ROOT / "var"
UV = "uv==0.13.8"
LOCK_OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
]
START_SECONDS = 90


def main() -> int:
    # Whoever has an older Python reads this sentence instead of a traceback.
    if sys.version_info < (3, 11):  # noqa: UP036
        return say_no(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    demo_options = commands.add_parser("demo", help="start a site to try")
    demo_options.add_argument("--port", type=int, default=8000)
    demo_options.add_argument("--fresh", action="store_true", help="throw the old demo's data away first")
    test_options = commands.add_parser("test", help="run every check")
    test_options.add_argument(
        "--only-pytest", action="store_true", help="leave out the style and type checks"
    )
    commands.add_parser("bench", help="measure").add_argument("operation", nargs="*")
    for name in ("secret", "compile-messages", "lock"):
        commands.add_parser(name)
    options, rest = parser.parse_known_args()
    if rest and options.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    os.chdir(ROOT)
    if options.command == "demo":
        return demo(options.port, fresh=options.fresh)
    if options.command == "test":
        return test(rest, only_pytest=options.only_pytest)
    if options.command == "bench":
        return bench(options.operation)
    if options.command == "lock":
        return lock()
    if options.command == "secret":
        print(secrets.token_urlsafe(50))
        return 0
    return compile_messages() if install("base") else 1


def say_no(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


# Installing


def install(name: str) -> bool:
    """Bring .venv to what requirements/<name>.txt locks; does nothing when that file has not changed since."""
    locked = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f".installed-{name}"
    digest = hashlib.sha256(locked.read_bytes()).hexdigest()
    if not make_venv():
        return False
    if stamp.exists() and stamp.read_text() == digest:
        return True
    print(f"Installing what {locked.relative_to(ROOT)} lists …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q"]
    if run([str(PYTHON), "-m", "uv", "--version"], quiet=True) == 0 or run([*pip, "install", UV]) == 0:
        pip = [str(PYTHON), "-m", "uv", "-q", "pip"]
    else:
        print("uv could not be installed; pip does it, more slowly.", flush=True)
    if run([*pip, "install", "--require-hashes", "-r", str(locked)]):
        say_no("The installation failed: the lines above say why. A package registry must be reachable.")
        return False
    stamp.write_text(digest)
    return True


def make_venv() -> bool:
    if PYTHON.exists():
        return True
    print("Making .venv …", flush=True)
    if run([sys.executable, "-m", "venv", str(VENV)]) == 0:
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    say_no(
        "Python could not make a virtual environment: its venv and ensurepip modules are missing.\n"
        "On Debian and Ubuntu: sudo apt-get install python3-venv   Then run the same command again."
    )
    return False


def run(command: list[str], *, env: dict[str, str] | None = None, quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, env=env, stdout=output, stderr=output, check=False).returncode


def compile_messages() -> int:
    return run([str(PYTHON), "tools/messages.py", "--compile"])


def lock() -> int:
    """base first; test then keeps base's versions."""
    if not install("base"):
        return 1
    uv = [str(PYTHON), "-m", "uv", "pip", "compile", "-q", *LOCK_OPTIONS]
    return run([*uv, "requirements/base.in", "-o", "requirements/base.txt"]) or run(
        [*uv, "-c", "requirements/base.txt", "requirements/test.in", "-o", "requirements/test.txt"]
    )


# The demo


def demo(port: int, *, fresh: bool) -> int:
    if not port_is_free(port):
        return say_no(f"Port {port} is taken. Choose another: python3 run.py demo --port {port + 1}")
    if not install("base") or compile_messages():
        return 1
    if fresh:
        throw_away()
    env = demo_environment(port)
    django = [str(PYTHON), "-m", "sonjuku.config.cli"]
    print("Preparing the demo's data …", flush=True)
    if run([*django, "migrate", "--no-input", "-v", "0"], env=env) or run(
        [*django, "demo_load", "--if-empty"], env=env
    ):
        return say_no("The demo's data could not be prepared. Start anew with: python3 run.py demo --fresh")
    return serve(port, env)


def demo_environment(port: int) -> dict[str, str]:
    """The demo is always SQLite, loopback and its own files, whatever the shell has set."""
    ours = ("DATABASE_URL", "SECRET_KEY", "EMAIL_URL", "EMAIL_BACKEND", "ALLOWED_HOSTS", "SONJUKU_TESTING")
    env = {name: value for name, value in os.environ.items() if name not in ours}
    # whitenoise wants its folder to exist, also when it serves straight from the sources.
    (Path(env.get("SONJUKU_VAR", VAR)) / "static").mkdir(parents=True, exist_ok=True)
    return env | {
        "SONJUKU_DEMO": "1",
        "SONJUKU_VAR": os.environ.get("SONJUKU_VAR", str(VAR)),
        "SITE_URL": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "sonjuku.config.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


def serve(port: int, env: dict[str, str]) -> int:
    """Web and worker until Ctrl-C (or until one of them ends, which ends the other)."""
    web = [
        str(PYTHON), "-m", "gunicorn", "sonjuku.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    worker = [str(PYTHON), "-m", "sonjuku.config.cli", "worker", "--interval", "1"]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children = [subprocess.Popen(command, env=env) for command in (web, worker)]
    try:
        if not answers(f"http://127.0.0.1:{port}/healthz", children):
            return say_no("The site did not start: the lines above say why.")
        print(f"\n  Sonjuku: http://localhost:{port}/\n  Ctrl-C stops it.\n", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        return say_no("A process of the site ended by itself: the lines above say why.")
    except KeyboardInterrupt:
        print("\nStopping …")
        return 0
    finally:
        stop(children)


def stop(children: list["subprocess.Popen[bytes]"]) -> None:
    # A second Ctrl-C must not leave one of them running.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()


def answers(url: str, children: list["subprocess.Popen[bytes]"]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    # No proxy between this machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline and all(child.poll() is None for child in children):
        try:
            with opener.open(url, timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def throw_away() -> None:
    folder = Path(os.environ.get("SONJUKU_VAR", str(VAR)))
    for name in ("sonjuku.sqlite3", "sonjuku.sqlite3-wal", "sonjuku.sqlite3-shm"):
        (folder / name).unlink(missing_ok=True)
    for name in ("mail", "files"):
        shutil.rmtree(folder / name, ignore_errors=True)


def bench(words: list[str]) -> int:
    if not install("base") or compile_messages():
        return 1
    return run([str(PYTHON), "-m", "bench", *words])


# The tests


def test(arguments: list[str], *, only_pytest: bool) -> int:
    """Style, floors, types, then pytest on SQLite, or on DATABASE_URL when it is set."""
    if not install("test") or compile_messages():
        return 1
    env = {**os.environ, "SONJUKU_TESTING": "1", "DJANGO_SETTINGS_MODULE": "sonjuku.config.settings"}
    env["PYTHONPATH"] = str(ROOT)
    # Many tests start processes: where no bytecode may be kept beside the sources, each would compile them anew for 3 s.
    env["PYTHONPYCACHEPREFIX"] = str(VAR / "pycache")
    for name in ("SONJUKU_DEMO", "PYTHONDONTWRITEBYTECODE"):
        env.pop(name, None)
    if not any(map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))):
        must = env.get("CI") == "true" or env.get("SONJUKU_REQUIRE_BROWSER") == "1"
        print(
            f"Chromium was not found: the browser tests {'will fail' if must else 'are skipped'}.", flush=True
        )
    binaries = VENV / "bin"
    checks = [
        ("style", [str(binaries / "ruff"), "check", "."]),
        ("floors", [str(binaries / "lint-imports")]),
        ("types", [str(binaries / "mypy"), "sonjuku"]),
        ("tests", [str(PYTHON), "-m", "pytest", *both_cores(arguments)]),
    ]
    failed = []
    for name, command in checks[-1:] if only_pytest or arguments else checks:
        print(f"== {name}", flush=True)
        if run(command, env=env):
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


def both_cores(arguments: list[str]) -> list[str]:
    """The whole suite runs in two processes, stories in one of them; what somebody names runs in one, to be followed."""
    named = any(not each.startswith("-") for each in arguments)
    return arguments if named else ["-n", "2", "--dist", "loadgroup", *arguments]


if __name__ == "__main__":
    sys.exit(main())
