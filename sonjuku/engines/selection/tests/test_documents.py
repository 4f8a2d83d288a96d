"""The examples in docs/algorithms are computed, in both languages."""

import re
import subprocess
from pathlib import Path

import pytest

from sonjuku.engines.selection.bundle import Problem, make_bundle, verify
from sonjuku.engines.selection.tests.bundles import bundles

PAGES = Path(__file__).resolve().parents[4] / "docs" / "algorithms"
NAMES = [f"{name}{language}.md" for name in ("draw", "ranked-wishes", "matching") for language in ("", ".ja")]
FENCE = re.compile(r"```text\n(.*?)```", re.S)
HASH = re.compile(r"`([0-9a-f]{64})`")
NUMBER = re.compile(r"`(\d{3})`")


@pytest.mark.parametrize("name", NAMES)
def test_the_worked_example_is_what_the_engine_finds(name):
    page = (PAGES / name).read_text()
    rules, frozen, order, result = FENCE.findall(page)
    bundle = make_bundle(rules, frozen, NUMBER.search(page)[1])
    assert (bundle["order"], bundle["result"]) == (order, result)
    assert HASH.search(page)[1] == bundle["list_hash"]


@pytest.mark.parametrize("name", ["proof.md", "proof.ja.md"])
def test_every_problem_the_verifier_can_name_is_in_the_table(name):
    kinds = set(re.findall(r"`(\w+)`", Problem.__doc__)) - {"detail"}
    page = (PAGES / name).read_text()
    assert len(kinds) > 12
    assert {kind for kind in kinds if f"`{kind}`" not in page} <= {"bad_public_value"}


@pytest.mark.parametrize("name", ["proof.md", "proof.ja.md"])
def test_the_complaint_of_the_example_is_the_checkers(name):
    """B on E's seat: E goes without, and the checker says just the printed line of E."""
    page = (PAGES / "ranked-wishes.md").read_text()
    rules, frozen, _, result = FENCE.findall(page)
    told = result.replace("E-9CQG\tweb\t2", "E-9CQG\t-\t-").replace("B-4RTN\t-\t-", "B-4RTN\tweb\t2")
    found = verify(make_bundle(rules, frozen, "518") | {"result": told})
    said = re.search(r"`(passed_over [^`]+)`", (PAGES / name).read_text())[1]
    assert Problem("unfair", said) in found


@pytest.mark.parametrize("name", ["draw.md", "draw.ja.md"])
def test_the_recipe_gives_the_same_order(name, tmp_path):
    recipe = re.search(r"```sh\n(.*?)```", (PAGES / name).read_text(), re.S)[1]
    draws = [bundle for bundle in bundles() if "method\tdraw" in bundle["rules"]][:8]
    assert max(bundle["order"].count("\n") for bundle in draws) >= 40
    for bundle in draws:
        (tmp_path / "list.txt").write_text(bundle["list"])
        done = subprocess.run(
            ["bash", "-c", recipe], cwd=tmp_path, env={"seed": bundle["seed"], "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == bundle["order"]
