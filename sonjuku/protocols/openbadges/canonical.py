"""Canonical N-Quads (RDFC-1.0) of a JSON-LD document, and whether its JSON says just what they say.

PyLD does the work inside openbadgeslib's guard: its budget ends hostile graphs, which cost factorial time
otherwise. The guard has no public door, so its names are used here and nowhere else; the tests pin them.
"""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

from openbadgeslib._safejson import check as check_json
from openbadgeslib.ob3 import OB3GuardUnavailable, OB3VerificationError, ldp
from openbadgeslib.ob3._canon_guard import WorkBudget, isolate
from pyld import nquads

from sonjuku.protocols.openbadges import contexts

Document = Mapping[str, Any]
Budget = WorkBudget

_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}
# With what has no short form and no place in XML 1.1.
_UNWRITABLE = re.compile('[\x00-\x1f\x7f"\\\\\ufffe\uffff]')
_NONCHARACTERS = frozenset("\ufffe\uffff")
_IRI = r"<[^\x00-\x20<>\"{}|^`\\]*>"
_STATEMENT = re.compile(
    rf"(?:{_IRI}|_:\w+) {_IRI} "
    rf'(?:{_IRI}|_:\w+|"(?:[^"\\\n\r]|\\.)*"(?:\^\^{_IRI}|@[A-Za-z0-9-]+)?)(?: {_IRI}| _:\w+)? \.'
)


def escape(text: str) -> str:
    """A literal's text between its quotes in canonical N-Quads (RDFC-1.0, 5.2)."""
    return _UNWRITABLE.sub(lambda sign: _ESCAPES.get(sign[0], f"\\u{ord(sign[0]):04X}"), text)


# PyLD 3.3 writes control characters as they are, so that no other verifier would find our signature right.
nquads.escape = escape


class NotCanonical(ValueError):
    """A document that can't be signed or verified.

    `reason`: not_json, too_large, too_complex, unknown_context, or unsigned_terms (some member isn't
    what the frozen contexts would write: an undefined or disguised term, whose value no signature covers).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def canonical(
    document: Document, extra: contexts.Contexts | None = None, budget: Budget | None = None
) -> bytes:
    """The document's RDF in canonical order, one line a statement. Raises NotCanonical.

    Undefined terms silently leave no statement: call `check_form` first. One `budget` may bound calls."""
    load = contexts.loader(extra)
    try:
        # The guard expands twice: to count the work, and to do it. What is expanded already costs it little.
        expanded = isolate(ldp._require_jsonld()).expand(dict(document), {"documentLoader": load})
        quads: str = ldp._canonize(expanded, load, budget)
    except OB3GuardUnavailable:
        raise
    except Exception as error:  # whatever PyLD can't expand, a RecursionError too
        raise NotCanonical("too_complex") from error
    # PyLD writes such an IRI as it is, others escape it: one form for all there is none, so it is refused.
    if not all(_STATEMENT.fullmatch(quad) for quad in quads.split("\n")[:-1]):
        raise NotCanonical("not_json")
    return quads.encode()


def check_form(document: Document, proof: Document, extra: contexts.Contexts | None = None) -> None:
    """Refuse (NotCanonical) what the signature of `proof` could not cover wholly, before costly work.

    Both must be the compacted form of their own RDF under known contexts (VC Data Integrity, 2.4.1)."""
    whole, options, load = dict(document), dict(proof), contexts.loader(extra)
    # Verifiers differ on how noncharacters are written, so that nothing can be signed for all of them.
    if not json_safe(whole) or not _NONCHARACTERS.isdisjoint(json.dumps(whole, ensure_ascii=False)):
        raise NotCanonical("not_json")
    if not contexts.known(document, extra):
        raise NotCanonical("unknown_context")
    for reason, check in (
        ("too_large", functools.partial(ldp._require_within_size_cap, whole)),
        (
            "too_complex",
            functools.partial(ldp._screen_structure, whole, contexts=False, extra_contexts=extra),
        ),
        ("unsigned_terms", functools.partial(ldp._check_json_ld_form, whole, options, load)),
    ):
        try:
            check()
        except OB3GuardUnavailable:
            raise
        except OB3VerificationError as error:
            raise NotCanonical(reason) from error


def json_safe(value: Any) -> bool:
    """Whether a parsed value is nested soundly (128 levels), all UTF-8, its numbers finite."""
    try:
        check_json(value)
    except ValueError:
        return False
    return True
