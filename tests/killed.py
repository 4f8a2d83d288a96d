"""Processes that take one step of a selection each and may be killed meanwhile, begun by one that stays.

Of each line `freeze|draw|announce|letters RUN_ID INSTANT [loose]` that it reads it makes a child (loose: each statement
for itself). The child prints `begin PID` before the step and `end` after it; `over` stands when it is gone. A child is
there at once; a program of its own would load for seconds before each of some thirty kills.
"""

import os
import sys
import traceback
from contextlib import nullcontext
from datetime import datetime
from types import SimpleNamespace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from sonjuku.flows import announcing  # noqa: E402 - Django must be set up first
from sonjuku.rooms.calls.models import SelectionRun  # noqa: E402 - Django must be set up first
from sonjuku.rooms.journal import actions  # noqa: E402 - Django must be set up first
from sonjuku.rooms.journal.models import Actor  # noqa: E402 - Django must be set up first
from sonjuku.rooms.people.models import Role  # noqa: E402 - Django must be set up first

STEPS = {
    "freeze": lambda by, run: announcing.freeze(by=by, run=run),
    "draw": lambda by, run: announcing.draw(by=by, run=run),
    "announce": lambda by, run: announcing.announce(by=by, run=run),
    "letters": lambda by, run: announcing.write_letters(by=by),
}


def loosen() -> None:
    """No transaction around an action: what the tests must be able to see."""
    actions.transaction = SimpleNamespace(atomic=nullcontext)  # type: ignore[attr-defined]
    connection.features.has_select_for_update = False


def take(step: str, run_id: str, instant: str, *how: str) -> None:
    role = Role.objects.select_related("council").get(
        account__email="desk@hagi.example.jp", kind="secretariat"
    )
    by = Actor(
        at=datetime.fromisoformat(instant), role=role.kind, body_id=role.body_id, council_id=role.council_id,
        account_id=role.account_id,
    )  # fmt: skip
    run = SelectionRun.objects.get(pk=run_id)
    if "loose" in how:
        loosen()
    print("begin", os.getpid(), flush=True)
    STEPS[step](by, run)
    print("end", flush=True)


def main() -> None:
    for line in sys.stdin:
        child = os.fork()  # nothing is open yet that two could not share: no database, no thread
        if not child:
            try:
                take(*line.split())
            except BaseException:
                traceback.print_exc()
            os._exit(0)
        os.waitpid(child, 0)
        print("over", flush=True)


if __name__ == "__main__":
    main()
