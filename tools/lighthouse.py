"""Lighthouse at its phone settings over five public pages: `python tools/lighthouse.py [--runs 5]` (docs/performance.md).

Starts the site as an installation runs it (no debugging, compressed static files under frozen names, gunicorn) with the
demo's data, and prints the median of each category. Ends with 1 where one is under 95. Needs Node.js and Chromium.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.stories.site import CHROMIUM, Site  # noqa: E402 - the path above

LOCKED = ROOT / "tools" / "lighthouse"
INSTALLED = ROOT / "var" / "lighthouse"
PAGES = {
    "home": "/",
    "council": "/c/saikai/",
    "calls": "/c/hagi/calls/",
    "call": "/c/hagi/calls/it-passport-winter/",
    "talent map": "/c/hagi/map/",
}
CATEGORIES = ("performance", "accessibility", "best-practices")
ENOUGH = 95


def install() -> Path:
    """The program in exactly the locked versions; the folder is outside git."""
    program = INSTALLED / "node_modules" / "lighthouse" / "cli" / "index.js"
    lock = LOCKED / "package-lock.json"
    kept = INSTALLED / lock.name
    if not program.exists() or kept.read_bytes() != lock.read_bytes():
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", lock.name):
            shutil.copy(LOCKED / name, INSTALLED / name)
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=INSTALLED, check=True)  # noqa: S603 - our own words
    return program


def prepare(folder: Path) -> Site:
    """A site with the demo's data, without the demo's doors."""
    site = Site(folder, SECRET_KEY="lighthouse-" + "x" * 40)
    site.prepare()
    site.env["SONJUKU_DEMO"] = "0"
    site.manage("collectstatic", "--noinput", "--verbosity", "0")
    return site


def measure(program: Path, address: str) -> dict[str, Any]:
    """Lighthouse's report of one visit."""
    command = [
        shutil.which("node") or "node", str(program), address, "--quiet", "--output=json", "--output-path=stdout",
        f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]  # fmt: skip
    env = {"CHROME_PATH": CHROMIUM, **os.environ}
    run = subprocess.run(command, capture_output=True, text=True, env=env, check=True)  # noqa: S603 - our own words
    report: dict[str, Any] = json.loads(run.stdout)
    return report


def score(report: dict[str, Any], category: str) -> int:
    return round(100 * report["categories"][category]["score"])


def wanting(report: dict[str, Any]) -> list[str]:
    """Titles of the audits that cost points."""
    audits = report["audits"]
    counted = {ref["id"] for c in CATEGORIES for ref in report["categories"][c]["auditRefs"] if ref["weight"]}
    scores = {audits[name]["title"]: audits[name]["score"] for name in counted}
    return sorted(title for title, found in scores.items() if found is not None and found < 0.9)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    program = install()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        site = prepare(Path(folder) / "site")
        site.start_web()
        try:
            print("| page | " + " | ".join(CATEGORIES) + " |")
            print("| --- " * (len(CATEGORIES) + 1) + "|")
            for name, path in PAGES.items():
                reports = [measure(program, site.url + path) for _ in range(runs)]
                medians = [statistics.median(score(report, c) for report in reports) for c in CATEGORIES]
                print(
                    f"| {name} `{path}` | " + " | ".join(f"{median:g}" for median in medians) + " |",
                    flush=True,
                )
                if min(medians) < ENOUGH:
                    bad = 1
                    print(*(f"  {title}" for title in wanting(reports[-1])), sep="\n", file=sys.stderr)
        finally:
            site.stop()
    return bad


if __name__ == "__main__":
    sys.exit(main())
