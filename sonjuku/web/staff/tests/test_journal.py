"""The journal's page: every verb of the code in words, fields in words, a line's fields."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.credentials.rules import STATUS_VERBS
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.people.models import Council
from sonjuku.web.staff.journal import DONE, NOUNS, WHOLE, described

PACKAGE = Path(__file__).parents[3]
NAMED = (
    "first_steps.put_away",
    "first_steps.put_back",
    "disposals.exported",
    *STATUS_VERBS.values(),
)  # by a constant or an argument


def verbs() -> set[str]:
    """What stands after `verb=` anywhere in the code."""
    found = set(NAMED)
    for path in PACKAGE.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (isinstance(node, ast.keyword) and node.arg == "verb") or (
                isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "verb"
            ):
                texts = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
                found.update(value for value in texts if isinstance(value, str))
    return found


def test_every_verb_is_said_in_words() -> None:
    found = verbs()
    assert len(found) > 150
    parts = [(verb, *verb.split(".")) for verb in found]
    assert [
        verb for verb, noun, done in parts if noun not in NOUNS or not (verb in WHOLE or done in DONE)
    ] == []
    assert set(WHOLE) <= found, "a phrase for what nobody records any more"


def test_fields_stand_in_words(desk: Client, running: Any, secretariat: Any) -> None:
    call = running()
    names = ["venue", "closes_at", "title", "lg_codes", "lg_code"]
    record(by=secretariat, verb="call.changed", subject=call, field_names=names)
    page = desk.get(reverse("staff:journal", args=["hagi"])).content.decode()
    for word in ("会場", "受付締切の日時", "市区町村"):
        assert word in page
    assert "closes_at" not in page
    assert page.count("市区町村") == 1, "two columns with one word are said once"


@pytest.mark.django_db
def test_a_verb_of_its_own(council: Council, secretariat: Any) -> None:
    entry = record(by=secretariat, verb="upload.opened", subject=council)
    assert [(str(line.noun), str(line.done), line.fields) for line in described([entry])] == [
        ("ファイル", "閲覧", [])
    ]
