"""One worker process: runs queued tasks, and what time brings, until it is asked to stop."""

import signal
import threading
from types import FrameType

from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from sonjuku.flows.ticking import Report, tick
from sonjuku.web.jobs import leases


class Loop:
    """Any number of these may run, on any number of machines, on one database."""

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self.stopping = threading.Event()
        self._tasks = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def stop_on_signals(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Finish the task or letter at hand, then end."""
        self.stopping.set()
        self._tasks.running = False

    def run(self) -> None:
        while not self.stopping.is_set():
            self.once()
            self.stopping.wait(self.interval)

    def once(self) -> Report:
        """One round: lost tasks back, every waiting task, one tick."""
        close_old_connections()
        leases.return_lost(timezone.now())
        self._tasks.run()
        report = tick(timezone.now())
        leases.forget_finished(timezone.now())
        close_old_connections()
        return report
