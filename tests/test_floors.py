"""The house plan as tests: layers by import-linter, keys by the models themselves, size by counting."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [p for p in (ROOT / "sonjuku").rglob("*.py") if "migrations" not in p.parts]
FLOW = settings.ROOMS


def test_imports_only_go_down():
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout


def upward_keys():
    """Relations that point up the flow: string references escape the import linter."""
    rank = {room: i for i, room in enumerate(FLOW)}
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in rank:
            continue
        for field in model._meta.get_fields():
            if not (field.concrete and field.is_relation) or field.related_model is None:
                continue
            there = field.related_model._meta.app_label
            if rank.get(there, -1) > rank[here]:
                yield f"{model.__name__}.{field.name} points up to {there}"


def test_no_key_points_up_the_flow():
    assert list(upward_keys()) == []


def test_the_upward_key_finder_finds_one(monkeypatch):
    monkeypatch.setattr("tests.test_floors.FLOW", list(reversed(FLOW)))
    assert any("points up" in line for line in upward_keys())


def test_no_generic_keys_and_no_signals():
    for path in SOURCES:
        text = path.read_text()
        assert "GenericForeignKey" not in text, path
        assert "post_save" not in text or "tests" in path.parts, path


@pytest.mark.parametrize("suffix", ["py", "html", "css", "js"])
def test_files_stay_readable_in_one_sitting(suffix):
    long = {
        str(p.relative_to(ROOT)): n
        for p in (ROOT / "sonjuku").rglob(f"*.{suffix}")
        if "migrations" not in p.parts and (n := len(p.read_text().splitlines())) > 400
    }
    assert long == {}


def test_functions_stay_on_one_screen():
    """At most 40 lines of body: what a caller must know (signature, docstring) is not counted against it."""
    long = []
    for path in SOURCES:
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                size = node.end_lineno - body[0].lineno + 1 if body else 0
                if size > 40:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} {size}")
    assert long == []


def test_no_inline_style_or_script_in_templates():
    for path in (ROOT / "sonjuku").rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path
        assert " onchange=" not in text, path


def test_rules_touch_neither_database_nor_clock():
    for path in (ROOT / "sonjuku" / "rooms").glob("*/rules.py"):
        text = path.read_text()
        for word in (".objects", "timezone.now(", "datetime.now(", "date.today("):
            assert word not in text, f"{path}: {word}"


def test_every_row_of_a_council_says_which_council():
    """Rows that name a person also name their council: a leak between tenants then shows in one column."""
    for model in apps.get_models():
        if model._meta.app_label not in FLOW:
            continue
        fields = {f.name: f for f in model._meta.get_fields() if f.concrete}
        person = fields.get("person")
        if person is not None and person.is_relation:
            assert "council" in fields, model


def test_migrations_match_the_models(db):
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_rooms_and_flows_speak_no_http():
    for floor in ("rooms", "flows"):
        for path in (ROOT / "sonjuku" / floor).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for word in ("django.http", "django.shortcuts", "django.views", "django.urls"):
                assert word not in path.read_text(), f"{path}: {word}"
