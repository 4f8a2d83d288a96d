"""Measures every operation on the database that DATABASE_URL names; prints JSON. Run by bench/__main__.py."""

import json
import os
import sys
from dataclasses import asdict

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.utils import timezone  # noqa: E402 - Django must be set up first

from bench import data, measure, operations  # noqa: E402 - Django must be set up first
from sonjuku.rooms.journal.models import Actor  # noqa: E402 - Django must be set up first
from sonjuku.rooms.vocabulary.actions import load_vocabulary  # noqa: E402 - Django must be set up first


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_vocabulary(by=Actor(at=timezone.now(), role="system"))
    data.fill()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    found = {}
    for operation in operations.operations():
        if wanted in operation.name:
            found[operation.name] = asdict(
                measure.measure(operation.run, runs=operation.runs, warm=operation.warm)
            )
            print(f"  {operation.name}: {found[operation.name]}", file=sys.stderr, flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
