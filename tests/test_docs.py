"""What the documentation says is there: links, images, commands with their options, settings."""

import argparse
import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("README*.md")])
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
INDENTED = re.compile(r"^    (.+)$", re.M)
SPAN = re.compile(r"`([^`\n]+)`")
SETTING = re.compile(r"`([A-Z][A-Z0-9_]+)`")


def targets(doc: Path) -> Iterator[tuple[bool, str]]:
    """(is an image, address) of each relative link; what stands in code is none."""
    text = SPAN.sub("", FENCE.sub("", doc.read_text()))
    for image, address in LINK.findall(text):
        if not re.match(r"[a-z]+:", address) and not address.startswith("#"):
            yield bool(image), address.partition("#")[0]


def code(doc: Path) -> Iterator[str]:
    """Every line of code: fenced, indented, or in a sentence."""
    text = doc.read_text()
    for block in FENCE.findall(text):
        yield from block.splitlines()
    rest = FENCE.sub("", text)
    yield from INDENTED.findall(rest)
    yield from SPAN.findall(rest)


def commands(name: str) -> list[tuple[Path, list[str]]]:
    """The words after each `name …` that a page tells somebody to type."""
    found = []
    start = re.compile(rf"(?:^|(?<=[\s|/]))(?:[\w./]*/)?{re.escape(name)} (?=[a-z])")
    for doc in PAGES:
        for line in code(doc):
            line = re.split(r"\s#|\s[|&>]|[|&]{2}", line)[0]
            hit = start.search(line)
            if hit:
                found.append((doc, shlex.split(line[hit.end() :].strip().strip('"'))))
    return found


@pytest.mark.parametrize("doc", PAGES, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_every_link_leads_somewhere(doc):
    missing = [address for _, address in targets(doc) if not (doc.parent / address).exists()]
    assert missing == []


def test_every_image_is_used():
    used = {(doc.parent / address).resolve() for doc in PAGES for image, address in targets(doc) if image}
    there = {path.resolve() for path in DOCS.rglob("*") if path.suffix in {".png", ".jpg", ".svg", ".webp"}}
    assert there == used


def test_pictures_are_small():
    assert {
        path.name: size for path in (DOCS / "guide").rglob("*.png") if (size := path.stat().st_size) > 150_000
    } == {}


def test_the_index_names_every_page_of_the_manual():
    for index in (DOCS / "README.md", DOCS / "README.ja.md"):
        named = {(index.parent / address).resolve() for _, address in targets(index)}
        there = {path.resolve() for folder in ("operate", "guide") for path in (DOCS / folder).glob("*.md")}
        assert there - named == set(), index.name


def parser_of(command: str) -> argparse.ArgumentParser:
    owner: Any = get_commands()[command]
    found = owner if not isinstance(owner, str) else load_command_class(owner, command)
    return found.create_parser("sonjuku", command)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """All options, those of commands below it too."""
    found = set(parser._option_string_actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                found |= options_of(below)
    return found


def words_of(parser: argparse.ArgumentParser) -> set[str]:
    """The commands below it."""
    return {
        name
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name in action.choices
    }


SAID = commands("sonjuku") + commands("python -m sonjuku.config.cli")


def test_the_manual_tells_what_to_type():
    """The finder finds: otherwise the next tests hold for want of anything to test."""
    said = {words[0] for _, words in SAID}
    assert {"init", "worker", "tick", "backup", "restore", "import", "bounces", "migrate"} <= said


@pytest.mark.parametrize(
    ("doc", "words"), SAID, ids=lambda each: each.stem if isinstance(each, Path) else " ".join(each)
)
def test_every_command_is_there_with_its_options(doc, words):
    name, *rest = words
    assert name in get_commands(), f"{doc.name}: sonjuku {name}"
    parser = parser_of(name)
    options = {word.partition("=")[0] for word in rest if word.startswith("--")}
    assert options <= options_of(parser), f"{doc.name}: sonjuku {' '.join(words)}"
    if words_of(parser) and rest and not rest[0].startswith("-"):
        assert rest[0] in words_of(parser), f"{doc.name}: sonjuku {' '.join(words)}"


def test_every_command_of_ours_is_in_the_manual():
    ours = {path.stem for path in (ROOT / "sonjuku/web/management/commands").glob("[a-z]*.py")}
    # What run.py starts by itself.
    assert ours - {words[0] for _, words in SAID} <= {"demo_load"}


def test_every_use_of_run_py_is_there():
    said = commands("run.py")
    text = (ROOT / "run.py").read_text()
    names = set(re.findall(r'add_parser\("([\w-]+)"', text))
    names |= set(re.findall(r'"([\w-]+)"', re.search(r"for name in \(([^)]*)\)", text)[1]))
    options = set(re.findall(r'add_argument\(\s*"(--[\w-]+)"', text))
    assert {"demo", "test", "secret"} <= {words[0] for _, words in said}
    for doc, words in said:
        assert words[0] in names, f"{doc.name}: run.py {words[0]}"
        if words[0] != "test":  # passes on what pytest knows
            assert {word for word in words if word.startswith("--")} <= options, f"{doc.name}: {words}"


def read_settings() -> set[str]:
    """What settings.py asks the environment for."""
    tree = ast.parse((ROOT / "sonjuku/config/settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"env", "flag"}
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_setting_is_in_the_manual_and_none_besides():
    rows = [
        line for line in (DOCS / "operate/settings.md").read_text().splitlines() if line.startswith("| `")
    ]
    told = {name for row in rows for name in SETTING.findall(row.split("|")[1])}
    assert told == read_settings()


def test_no_page_names_a_setting_that_is_not_read():
    known = read_settings() | {
        "SONJUKU_OLD_KEYS_SECRET",
        "SONJUKU_HANDOVER_PASSPHRASE",
        "SONJUKU_REQUIRE_BROWSER",
        "SONJUKU_REQUIRE_OFFICE",
        "SONJUKU_CI_DATABASE_URL",
    }
    for doc in PAGES:
        named = set(re.findall(r"\bSONJUKU_[A-Z_]+\b", doc.read_text()))
        assert named <= known, doc.name
