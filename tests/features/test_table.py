"""docs/features.md says which test shows which item; here it is held to that."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent.parent / "docs" / "features.md"
OF_THIS_ISSUE = [
    *("000-01", "000-02", "000-03", "000-08", "000-09", "000-18", "000-23", "000-30", "001-23", "001-28"),
    *("002-01", "002-02", "002-16", "003-03", "003-04", "003-05", "003-19", "004-02", "004-03"),
]


def rows() -> list[list[str]]:
    """The cells of every row that begins with an item's id."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    found = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines if line.startswith("|")
    ]
    return [cells for cells in found if re.fullmatch(r"\d{3}-\d{2}", cells[0])]


def named() -> dict[str, set[tuple[str, str]]]:
    """(file, function) of each test that the table names, by item."""
    return {cells[0]: set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", cells[-1])) for cells in rows()}


def written() -> set[tuple[str, str]]:
    """(file, function) of each test of this folder that is about an item."""
    found = set()
    for path in HERE.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        found |= {(path.name, name) for name in names if re.match(r"test_\d{3}_\d{2}_", name)}
    return found


def test_every_item_is_listed_once():
    ids = [cells[0] for cells in rows()]
    assert len(ids) == len(set(ids)) == 153


@pytest.mark.parametrize("item", OF_THIS_ISSUE)
def test_an_item_of_the_first_issue_has_a_test_that_exists(item):
    tests = named()[item]
    assert tests
    assert tests <= written()
    assert all(name.startswith(f"test_{item.replace('-', '_')}_") for _file, name in tests)


def test_every_test_here_stands_in_the_table():
    assert {test for tests in named().values() for test in tests} == written()
