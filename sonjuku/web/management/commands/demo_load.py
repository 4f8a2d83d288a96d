from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sonjuku.flows.demo import load_demo
from sonjuku.toolbox.refusals import Refused


class Command(BaseCommand):
    help = "Load the demo (made-up people in the councils of demo/) into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing if the demo is already there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            councils = load_demo(at=timezone.now())
        except Refused as refused:
            if refused.code == "already_loaded" and options["if_empty"]:
                return
            raise CommandError(f"{refused.message} {refused.next_step}") from None
        self.stdout.write(f"Loaded: {', '.join(councils)}")
