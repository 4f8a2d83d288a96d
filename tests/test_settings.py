"""Settings that only count once the process starts: each case is a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
ASK = """
import json
import django
django.setup()
from django.conf import settings
from django.core.cache import cache
print(json.dumps([type(cache._connections[cache._alias]).__name__, settings.CACHES["default"].get("LOCATION", "")]))
"""


def cache_with(tmp_path: Path, **environment: str) -> Any:
    known = {k: v for k, v in os.environ.items() if k not in {"CACHE_URL", "SECRET_KEY"}}
    own = {
        "DJANGO_SETTINGS_MODULE": "sonjuku.config.settings",
        "SONJUKU_VAR": str(tmp_path),
        "SONJUKU_TESTING": "1",
    }
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=known | own | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ["LocMemCache", ""]),
        ({"CACHE_URL": ""}, ["LocMemCache", ""]),
        ({"CACHE_URL": "rediss://cache.example:6380/2"}, ["RedisCache", "rediss://cache.example:6380/2"]),
    ],
)
def test_a_shared_cache_is_used_when_it_is_set(
    tmp_path: Path, environment: dict[str, str], expected: list[str]
) -> None:
    assert cache_with(tmp_path, **environment) == expected
