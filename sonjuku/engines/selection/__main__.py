"""Command line: `python -m sonjuku.engines.selection verify BUNDLE.json`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sonjuku.engines.selection.bundle import Known, Problem, verify

ABOUT = "Repeat a published selection from its bundle. Exit status: 0 it holds, 1 it does not, 2 nothing to check."


def main(arguments: list[str]) -> int:
    """Exit status 0 when the published selection holds, 1 when it does not, 2 when there was nothing to check."""
    parser = argparse.ArgumentParser(prog="python -m sonjuku.engines.selection", description=ABOUT)
    command = parser.add_subparsers(required=True).add_parser("verify", help=ABOUT)
    command.add_argument("file", metavar="BUNDLE.json")
    command.add_argument("--rules-hash", default="", help="as published when the call opened")
    command.add_argument("--list-hash", default="", help="as on the printed notice")
    command.add_argument("--public-value", default="", help="as its own source says")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        bundle = json.loads(Path(options.file).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        print(f"cannot read {options.file}: {type(error).__name__}", file=sys.stderr)
        return 2
    known = Known(options.rules_hash.lower(), options.list_hash.lower(), options.public_value)
    return _say(bundle, verify(bundle, known))


def _say(bundle: Any, problems: list[Problem]) -> int:
    if problems:
        print("does not hold: " + ", ".join(dict.fromkeys(problem.kind for problem in problems)))
        for problem in problems:
            if problem.detail:
                told = problem.detail.encode("ascii", "backslashreplace").decode("ascii")
                print(f"  {problem.kind}: {told}")
        return 1
    if "format" in bundle:
        print(f"holds: {bundle['order'].count(chr(10))} codes, same order, same result, no complaint")
    else:
        print(f"holds: {len(bundle['entries'])} entries, {bundle['seats']} places, same order")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
