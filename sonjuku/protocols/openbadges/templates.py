"""Canonical forms by substitution: RDFC-1.0 once per kind of badge instead of once per badge.

Badges of one achievement differ in a few values (slots): ids, dates, the holder's hash and salt, evidence. A Template
holds the canonical statements with holes for them; filling it escapes the values, labels the blank nodes anew and sorts.
Whatever differs elsewhere, by a single byte, is another template. docs/algorithms/sealing.md says why this is safe.
"""

import hashlib
import json
import marshal
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sonjuku.protocols.openbadges import canonical, contexts

Path = tuple[str | int, ...]
Key = tuple[tuple[Path, ...], bytes]

# Bounds of what is kept: a stranger's badges may fill the shelf, never the memory.
MOST_TEMPLATES = 64
MOST_ORDERS = 64
LONGEST_SKELETON = 16_384
MOST_SLOTS = 40


class NotTemplated(ValueError):
    """This document's canonical form can't be had by substitution; canonicalise it as a whole."""


@dataclass(frozen=True)
class Kind:
    """What a slot may hold. `sample` is a value with one hole for a number; `awkward` one that tests the escaping."""

    fits: Callable[[str], Any]
    sample: str
    awkward: str
    iri: bool = False


# Only ids that compaction leaves alone whatever the context.
_ID = Kind(
    re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch,
    "urn:uuid:5eedf00d-0000-4000-8000-{:012x}",
    "urn:uuid:ffffffff-0000-4000-8000-{:012x}",
    iri=True,
)
_ENTRY = Kind(
    re.compile(
        r"https?://(?!www\.w3\.org/|w3id\.org/|purl\.|schema\.org/)[a-z0-9.:-]+/[A-Za-z0-9./_-]*#[0-9]+"
    ).fullmatch,
    "https://5eedf00d.example/#{}",
    "https://slot.example/d/a_b.c-d#{}",
    iri=True,
)
_TIME = Kind(
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z").fullmatch,
    "2001-01-01T00:00:{:02d}Z",
    "9999-12-31T23:59:{:02d}Z",
)
_TEXT = Kind(
    re.compile("[^\ud800-\udfff\ufffe\uffff]{1,1000}").fullmatch,
    "5eedf00d-{:04d}",
    '\0\b\t\n\v\f\r\x1f\x7f"\\{{}}𠮷\u2028 .\n_:c14n0 {}',
)

_IDENTITY = {"identityHash": _TEXT, "salt": _TEXT}
_STATUS = {"id": _ENTRY, "statusListIndex": _TEXT}
_PLAN: dict[str, Any] = {
    "id": _ID,
    "validFrom": _TIME,
    "validUntil": _TIME,
    "credentialSubject": {"id": _ID, "identifier": _IDENTITY},
    "credentialStatus": _STATUS,
    "evidence": {"name": _TEXT, "narrative": _TEXT},
    "created": _TIME,
}
_NO_PROOF = {"type": "DataIntegrityProof"}
_HOLE = re.compile(r"(?<!\{)\{(\d+)\}")
_TERM = re.compile(r'<[^<>]*>|_:c14n\d+|"(?:[^"\\]|\\.)*"(?:\^\^<[^<>]*>|@[A-Za-z0-9-]+)?')


def skeleton(document: canonical.Document) -> tuple[Key, list[tuple[Path, Kind, str]]]:
    """The document without its slots as a key, and its slots. Raises NotTemplated for what is too big or no JSON."""
    found: list[tuple[Path, Kind, str]] = []
    rest = _blank(dict(document), _PLAN, (), found)
    try:
        # Tells 1, 1.0 and true apart, as JSON does and Python's == does not; format 2 has no back references.
        data = marshal.dumps(rest, 2)
    except ValueError as error:
        raise NotTemplated("no JSON") from error
    if len(data) > LONGEST_SKELETON or len(found) > MOST_SLOTS:
        raise NotTemplated("too big")
    return (tuple([path for path, _, _ in found]), data), found


def _blank(node: Any, plan: Mapping[str, Any], path: Path, found: list[tuple[Path, Kind, str]]) -> Any:
    if isinstance(node, dict):
        copy = node.copy()
        for name, inner in plan.items():
            if name not in node:
                continue
            value = node[name]
            if isinstance(inner, dict):
                copy[name] = _blank(value, inner, (*path, name), found)
            elif isinstance(value, str) and inner.fits(value):
                found.append(((*path, name), inner, value))
                copy[name] = None
        return copy
    if isinstance(node, list):
        # The same plan for each object of a list; lists in lists are no JSON-LD and stay as they are.
        return [
            _blank(item, plan, (*path, number), found) if isinstance(item, dict) else item
            for number, item in enumerate(node)
        ]
    return node


def _with(
    document: canonical.Document, slots: Sequence[tuple[Path, Kind, str]], values: Sequence[str]
) -> Any:
    copy = json.loads(json.dumps(document))
    for (path, _, _), value in zip(slots, values, strict=True):
        place = copy
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
    return copy


class Template:
    """The canonical form of every document of one skeleton."""

    def __init__(self, document: canonical.Document) -> None:
        """Canonicalise a specimen, cut it at its slots, and prove it on the document and on awkward values.

        The document's form must have been checked. Raises NotTemplated, NotCanonical."""
        _, slots = skeleton(document)
        samples = [kind.sample.format(number) for number, (_, kind, _) in enumerate(slots)]
        self._iri_slots = [number for number, (_, kind, _) in enumerate(slots) if kind.iri]
        quads = canonical.canonical(_with(document, slots, samples)).decode().split("\n")[:-1]
        self._read([_terms(quad) for quad in quads], samples)
        awkward = [kind.awkward.format(number) for number, (_, kind, _) in enumerate(slots)]
        canonical.check_form(_with(document, slots, awkward), _NO_PROOF)
        for values in ([value for _, _, value in slots], awkward):
            filled = self.fill(values)
            if filled is not None and filled != canonical.canonical(_with(document, slots, values)):
                raise NotTemplated("another canonical form")
        if self.fill(awkward) is None:
            raise NotTemplated("indistinguishable")

    def _read(self, quads: list[list[str]], samples: list[str]) -> None:
        names = {f"<{sample}>": f"<{{{n}}}>" for n, sample in enumerate(samples)}
        literals = {f'"{sample}"': f'"{{{n}}}"' for n, sample in enumerate(samples)}
        cut = [[_cut(term, names, literals, samples) for term in quad] for quad in quads]
        used = {place for quad in cut for term in quad for place in _HOLE.findall(term)}
        if len(used) != len(samples):
            raise NotTemplated("a value that no statement carries")
        self._names = frozenset(term[1:-1] for quad in quads for term in quad if term.startswith("<"))
        self._quads = [" ".join(quad) + " .\n" for quad in cut]
        nodes = sorted(
            {term for quad in cut for term in quad if term.startswith("_:")}, key=lambda n: int(n[6:])
        )
        self._nodes = nodes
        self._hashes: list[str] = []
        self._open: list[tuple[int, list[str], list[str]]] = []
        for number, node in enumerate(nodes):
            near = [_seen_from(node, quad) for quad in cut if node in quad]
            fixed, holed = _parted(near)
            self._hashes.append("" if holed else _hash(fixed))
            if holed:
                self._open.append((number, fixed, holed))
        self._orders: dict[tuple[int, ...], tuple[list[str], list[str]]] = {}
        self._last: tuple[Sequence[str], bytes | None] = ((), None)

    def fill(self, values: Sequence[str]) -> bytes | None:
        """The canonical form with these values in the slots' order.

        None where substitution can't tell: two nodes look alike from one step away, or two names are one."""
        last, found = self._last
        # The proofs of one batch are often of the same second.
        if found is None or last != values:
            found = self._filled(values)
            self._last = values, found
        return found

    def _filled(self, values: Sequence[str]) -> bytes | None:
        chosen = {values[number] for number in self._iri_slots}
        if len(chosen) < len(self._iri_slots) or chosen & self._names:
            return None
        texts = [canonical.escape(value) for value in values]
        order = self._order(texts)
        if order is None:
            return None
        fixed, holed = self._orders.get(order) or self._labelled(order)
        lines = fixed + [line.format(*texts) for line in holed]
        lines.sort()
        return "".join(lines).encode() if len(set(lines)) == len(lines) else None

    def _order(self, texts: Sequence[str]) -> tuple[int, ...] | None:
        """The blank nodes in the order of their labels; None where their own statements don't tell them apart."""
        if len(self._nodes) < 2:
            return (0,) * len(self._nodes)
        hashes = self._hashes.copy()
        for number, fixed, holed in self._open:
            hashes[number] = _hash(fixed + [line.format(*texts) for line in holed])
        if len(set(hashes)) < len(hashes):
            return None
        return tuple(sorted(range(len(hashes)), key=hashes.__getitem__))

    def _labelled(self, order: tuple[int, ...]) -> tuple[list[str], list[str]]:
        """The statements with the labels that this order of hashes gives: those without a slot, and those with."""
        labels = {self._nodes[node]: f"_:c14n{rank}" for rank, node in enumerate(order)}
        found = _parted([_relabel(quad, labels) for quad in self._quads])
        if len(self._orders) < MOST_ORDERS:
            self._orders[order] = found
        return found


def _terms(quad: str) -> list[str]:
    terms = _TERM.findall(quad)
    if " ".join(terms) + " ." != quad:
        raise NotTemplated("an unusual statement")
    blank = [term for term in terms if term.startswith("_:")]
    if len(set(blank)) < len(blank):
        raise NotTemplated("a statement of a node about itself")
    return terms


def _cut(term: str, names: dict[str, str], literals: dict[str, str], samples: list[str]) -> str:
    if term in names:
        return names[term]
    end = term.rfind('"') + 1
    if term[:end] in literals:
        return literals[term[:end]] + term[end:].replace("{", "{{").replace("}", "}}")
    if any(sample in term for sample in samples):
        raise NotTemplated("a value inside another")
    return term.replace("{", "{{").replace("}", "}}")


def _seen_from(node: str, quad: list[str]) -> str:
    """The statement as RDFC-1.0 hashes it for one of its blank nodes (4.6: hash first degree quads)."""
    shown = ["_:a" if term == node else "_:z" if term.startswith("_:") else term for term in quad]
    return " ".join(shown) + " .\n"


def _parted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Lines without a hole, as they will be and in order; and those with one."""
    holed = [line for line in lines if _HOLE.search(line)]
    return sorted(line.format() for line in lines if not _HOLE.search(line)), holed


def _hash(lines: list[str]) -> str:
    lines.sort()
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _relabel(quad: str, labels: dict[str, str]) -> str:
    # Literals are matched whole, so that a text which looks like a label stays.
    return _TERM.sub(lambda term: labels.get(term[0], term[0]), quad)


class Shelf:
    """The templates in use, the latest first. A skeleton gets one when it is met for the second time."""

    def __init__(self, most: int = MOST_TEMPLATES) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Template | bool] = OrderedDict()
        self._lock = Lock()

    def hash_data(
        self, document: canonical.Document, proof: canonical.Document, extra: contexts.Contexts | None = None
    ) -> bytes:
        """The 64 bytes that eddsa-rdfc-2022 signs: SHA-256 of the canonical proof options, then of the document.

        `proof` and `document["proof"]` may be complete; what isn't signed is left out here. Everything in both is
        covered, else NotCanonical (see `canonical.check_form`)."""
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        options["@context"] = document.get("@context")
        unsecured = {name: value for name, value in document.items() if name != "proof"}
        parts = (options, unsecured)
        quads = [None if extra else self._filled(part) for part in parts]
        if None in quads:
            canonical.check_form(document, proof, extra)
            budget = canonical.Budget()
            quads = [
                known or canonical.canonical(part, extra, budget)
                for known, part in zip(quads, parts, strict=True)
            ]
            for part in () if extra else parts:
                self._learn(part)
        return b"".join(hashlib.sha256(one or b"").digest() for one in quads)

    def _filled(self, part: canonical.Document) -> bytes | None:
        try:
            key, slots = skeleton(part)
        except NotTemplated:
            return None
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found.fill([value for _, _, value in slots]) if isinstance(found, Template) else None

    def _learn(self, part: canonical.Document) -> None:
        """Called when `part` went the long way and passed. On the shelf, True says: met once; False: no template."""
        try:
            key, _ = skeleton(part)
        except NotTemplated:
            return
        with self._lock:
            again = self._kept.get(key) is True
            # False while it is being made, so that nobody makes it twice.
            self._kept[key] = not again and self._kept.get(key, True)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if again:
            with suppress(NotTemplated, canonical.NotCanonical):
                made = Template(part)
                with self._lock:
                    self._kept[key] = made
