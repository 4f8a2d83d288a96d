from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sonjuku.web.jobs.worker import Loop


class Command(BaseCommand):
    help = "Run background tasks and what time brings (deadlines, reminders, letters) until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interval", type=float, default=5.0, help="seconds between two rounds (default 5)"
        )

    def handle(self, *args: Any, interval: float, **options: Any) -> None:
        loop = Loop(interval)
        loop.stop_on_signals()
        self.stdout.write("worker: started")
        self.stdout.flush()
        loop.run()
        self.stdout.write("worker: stopped")
