"""The published proof of a selection, and its repetition.

A bundle is one JSON object. Its values are texts in the format of `wire`, so that nothing needs to be brought into a
canonical form before it is hashed: the bytes are there.

    format, engine         "sonjuku-selection-2", "1"
    rules, rules_hash      published when the call opens
    list, list_hash        frozen, and its hash printed, before the public value is known
    public_value           taken to the letter: printable ASCII
    seed                   SHA-256(list_hash ":" public_value)
    order                  all codes in drawing order, one a line
    result                 who got what
    check                  what the independent checker says: a list of lines, empty when all is well
    beacon                 only where the public value is a drand beacon: {round, signature, randomness}, hex in lower case

More keys may stand beside these (counts of the ineligible by reason, witnesses); nothing here depends on them.
Draws of the first format (`draw.make_proof`) have no `format` and stay valid.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sonjuku.engines.selection import wire
from sonjuku.engines.selection.draw import recompute, seed_from
from sonjuku.engines.selection.wire_assign import Assign
from sonjuku.engines.selection.wire_draw import Draw
from sonjuku.engines.selection.wire_match import Match

METHODS: dict[str, wire.Method] = {"draw": Draw(), "assign": Assign(), "match": Match()}
TEXTS = ("engine", "rules", "rules_hash", "list", "list_hash", "public_value", "seed", "order", "result")


class Problem(NamedTuple):
    """What is wrong with a bundle; `detail` says where.

    `malformed`, `other_format`, `other_engine`, `other_method`, `bad_rules`, `rules_hash_differs`, `bad_list`,
    `list_names_other_rules`, `list_hash_differs`, `bad_public_value`, `seed_differs`, `order_differs`,
    `result_differs`, `check_differs`, `unfair` (the checker has a complaint), `bad_beacon`, `beacon_differs` (its
    randomness is not SHA-256 of its signature, or not the public value), and, against what a reader has in
    hand, `not_the_printed_rules`, `not_the_printed_list`, `not_the_public_value`.
    """

    kind: str
    detail: str = ""


class Known(NamedTuple):
    """What a reader knows from elsewhere: the printed notice, the public draw. "" is not compared."""

    rules_hash: str = ""
    list_hash: str = ""
    public_value: str = ""


def make_rules(method: str, run: str, source: str, lines: Iterable[str]) -> str:
    """The rules to publish at the opening. `lines`: `rules_lines` of the method's wire module."""
    if method not in METHODS:
        raise ValueError("other_method")
    return wire.text_of([*wire.head_lines(method, run, source), *lines])


def make_list(rules: str, lines: Iterable[str]) -> str:
    """The list to freeze; print `wire.hash_of` it. `lines`: `list_lines` of the method's wire module."""
    return wire.text_of([f"rules\t{wire.hash_of(rules)}", *lines])


def make_bundle(rules: str, frozen: str, public_value: str) -> dict[str, Any]:
    """Draws. The result is in the bundle and nowhere else. Refused with ValueError as in `wire` and `draw`."""
    list_hash = wire.hash_of(frozen)
    seed = seed_from(list_hash, public_value)
    head, rule_lines, entries = _read(rules, frozen)
    method = METHODS[head.method]
    done = method.run(rule_lines, entries, seed)
    return {
        "format": wire.FORMAT,
        "engine": wire.ENGINE,
        "rules": rules,
        "rules_hash": wire.hash_of(rules),
        "list": frozen,
        "list_hash": list_hash,
        "public_value": public_value,
        "seed": seed,
        "order": wire.text_of(done.order),
        "result": wire.text_of(done.result),
        "check": method.complaints(rule_lines, entries, seed, done.result),
    }


def verify(bundle: Any, known: Known | None = None) -> list[Problem]:
    """Repeats a published selection; nothing when it holds. Never raises, whatever the bundle.

    Each step is compared with the published step before it, so that the answer names the step that broke.
    """
    if not isinstance(bundle, dict):
        return [Problem("malformed")]
    if "format" not in bundle:
        found = [Problem(kind) for kind in recompute(bundle)]
        return [*found, *_beacon(bundle), *_against(bundle, known or Known())]
    if bundle["format"] != wire.FORMAT:
        told = bundle["format"]
        return [Problem("other_format", told[:80] if isinstance(told, str) else "")]
    missing = [key for key in TEXTS if not isinstance(bundle.get(key), str)]
    if missing or not isinstance(bundle.get("check"), list):
        return [Problem("malformed", ", ".join(missing or ["check"]))]
    if bundle["engine"] != wire.ENGINE:
        return [Problem("other_engine", bundle["engine"][:80])]
    found = [*_hashes(bundle), *_beacon(bundle)]
    try:
        return [*found, *_repetition(bundle), *_against(bundle, known or Known())]
    except wire.Wrong as refusal:
        kind, detail = str(refusal).split(" ", 1)
        return [*found, Problem(kind, detail)]
    except ValueError as refusal:
        said = "not UTF-8" if isinstance(refusal, UnicodeError) else str(refusal)[:80]
        return [*found, Problem("bad_list", said)]


def _read(rules: str, frozen: str) -> tuple[wire.Head, list[str], list[str]]:
    """The head, the method's rules and its entries."""
    rule_lines, list_lines = wire.lines_of(rules, "bad_rules"), wire.lines_of(frozen, "bad_list")
    head = wire.read_head(rule_lines)
    for found, ours, at in ((head.format, wire.FORMAT, 1), (head.engine, wire.ENGINE, 2)):
        if found != ours:
            raise wire.Wrong("other_engine", at)
    if head.method not in METHODS:
        raise wire.Wrong("other_method", 3)
    if list_lines[:1] != [f"rules\t{wire.hash_of(rules)}"]:
        raise wire.Wrong("list_names_other_rules", 1)
    return head, rule_lines[len(wire.HEAD) :], list_lines[1:]


def _hashes(bundle: Mapping[str, str]) -> list[Problem]:
    found = []
    for text, named in (("rules", "rules_hash"), ("list", "list_hash")):
        try:
            digest = wire.hash_of(bundle[text])
        except UnicodeError:
            digest = "not UTF-8"
        if digest != bundle[named]:
            found.append(Problem(f"{text}_hash_differs", f"computed {digest}"))
    try:
        seed = seed_from(bundle["list_hash"], bundle["public_value"])
        if seed != bundle["seed"]:
            found.append(Problem("seed_differs", f"computed {seed}"))
    except ValueError as refusal:
        found.append(
            Problem("bad_public_value" if str(refusal) == "bad_public_value" else "malformed", "list_hash")
        )
    return found


def _beacon(bundle: Mapping[str, Any]) -> list[Problem]:
    """The beacon's own arithmetic. Its signature is for a drand client: no pairing is computed here."""
    beacon = bundle.get("beacon")
    if beacon is None:
        return []
    told = beacon if isinstance(beacon, dict) else {}
    if type(told.get("round")) is not int or not 0 < told["round"] < 2**53:
        return [Problem("bad_beacon", "round")]
    for key, digits in (("signature", 96), ("randomness", 64)):
        if not isinstance(told.get(key), str) or not re.fullmatch(f"[0-9a-f]{{{digits}}}", told[key]):
            return [Problem("bad_beacon", key)]
    computed = sha256(bytes.fromhex(told["signature"])).hexdigest()
    if computed != told["randomness"]:
        return [Problem("beacon_differs", f"computed {computed}")]
    return [] if bundle.get("public_value") == computed else [Problem("beacon_differs", "public_value")]


def _repetition(bundle: Mapping[str, Any]) -> list[Problem]:
    head, rules, entries = _read(bundle["rules"], bundle["list"])
    method = METHODS[head.method]
    done = method.run(rules, entries, bundle["seed"])
    found = _differing("order_differs", done.order, bundle["order"])
    found += _differing("result_differs", done.result, bundle["result"])
    complaints = method.complaints(rules, entries, bundle["seed"], bundle["result"].split("\n")[:-1])
    found += [Problem("unfair", complaint) for complaint in complaints[:20]]
    if bundle["check"] != complaints:
        found.append(Problem("check_differs", f"computed {len(complaints)} complaints"))
    return found


def _differing(kind: str, computed: Sequence[str], published: str) -> list[Problem]:
    """The first line in which two texts differ."""
    if wire.text_of(computed) == published:
        return []
    told = published.split("\n")
    for number, (ours, theirs) in enumerate(zip([*computed, ""], told, strict=False), start=1):
        if ours != theirs:
            return [Problem(kind, f"line {number}: computed {ours!r}, published {theirs[:200]!r}")]
    return [Problem(kind, f"line {min(len(told), len(computed) + 1)}: one text is longer")]


def _against(bundle: Mapping[str, Any], known: Known) -> list[Problem]:
    pairs = (
        ("not_the_printed_rules", known.rules_hash, "rules_hash"),
        ("not_the_printed_list", known.list_hash, "list_hash"),
        ("not_the_public_value", known.public_value, "public_value"),
    )
    return [
        Problem(kind, f"you have {have}") for kind, have, key in pairs if have and bundle.get(key) != have
    ]
