"""The front door without starting anything: what it refuses and what it never passes on."""

import importlib.util
import socket
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parent.parent / "run.py"


@pytest.fixture
def run():
    spec = importlib.util.spec_from_file_location("run", RUN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_taken_port_is_said_before_anything_is_done(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, RUN, "demo", "--port", str(port)], capture_output=True, text=True
        )
    assert done.returncode == 1
    assert f"--port {port + 1}" in done.stderr
    assert done.stdout == ""


def test_the_demo_never_touches_a_database_that_the_shell_names(run, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://live")
    monkeypatch.setenv("EMAIL_URL", "smtp://live")
    monkeypatch.setenv("SONJUKU_VAR", str(tmp_path))
    env = run.demo_environment(8123)
    assert "DATABASE_URL" not in env
    assert "EMAIL_URL" not in env
    assert env["SITE_URL"] == "http://localhost:8123"


def test_fresh_throws_away_the_demos_data_and_nothing_else(run, monkeypatch, tmp_path):
    monkeypatch.setenv("SONJUKU_VAR", str(tmp_path))
    (tmp_path / "mail").mkdir()
    (tmp_path / "sonjuku.sqlite3").touch()
    (tmp_path / "kept.txt").touch()
    run.throw_away()
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]


def test_a_secret_is_long_and_new_each_time():
    secrets = [subprocess.check_output([sys.executable, RUN, "secret"], text=True).strip() for _ in range(2)]
    assert len(set(secrets)) == 2
    assert min(map(len, secrets)) >= 50


def test_the_whole_suite_uses_both_cores_and_a_named_test_one(run):
    assert run.both_cores(["--ignore=tests/stories"])[:2] == ["-n", "2"]
    assert run.both_cores(["tests/test_run.py", "-x"]) == ["tests/test_run.py", "-x"]
