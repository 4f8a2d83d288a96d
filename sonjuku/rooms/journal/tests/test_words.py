"""Every field name that may reach the journal has a word, in Japanese and in English."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from sonjuku.rooms.journal.words import NUMBERED, OF_NOUN, WORDS, field_word

PACKAGE = Path(__file__).parents[3]
# Nouns whose actions name whichever columns changed: any column of these models may come.
CHANGED = {
    "article": "Article", "achievement": "Achievement", "call": "Call", "line": "BusinessLine", "programme": "Programme",
    "programme_year": "ProgrammeYear", "agreement": "Agreement", "party": "Party", "occasion": "Occasion",
    "question": "Question", "area_group": "AreaGroup", "council": "Council", "body": "Body", "person": "Person",
    "profile": "Person", "terms": "TermsVersion", "accessibility": "AccessibilityStatement",
    "retention_rule": "RetentionRule", "booth": "Booth", "certificate_kind": "CertificateKind", "skill_map": "SkillMap",
    "experience_route": "ExperienceRoute",
}  # fmt: skip
PAPERS = "PaperTerms"  # call.papers_changed
NEVER = {"id", "council"}


def recorded() -> list[tuple[str, ast.expr | None]]:
    """(verb, field names) of every `record(...)` outside of the tests."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("record"):
                words = {word.arg: word.value for word in node.keywords}
                if "field_names" in words:
                    found += [(verb, words["field_names"]) for verb in strings(words["verb"])]
    return found


def strings(expression: ast.expr) -> list[str]:
    """Whole texts in it; of a name, and of a text with places to fill, nothing."""
    if isinstance(expression, ast.ListComp):
        return []
    nodes = ast.walk(expression)
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_names_written_in_the_code_have_words() -> None:
    written = [(verb, name) for verb, names in recorded() if names for name in strings(names)]
    assert len(written) > 30
    assert {name for verb, name in written if field_word(verb, name) == name} == set()


def test_whoever_names_changed_columns_is_known() -> None:
    open_ended = {verb.partition(".")[0] for verb, names in recorded() if names and not strings(names)}
    # These name answers' keys, an export's columns, a step of approval or a checked fact: looked at below; and the fields
    # that rooms/matching lets change, which its own tests look at.
    of_matching = {"matching", "matching_member", "introduction"}
    assert (
        open_ended - set(CHANGED)
        == {"response", "applications", "application", "batch", "selection"} | of_matching
    )


@pytest.mark.parametrize(("noun", "model"), [*CHANGED.items(), ("call", PAPERS)])
def test_columns_have_words(noun: str, model: str) -> None:
    found = next(m for m in apps.get_models() if m.__name__ == model)
    columns = {field.name for field in found._meta.concrete_fields} - NEVER
    assert {name for name in columns if field_word(f"{noun}.changed", name) == name} == set()


def test_steps_and_facts_have_words() -> None:
    models = {m.__name__: m for m in apps.get_models()}
    choices = [*models["Approval"].Step.values, *models["EligibilityRule"].Kind.values]
    assert {name for name in choices if field_word("call.approved", name) == name} == set()


@pytest.mark.parametrize(
    ("verb", "name", "japanese", "english"),
    [
        ("call.changed", "closes_at", "受付締切の日時", "Closing time"),
        ("webhook.changed", "url", "送り先", "Address"),
        ("body.changed", "url", "ウェブサイト", "Website"),
        ("response.submitted", "q3", "質問 q3", "Question q3"),
        ("applications.exported", "q.q3", "質問 q3", "Question q3"),
        ("applications.exported", "duty.2", "参加者がすること 2", "Duty 2"),
        ("batch.row_repaired", "column_4", "名簿の4列目", "Column 4 of the list"),
        ("call.changed", "gone_since_1999", "gone_since_1999", "gone_since_1999"),
    ],
)
def test_in_words(verb: str, name: str, japanese: str, english: str) -> None:
    assert field_word(verb, name) == japanese
    with translation.override("en"):
        assert field_word(verb, name) == english


def test_every_word_has_english() -> None:
    words = [*WORDS.values(), *OF_NOUN.values(), *NUMBERED.values()]
    assert all(str(word) for word in words)
    with translation.override("en"):
        assert [str(word) for word in words if not str(word).isascii()] == []
