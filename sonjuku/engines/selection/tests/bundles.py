"""Bundles to verify, and the same ones tampered with: every verifier of the house is tried on these.

Each is made anew from a number, so that no file of results has to be trusted.
"""

import copy
from hashlib import sha256
from random import Random

from sonjuku.engines.selection import wire, wire_assign, wire_draw, wire_match
from sonjuku.engines.selection.assign import Applicant, Programme, Region, Rules, Seats, Wish
from sonjuku.engines.selection.bundle import make_bundle, make_list, make_rules
from sonjuku.engines.selection.match import Left, Right
from sonjuku.engines.selection.wire_draw import Unit

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SOURCE = "第500回の数字 as printed in the newspaper"


def codes(random, count):
    found = set()
    while len(found) < count:
        found.add("-".join("".join(random.choice(SIGNS) for _ in range(4)) for _ in range(2)))
    return sorted(found)


def public_value(random):
    return sha256(str(random.random()).encode()).hexdigest()


def draw_texts(random):
    count = random.choice((0, 1, 7, 40))
    units = [Unit(c, random.randint(1, 3), random.choice((1, 1, 1, 2, 3))) for c in codes(random, count)]
    rules = make_rules("draw", "spring", SOURCE, wire_draw.rules_lines(random.randint(0, 30)))
    return rules, make_list(rules, wire_draw.list_lines(units))


def assign_texts(random):
    names = ["web", "ai", "game", "field"][: random.randint(1, 4)]
    regions = (Region("north", random.randint(2, 9)), Region("south", 5)) if random.random() < 0.5 else ()
    programmes = tuple(
        Programme(
            name,
            tuple(
                Seats(random.choice(("", "", "resident", "school")), random.randint(0, 4))
                for _ in range(random.randint(1, 3))
            ),
            random.choice((*(r.code for r in regions), "")),
            random.randint(0, 1),
        )
        for name in names
    )
    known = sorted({seats.group for p in programmes for seats in p.seats} - {""})
    applicants = [
        Applicant(
            code,
            tuple(
                Wish(name, random.randint(1, 2))
                for name in random.sample(names, random.randint(0, len(names)))
            ),
            tuple(group for group in known if random.random() < 0.4),
        )
        for code in codes(random, random.choice((0, 3, 25)))
    ]
    rules = make_rules("assign", "courses", SOURCE, wire_assign.rules_lines(Rules(programmes, regions)))
    return rules, make_list(rules, wire_assign.list_lines(applicants))


def ranking(random, others):
    """Some of the others, best first, now and then two side by side."""
    groups = []
    for code in random.sample(others, random.randint(0, len(others))):
        if groups and random.random() < 0.3:
            groups[-1] += (code,)
        else:
            groups.append((code,))
    return tuple(groups)


def match_texts(random):
    both = codes(random, 14)
    random.shuffle(both)
    experts, firms = both[:8], both[8:]
    lefts = [Left(code, ranking(random, firms)) for code in experts]
    rights = [Right(code, ranking(random, experts), random.randint(1, 4)) for code in firms]
    if random.random() < 0.5:
        rights = [right._replace(least=random.randint(0, 1)) for right in rights]
    rules = make_rules("match", "co-lead", SOURCE, wire_match.rules_lines(rights))
    return rules, make_list(rules, wire_match.list_lines(lefts, rights))


def bundles():
    """Sixty, twenty of each method."""
    made = []
    for number in range(60):
        random = Random(number)
        texts = (draw_texts, assign_texts, match_texts)[number % 3](random)
        made.append(make_bundle(*texts, public_value(random)))
    return made


def one(method):
    """A bundle of the method with enough in it to tamper with."""
    return next(b for b in bundles() if f"method\t{method}\n" in b["rules"] and b["result"].count("\n") >= 7)


def replaced(bundle, key, old, new):
    assert old in bundle[key], (key, old)
    return bundle | {key: bundle[key].replace(old, new, 1)}


def moved_line(bundle, key, line, to):
    lines = bundle[key].splitlines(keepends=True)
    lines.insert(to, lines.pop(line))
    return bundle | {key: "".join(lines)}


def again_from(bundle, rules=None, frozen=None, value=None):
    """All of it computed anew by somebody who changed one thing."""
    return make_bundle(rules or bundle["rules"], frozen or bundle["list"], value or bundle["public_value"])


def tampered():
    """(what was done, bundle, the problem that must be named)."""
    draw, assign, match = one("draw"), one("assign"), one("match")
    cases = []
    for method, b in (("draw", draw), ("assign", assign), ("match", match)):
        first = b["list"].splitlines()[1]
        cases += [
            (f"{method}: code added after the freeze", b | {"list": b["list"] + _later(method, b)}, "list_hash_differs"),
            (f"{method}: code taken out", replaced(b, "list", first + "\n", ""), "list_hash_differs"),
            (f"{method}: list not sorted", moved_line(b, "list", 1, 2), "bad_list"),
            (f"{method}: seed swapped", b | {"seed": "ab" * 32}, "seed_differs"),
            (f"{method}: public value swapped", b | {"public_value": "12 34"}, "seed_differs"),
            (f"{method}: one line of the order moved", moved_line(b, "order", 0, 3), "order_differs"),
            (f"{method}: one line of the result moved", moved_line(b, "result", 0, 2), "result_differs"),
            (f"{method}: a line of the result twice", b | {"result": b["result"] + b["result"].splitlines(True)[-1]}, "result_differs"),
            (f"{method}: another engine", b | {"engine": "2"}, "other_engine"),
            (f"{method}: another engine in the rules", replaced(b, "rules", "engine\t1", "engine\t2"), "other_engine"),
            (f"{method}: another format", b | {"format": "sonjuku-selection-3"}, "other_format"),
            (f"{method}: another source", replaced(b, "rules", "500", "501"), "rules_hash_differs"),
            (f"{method}: rules of another run", b | {"rules": b["rules"].replace("run\t", "run\tx"), "rules_hash": wire.hash_of(b["rules"].replace("run\t", "run\tx"))}, "list_names_other_rules"),
            (f"{method}: list and its hash changed", _rehashed(b), "seed_differs"),
            (f"{method}: checker's word forged", b | {"check": ["all is well"]}, "check_differs"),
            (f"{method}: a text left out", {k: v for k, v in b.items() if k != "order"}, "malformed"),
            (f"{method}: another line end", b | {"list": b["list"].replace("\n", "\r\n")}, "bad_list"),
        ]  # fmt: skip
    swapped = _swapped(assign)
    cases += [
        ("assign: two people change places", swapped, "unfair"),
        ("draw: more seats", replaced(draw, "rules", "seats\t", "seats\t1"), "rules_hash_differs"),
        (
            "match: another method",
            replaced(match, "rules", "method\tmatch", "method\tassign"),
            "rules_hash_differs",
        ),
    ]
    return [(name, copy.deepcopy(bundle), problem) for name, bundle, problem in cases]


def _later(method, bundle):
    """A well-formed line that sorts behind the others."""
    return {"draw": "zzzz\t1\n", "assign": "zzzz\t-\t-\n", "match": ""}[method] or "right\tzzzz\t-\n"


def _rehashed(bundle):
    lines = bundle["list"].splitlines(keepends=True)
    del lines[1]
    frozen = "".join(lines)
    return bundle | {"list": frozen, "list_hash": wire.hash_of(frozen)}


def _swapped(bundle):
    """One with a place and one without give each other their result."""
    lines = [line.split("\t", 1) for line in bundle["result"].splitlines()]
    has = next(at for at, (_, place) in enumerate(lines) if not place.startswith("-"))
    hasnt = next(at for at, (_, place) in enumerate(lines) if place.startswith("-"))
    lines[has][1], lines[hasnt][1] = lines[hasnt][1], lines[has][1]
    return bundle | {"result": "".join(f"{code}\t{place}\n" for code, place in lines)}


DAMAGED = ("rules", "list", "order", "result", "result", "public_value", "seed", "list_hash")
RARE = "0129aZ-_,:=\t\n\r \u2028あ\U0001f600\ue000\ud800"


def damaged(count, start=1000):
    """As many bundles, each with one text damaged at random; most have their hashes made anew, so that it goes on from there."""
    for number in range(start, start + count):
        random = Random(number)
        bundle = make_bundle(
            *(draw_texts, assign_texts, match_texts)[number % 3](random), public_value(random)
        )
        key = random.choice(DAMAGED)
        bundle[key] = _damage(random, bundle[key])
        if random.random() < 0.7:
            _agree(bundle)
        yield bundle


def _damage(random, text):
    lines = text.splitlines(keepends=True)
    if not lines:
        return "x\n"
    how, at = random.randrange(5), random.randrange(len(text))
    if how == 0:
        return text[:at] + random.choice(RARE) + text[at + 1 :]
    if how == 1:
        return text[:at] + text[at + 1 :]
    if how == 2:
        lines.insert(random.randrange(len(lines) + 1), random.choice(lines))
    elif how == 3:
        random.shuffle(lines)
    else:
        one, other = random.choices(range(len(lines)), k=2)
        (a, *b), (c, *d) = lines[one].split("\t"), lines[other].split("\t")
        lines[one], lines[other] = "\t".join([a, *d]), "\t".join([c, *b])
    return "".join(lines)


def _agree(bundle):
    """What can be computed from the damaged texts is."""
    try:
        bundle["rules_hash"] = wire.hash_of(bundle["rules"])
        lines = bundle["list"].split("\n")
        bundle["list"] = "\n".join([f"rules\t{bundle['rules_hash']}", *lines[1:]])
        bundle["list_hash"] = wire.hash_of(bundle["list"])
        bundle["seed"] = wire.hash_of(f"{bundle['list_hash']}:{bundle['public_value']}")
    except UnicodeError:
        pass  # half of a pair of signs has no bytes
