"""A second opinion on a two-sided matching, sharing no code with what made it: it looks for complaints."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from sonjuku.engines.selection.match import Left, Right

Liking = dict[tuple[str, str], tuple[int, bytes]]


def match_findings(
    lefts: Sequence[Left],
    rights: Sequence[Right],
    hexseed: str,
    pairs: Mapping[str, str],
    ceilings: Mapping[str, int],
) -> list[str]:
    """What is wrong, one line each, `kind left right`; nothing when the matching holds.

    `not_accepted`: one of the pair didn't list the other. `over_most`: a right has more than it may.
    `passed_over`: both would rather have one another than what they got. `empty_seat`: they would have liked
    one another and the right has a free seat that no minimum took away. `bad_ceiling`: seats were taken
    away below the minimum, or without need.
    """
    return sorted(
        {*_wrong_pairs(lefts, rights, pairs, ceilings), *_blocking(lefts, rights, hexseed, pairs, ceilings)}
    )


def _wrong_pairs(
    lefts: Sequence[Left], rights: Sequence[Right], pairs: Mapping[str, str], ceilings: Mapping[str, int]
) -> Iterator[str]:
    wanted = {(left.code, code) for left in lefts for group in left.ranking for code in group}
    welcome = {(code, right.code) for right in rights for group in right.ranking for code in group}
    for pair in pairs.items():
        if pair not in wanted or pair not in welcome:
            yield f"not_accepted {pair[0]} {pair[1]}"
    lowered = False
    for right in rights:
        ceiling = ceilings.get(right.code, -1)
        seats = min(right.most, max(len(lefts), right.least))
        lowered |= ceiling != seats
        if list(pairs.values()).count(right.code) > ceiling:
            yield f"over_most - {right.code}"
        if not right.least <= ceiling <= seats:
            yield f"bad_ceiling - {right.code}"
    if lowered and not any(right.least for right in rights):
        yield "bad_ceiling - -"


def _blocking(
    lefts: Sequence[Left],
    rights: Sequence[Right],
    hexseed: str,
    pairs: Mapping[str, str],
    ceilings: Mapping[str, int],
) -> Iterator[str]:
    number = {
        code: sha256(f"{hexseed}:{code}".encode("ascii")).digest()
        for code in [*(left.code for left in lefts), *(right.code for right in rights)]
    }
    likes = _liking([(left.code, left.ranking) for left in lefts], number)
    likes |= _liking([(right.code, right.ranking) for right in rights], number)
    nothing = (len(number) + 1, b"")
    for left in lefts:
        got = pairs.get(left.code)
        content = likes.get((left.code, got), nothing) if got else nothing
        for right in rights:
            here, there = (left.code, right.code), (right.code, left.code)
            if here not in likes or there not in likes or likes[here] >= content:
                continue
            partners = [code for code, chosen in pairs.items() if chosen == right.code]
            if any(likes.get((right.code, code), nothing) > likes[there] for code in partners):
                yield f"passed_over {left.code} {right.code}"
            elif len(partners) < ceilings.get(right.code, right.most):
                yield f"empty_seat {left.code} {right.code}"


def _liking(
    rankings: Sequence[tuple[str, tuple[tuple[str, ...], ...]]], number: Mapping[str, bytes]
) -> Liking:
    """How much the first likes the second: place in the list, then the second's number; less is better."""
    return {
        (code, other): (place, number.get(other, b""))
        for code, ranking in rankings
        for place, group in enumerate(ranking)
        for other in group
    }
