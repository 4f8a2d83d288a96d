"""What `sonjuku import` reads: one module per kind, named in KINDS and loaded when asked for.

Each has HELP (one English line), `add_arguments(parser)` for its own options, and `run(stdout, options)`, which raises
CommandError with everything that is wrong. FILE and --dry-run are there for every kind.
"""

from importlib import import_module
from types import ModuleType

KINDS = ("applications", "council", "events")


def importer(kind: str) -> ModuleType:
    return import_module(f"{__name__}.{kind}")
