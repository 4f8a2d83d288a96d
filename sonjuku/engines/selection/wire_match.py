"""A two-sided matching in the published texts.

Rules: `right TAB code TAB least TAB most` for each right, in the order in which minimums take seats away (from the
last). List: `left TAB code TAB ranking` sorted by code, then `right TAB code TAB ranking` sorted by code. A ranking
has groups, best first, parted by commas; codes of a group are equally welcome, sorted and parted by `=`; `-` for none.

Order: all codes of both sides by number. Result: `left TAB right` or `left TAB -`, sorted by left; then for each right, in
the order of the rules, `ceiling TAB code TAB seats` (the seats left to it).
"""

from collections.abc import Iterable, Sequence

from sonjuku.engines.selection.match import Left, Matched, Ranking, Right, match
from sonjuku.engines.selection.match_check import match_findings
from sonjuku.engines.selection.wire import NONE, Run, Wrong, name, names, rising, whole

CEILING = "ceiling"


def rules_lines(rights: Iterable[Right]) -> list[str]:
    """The method's lines of the rules, in the published order."""
    return [f"right\t{right.code}\t{right.least}\t{right.most}" for right in rights]


def list_lines(lefts: Iterable[Left], rights: Iterable[Right]) -> list[str]:
    """The frozen lines, whatever the order of the input."""
    sides = [("left", one.code, one.ranking) for one in lefts] + [
        ("right", r.code, r.ranking) for r in rights
    ]
    return [f"{side}\t{code}\t{_ranking_text(ranking)}" for side, code, ranking in sorted(sides)]


def _ranking_text(ranking: Ranking) -> str:
    return ",".join("=".join(sorted(group)) for group in ranking) or NONE


def read(rules: Sequence[str], entries: Sequence[str]) -> tuple[list[Left], list[Right]]:
    """Both sides; rights in the order of the rules."""
    bounds: dict[str, tuple[int, int]] = {}
    for number, line in enumerate(rules, start=6):
        try:
            key, code, least, most = line.split("\t")
            if key != "right" or code in bounds:
                raise ValueError
            bounds[name(code)] = whole(least), whole(most)
        except ValueError:
            raise Wrong("bad_rules", number) from None
    lefts: list[Left] = []
    rankings: dict[str, Ranking] = {}
    before = [("", "")]
    for number, line in enumerate(entries, start=2):
        try:
            side, code, ranking = line.split("\t")
            before.append((side, code))
            if side == "left":
                lefts.append(Left(name(code), _ranking(ranking)))
            elif side == "right" and code in bounds:
                rankings[code] = _ranking(ranking)
            else:
                raise ValueError
            if before[-2] >= before[-1]:
                raise ValueError
        except ValueError:
            raise Wrong("bad_list", number) from None
    rights = [Right(code, rankings.get(code, ()), most, least) for code, (least, most) in bounds.items()]
    return lefts, rights


def _ranking(text: str) -> Ranking:
    groups = [] if text == NONE else [tuple(names(part, "=")) for part in text.split(",")]
    for group in groups:
        rising(group)
        if not group:
            raise ValueError
    return tuple(groups)


def result_lines(lefts: Iterable[Left], done: Matched) -> list[str]:
    """Who is paired with whom, and the seats left to each right."""
    codes = sorted(left.code for left in lefts)
    return [f"{code}\t{done.pairs.get(code, NONE)}" for code in codes] + [
        f"{CEILING}\t{code}\t{seats}" for code, seats in done.ceilings.items()
    ]


class Match:
    """`wire.Method` for two sides."""

    def run(self, rules: Sequence[str], entries: Sequence[str], seed: str) -> Run:
        lefts, rights = read(rules, entries)
        done = match(lefts, rights, seed)
        return Run(list(done.order), result_lines(lefts, done))

    def complaints(
        self, rules: Sequence[str], entries: Sequence[str], seed: str, result: Sequence[str]
    ) -> list[str]:
        lefts, rights = read(rules, entries)
        pairs, ceilings = {}, {}
        for number, line in enumerate(result, start=1):
            parts = line.split("\t")
            try:
                if len(parts) == 3 and parts[0] == CEILING:
                    ceilings[parts[1]] = whole(parts[2])
                else:
                    left, right = parts
                    if right != NONE:
                        pairs[left] = right
            except ValueError:
                raise Wrong("bad_result", number) from None
        return match_findings(lefts, rights, seed, pairs, ceilings)
