"""Counts statements and CPU time of one operation, in this process and in PostgreSQL's own."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass
class Figures:
    """Medians over `runs`: CPU milliseconds here and in the database's process, statements, and wall time."""

    cpu_ms: float
    statements: int
    database_ms: float | None
    wall_ms: float
    runs: int
    most_statements: int


class Counter:
    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements += 1
        return execute(sql, params, many, context)


@contextmanager
def counting() -> Iterator[Counter]:
    counter = Counter()
    with connection.execute_wrapper(counter):
        yield counter


def backend_ns() -> int | None:
    """Nanoseconds that PostgreSQL's process for this connection has spent on a CPU; None where it can't be read."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except OSError:
        return None


def additions() -> float:
    """CPU seconds of five million additions, 0.17 on an idle machine of the one in docs/performance.md: how far to
    trust what was measured beside it."""
    began, total = time.process_time(), 0
    for number in range(5_000_000):
        total += number
    return round(time.process_time() - began, 2)


def measure(operation: Callable[[int], None], *, runs: int = 40, warm: int = 5) -> Figures:
    """Run `operation(n)` for n = 0, 1, …; the first `warm` runs don't count. What can be done once has none."""
    for number in range(warm):
        operation(number)
    cpu, statements, wall = [], [], []
    gc.collect()
    before = backend_ns()
    for number in range(warm, warm + runs):
        with counting() as counter:
            began, clock = time.process_time_ns(), time.perf_counter_ns()
            operation(number)
            cpu.append((time.process_time_ns() - began) / 1e6)
            wall.append((time.perf_counter_ns() - clock) / 1e6)
        statements.append(counter.statements)
    after = backend_ns()
    spent = (after - before) / 1e6 / runs if before is not None and after is not None else None
    return Figures(
        round(statistics.median(cpu), 2), int(statistics.median(statements)),
        None if spent is None else round(spent, 2), round(statistics.median(wall), 2), runs, max(statements),
    )  # fmt: skip
