"""Command line: `python -m sonjuku.engines.selection verify FILE.json`."""

import json
import sys
from pathlib import Path

from sonjuku.engines.selection.draw import recompute

USAGE = "usage: python -m sonjuku.engines.selection verify FILE.json"


def main(arguments: list[str]) -> int:
    """Exit status 0 when the published draw holds, 1 when it does not, 2 when there was nothing to check."""
    if len(arguments) != 2 or arguments[0] != "verify":
        print(USAGE, file=sys.stderr)
        return 2
    try:
        proof = json.loads(Path(arguments[1]).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        print(f"cannot read {arguments[1]}: {type(error).__name__}", file=sys.stderr)
        return 2
    problems = recompute(proof) if isinstance(proof, dict) else ["malformed"]
    if problems:
        print("does not hold: " + ", ".join(problems))
        return 1
    print(f"holds: {len(proof['entries'])} entries, {proof['seats']} places, same order")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
