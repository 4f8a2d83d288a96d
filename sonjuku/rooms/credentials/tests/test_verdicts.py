"""Every reason that the protocols know has its own plain sentence, in Japanese, plain Japanese and English."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.utils import translation

from sonjuku.protocols import openbadges
from sonjuku.protocols.openbadges.tests.test_hostile import HOSTILE
from sonjuku.rooms.credentials.rules import verdicts
from sonjuku.toolbox import fetching, furigana, outside, qr_reading

FOLDER = Path(inspect.getfile(openbadges)).parent
# Whoever reads a credential meets these codes' modules; the others make credentials or draw pictures.
READERS = (
    "baking", "canonical", "controllers", "endorsing", "jcs", "ob2", "proofs", "reading", "records", "status", "vcjwt",
)  # fmt: skip
REFUSING = {
    "BakingRefused", "NoCode", "NoKey", "NotCanonical", "OutsideRefused", "RecordRefused", "Refusal", "StatusRefused",
    "Unreadable",
}  # fmt: skip
# Told to who bakes a badge, not to who reads one.
MAKERS = {"already_baked"}
KANJI = re.compile(furigana.KANJI)


def texts(node):
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isidentifier()
    }


def results(function):
    """The texts that a function may return, without those that it only compares."""
    for one in ast.walk(function):
        if isinstance(one, ast.Return) and one.value is not None:
            yield from branches(one.value)


def branches(value):
    if isinstance(value, ast.IfExp):
        yield from branches(value.body)
        yield from branches(value.orelse)
    elif isinstance(value, ast.BoolOp | ast.Tuple):
        for one in value.values if isinstance(value, ast.BoolOp) else value.elts:
            yield from branches(one)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        yield from (f"{name}_differs" for name in ("iss", "jti", "sub", "nbf", "exp"))


def reasons_of(tree):
    """What is given to an exception with a reason, and what functions about reasons return."""
    found = set()
    for node in ast.walk(tree):
        named = getattr(node, "func", None)
        if isinstance(node, ast.Call) and getattr(named, "id", getattr(named, "attr", "")) in REFUSING:
            found |= {text for one in node.args for text in texts(one)}
        if isinstance(node, ast.FunctionDef) and (
            "reason" in node.name or node.name in ("_form", "_proof_expiry", "_data", "_kind")
        ):
            found |= set(results(node))
    return found - {""}


def named():
    for module in READERS:
        yield from reasons_of(ast.parse((FOLDER / f"{module}.py").read_text()))


REASONS = sorted({*named()} - MAKERS)


def test_the_walk_finds_what_there_is():
    expected = {
        "alg_none", "alg_secret", "key_by_address", "certificate_in_header", "other_key_in_header", "iss_differs",
        "exp_differs", "list_bomb", "entry_size", "hosted_differs", "outside_issuer", "not_fetched", "too_many_members",
        "other_file", "unsigned_terms", "unknown_controller", "several_credentials", "proof_expired", "other_context",
    }  # fmt: skip
    assert expected <= set(REASONS)
    assert {reason for reason, _, _ in HOSTILE} - {"revoked", "suspended"} <= set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_the_protocols_has_its_words(reason):
    of_a_check = [name for name in verdicts.WORDS if name.partition(".")[2] == reason]
    assert reason in verdicts.WORDS or reason in verdicts.UNREADABLE or of_a_check, reason


@pytest.mark.parametrize(("check", "reason"), [("form", "not_fetched"), ("issuer", "not_fetched"), ("status", "not_fetched")])  # fmt: skip
def test_a_reason_without_words_of_its_own_has_them_for_each_check(check, reason):
    assert f"{check}.{reason}" in verdicts.WORDS


def test_every_reason_of_the_readers_has_its_words():
    pictures = reasons_of(ast.parse(inspect.getsource(qr_reading)))
    assert "several_codes" in pictures
    assert pictures <= verdicts.UNREADABLE.keys()
    asked = reasons_of(ast.parse(inspect.getsource(fetching))) | reasons_of(
        ast.parse(inspect.getsource(outside))
    )
    assert {"private", "redirects", "tls"} <= asked
    assert asked <= verdicts.OUTSIDE.keys()


def sentences():
    yield from verdicts.TITLES.values()
    yield from verdicts.FINE.values()
    yield from (text for _result, text in verdicts.WORDS.values())
    yield from (part for parts in verdicts.HEADLINES.values() for part in parts if part)
    yield from verdicts.UNREADABLE.values()


@pytest.mark.parametrize("language", ["en", "ja-easy"])
def test_every_sentence_is_translated(language):
    with translation.override("ja"):
        japanese = [str(text) for text in sentences()]
    with translation.override(language):
        theirs = [str(text) for text in sentences()]
    pairs = zip(japanese, theirs, strict=True)
    # What has no kanji is plain already.
    same = [text for text, other in pairs if text == other and (language == "en" or KANJI.search(text))]
    assert same == []


def test_no_sentence_about_what_could_not_be_checked_calls_it_fine():
    with translation.override("ja"):
        for result, text in verdicts.WORDS.values():
            if result == "unknown":
                assert "本物です" not in str(text)
                assert "失効していません" not in str(text)
    assert all(verdicts.WORDS[code][0] == "unknown" for code in verdicts.WORDS if code.startswith("list_") and code != "list_issuer")  # fmt: skip
