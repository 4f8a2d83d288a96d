"""The third verifier: a reader with `sha256sum` and `sort`, who compares what the recipe prints with the bundle."""

import subprocess
from pathlib import Path
from typing import Any

from sonjuku.web.public.recompute import recipe


def shell_prints(bundle: dict[str, Any], folder: Path) -> list[str]:
    """The lines of the recipe, run with nothing but the tools of a system."""
    (folder / "rules.txt").write_bytes(bundle["rules"].encode())
    (folder / "list.txt").write_bytes(bundle["list"].encode())
    run = subprocess.run(
        ["bash", "-c", recipe(bundle)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    return run.stdout.decode().splitlines()


def shell_says(bundle: dict[str, Any], folder: Path) -> set[str]:
    """Which of the published values differ from what the shell printed, by the engine's names."""
    if not recipe(bundle):
        return set()
    rules, listed, names, seed, *order = shell_prints(bundle, folder)
    found = {
        "rules_hash_differs": rules.split()[0] != bundle["rules_hash"],
        "list_hash_differs": listed.split()[0] != bundle["list_hash"],
        "list_names_other_rules": names != f"rules\t{rules.split()[0]}",
        "seed_differs": seed.split()[0] != bundle["seed"],
        "order_differs": order != bundle["order"].splitlines(),
    }
    return {kind for kind, differs in found.items() if differs}
