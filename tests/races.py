"""Many hands at one place: threads that each hold a connection of their own and start together."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import OperationalError, connection

CONNECT_SECONDS = 60


def at_once(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """Run `work` on every item from a thread of its own, all released together; gives results in item order.

    Raises what the first failing item raised. A connection refused is asked for again for a minute: PostgreSQL
    counts those of the test before among its hundred until they are wholly closed."""
    items = list(items)
    gate = threading.Barrier(len(items))

    def run(item: Any) -> Any:
        try:
            _connect()
            gate.wait(timeout=2 * CONNECT_SECONDS)
            return work(item)
        except OperationalError:
            gate.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(items)) as threads:
        futures = [threads.submit(run, item) for item in items]
    problems = [problem for future in futures if (problem := future.exception())]
    # The gate breaks for all when one could not connect: that one says why.
    problems.sort(key=lambda problem: isinstance(problem, threading.BrokenBarrierError))
    if problems:
        raise problems[0]
    return [future.result() for future in futures]


def _connect() -> None:
    until = time.monotonic() + CONNECT_SECONDS
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
