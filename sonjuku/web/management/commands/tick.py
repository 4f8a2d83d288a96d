from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sonjuku.flows.ticking import tick
from sonjuku.web.jobs import leases


class Command(BaseCommand):
    help = "Do once what time brings: open and close calls, lapse offers, remind, send letters. For cron."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        leases.return_lost(at)
        report = tick(at)
        leases.forget_finished(at)
        self.stdout.write(" ".join(f"{name}={count}" for name, count in report.counts.items()))
        if report.failed:
            raise CommandError(f"failed: {', '.join(report.failed)} (see the log)")
