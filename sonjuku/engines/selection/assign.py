"""Places by ranked wishes: several programmes, one application each, one lottery number per person.

Applicants ask in the order of their wishes; each programme keeps those with the best right to its seats
(deferred acceptance, applicants proposing: Gale & Shapley 1962; seat types in published order: Kominers &
Sönmez 2016; regional caps by the flexible rule: Kamada & Kojima 2015). At a programme a smaller priority
class goes first, then the lottery number, the same one everywhere (single tie-breaking).

What breaks the rules is refused with ValueError, its text a reason code: `bad_name`, `duplicate_name`,
`bad_count`, `bad_class`, `no_seats`, `unknown_region`, `unknown_programme`, `unknown_group`,
`targets_over_cap`, `too_many_groups`, or one of `draw`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sonjuku.engines.selection.check import Finding, check
from sonjuku.engines.selection.deferred import deferred_acceptance
from sonjuku.engines.selection.draw import draw_order
from sonjuku.engines.selection.market import NOWHERE, Ints, Market, Outcome

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
MOST = 1_000_000_000
MOST_CLASS = 9_999
MOST_GROUPS = 62  # bits of a signed whole number


class Seats(NamedTuple):
    """Seats of one type; `group` "" is open to all."""

    group: str
    size: int


class Programme(NamedTuple):
    """`seats` in the published processing order. `target`: seats it gets before others of its region."""

    code: str
    seats: tuple[Seats, ...]
    region: str = ""
    target: int = 0


class Region(NamedTuple):
    """No more than `cap` people in all programmes of the region."""

    code: str
    cap: int


class Rules(NamedTuple):
    """`programmes` stand in the published order, in which a region deals its seats."""

    programmes: tuple[Programme, ...]
    regions: tuple[Region, ...] = ()


class Wish(NamedTuple):
    """`priority`: the class at this programme, 1 first."""

    programme: str
    priority: int = 1


class Applicant(NamedTuple):
    """`wishes`, best first."""

    code: str
    wishes: tuple[Wish, ...]
    groups: tuple[str, ...] = ()


class Place(NamedTuple):
    """`seat`: which of the programme's seat types, from 0; their number when a held seat was released."""

    programme: str
    seat: int


class Assignment(NamedTuple):
    """`order`: all codes by lottery number. `places`: codes that got one."""

    order: tuple[str, ...]
    places: dict[str, Place]


def assign(rules: Rules, applicants: Sequence[Applicant], hexseed: str) -> Assignment:
    """Stable, and the best for every applicant among all stable results; the input's order is no matter."""
    order = draw_order((a.code for a in applicants), hexseed)
    market = market_of(rules, applicants, order)
    outcome = deferred_acceptance(market)
    kinds = {p.code: len(p.seats) for p in rules.programmes}
    places = {}
    for applicant, wish, seat in zip(applicants, outcome.taken.tolist(), outcome.seat.tolist(), strict=True):
        if wish != NOWHERE:
            programme = applicant.wishes[wish].programme
            places[applicant.code] = Place(
                programme, min(seat, kinds[programme])
            )  # released: after its own types
    return Assignment(tuple(order), places)


def findings(
    rules: Rules, applicants: Sequence[Applicant], hexseed: str, places: Mapping[str, Place]
) -> list[str]:
    """What an applicant could complain of, one line each: `kind applicant programme region`, `-` for none."""
    order = draw_order((a.code for a in applicants), hexseed)
    market = market_of(rules, applicants, order)
    strangers = set(places) - {a.code for a in applicants}
    if strangers:
        return [f"not_a_wish {code} {places[code].programme} -" for code in sorted(strangers)]
    found = check(market, _outcome_of(rules, applicants, places, market))
    return sorted(_in_words(finding, rules, applicants) for finding in found)


def _in_words(finding: Finding, rules: Rules, applicants: Sequence[Applicant]) -> str:
    who = applicants[finding.applicant].code if finding.applicant >= 0 else "-"
    programme = rules.programmes[finding.programme].code if finding.programme >= 0 else "-"
    region = rules.regions[finding.region].code if finding.region >= 0 else "-"
    return f"{finding.kind} {who} {programme} {region}"


def _outcome_of(
    rules: Rules, applicants: Sequence[Applicant], places: Mapping[str, Place], market: Market
) -> Outcome:
    kinds = {p.code: len(p.seats) for p in rules.programmes}
    taken = np.full(len(applicants), NOWHERE, dtype=np.int64)
    seat = np.full(len(applicants), NOWHERE, dtype=np.int64)
    for who, applicant in enumerate(applicants):
        place = places.get(applicant.code)
        if place is None:
            continue
        listed = [wish.programme for wish in applicant.wishes]
        taken[who] = listed.index(place.programme) if place.programme in listed else market.wishes.shape[1]
        released = place.seat == kinds.get(place.programme)
        seat[who] = market.released if released else place.seat
    return Outcome(taken, seat)


def market_of(rules: Rules, applicants: Sequence[Applicant], order: Sequence[str]) -> Market:
    """The same selection as arrays; applicants keep their position. `order`: all codes by lottery number."""
    check_rules(rules)
    position = {p.code: at for at, p in enumerate(rules.programmes)}
    bits = _group_bits(rules)
    _names([a.code for a in applicants])
    kinds = max((len(p.seats) for p in rules.programmes), default=1)
    quotas = np.zeros((len(rules.programmes), kinds), dtype=np.int64)
    groups = np.zeros_like(quotas)
    for at, programme in enumerate(rules.programmes):
        for kind, seats in enumerate(programme.seats):
            quotas[at, kind], groups[at, kind] = seats.size, bits[seats.group]
    wishes, keys = _wishes_and_keys(applicants, position, order)
    regions = {region.code: at for at, region in enumerate(rules.regions)} | {"": NOWHERE}
    return Market(
        wishes=wishes,
        keys=keys,
        quotas=quotas,
        groups=groups,
        members=_members(applicants, bits),
        region=np.array([regions[p.region] for p in rules.programmes], dtype=np.int32),
        region_cap=np.array([region.cap for region in rules.regions], dtype=np.int64),
        target=np.array([p.target if p.region else 0 for p in rules.programmes], dtype=np.int64),
    )


def _wishes_and_keys(
    applicants: Sequence[Applicant], position: Mapping[str, int], order: Sequence[str]
) -> tuple[Ints, Ints]:
    lengths = np.array([len(a.wishes) for a in applicants], dtype=np.int64)
    listed = np.arange(lengths.max(initial=0)) < lengths[:, None]
    try:
        named = [position[wish.programme] for a in applicants for wish in a.wishes]
    except KeyError:
        raise ValueError("unknown_programme") from None
    given = [wish.priority for a in applicants for wish in a.wishes]
    if set(map(type, given)) - {int} or not all(1 <= priority <= MOST_CLASS for priority in set(given)):
        raise ValueError("bad_class")
    wishes = np.full(listed.shape, NOWHERE, dtype=np.int32)
    wishes[listed] = named
    in_order = np.sort(wishes, axis=1)
    if ((in_order[:, 1:] == in_order[:, :-1]) & (in_order[:, 1:] != NOWHERE)).any():
        raise ValueError("duplicate_name")
    number = {code: at for at, code in enumerate(order)}
    numbers = np.array([number[a.code] for a in applicants], dtype=np.int64)
    if set(given) <= {1}:
        return wishes, numbers
    classes = np.zeros(listed.shape, dtype=np.int64)
    classes[listed] = given
    return wishes, classes * len(order) + numbers[:, None]


def _group_bits(rules: Rules) -> dict[str, int]:
    """Group name to bit; the names' own order, so that no other order matters."""
    named = sorted({seats.group for p in rules.programmes for seats in p.seats} - {""})
    if len(named) > MOST_GROUPS:
        raise ValueError("too_many_groups")
    return {"": 0} | {group: 1 << bit for bit, group in enumerate(named)}


def check_rules(rules: Rules) -> None:
    """Refuses rules that say two things or nothing; reason codes as in the module's text."""
    _names([p.code for p in rules.programmes])
    _names([region.code for region in rules.regions])
    caps = {region.code: region.cap for region in rules.regions}
    for programme in rules.programmes:
        if not programme.seats:
            raise ValueError("no_seats")
        if programme.region and programme.region not in caps:
            raise ValueError("unknown_region")
        if any(seats.group and not NAME.fullmatch(seats.group) for seats in programme.seats):
            raise ValueError("bad_name")
    counts = [seats.size for p in rules.programmes for seats in p.seats]
    _counts([*counts, *caps.values(), *(p.target for p in rules.programmes)])
    for code, cap in caps.items():
        if sum(p.target for p in rules.programmes if p.region == code) > cap:
            raise ValueError("targets_over_cap")


def _members(applicants: Sequence[Applicant], bits: Mapping[str, int]) -> Ints:
    for groups in {a.groups for a in applicants}:
        if not bits.keys() >= set(groups) or "" in groups:
            raise ValueError("unknown_group")
        if len(set(groups)) != len(groups):
            raise ValueError("duplicate_name")
    return np.array([sum(bits[group] for group in a.groups) for a in applicants], dtype=np.int64)


def _names(names: Sequence[str]) -> None:
    if not all(NAME.fullmatch(name) for name in names):
        raise ValueError("bad_name")
    if len(set(names)) != len(names):
        raise ValueError("duplicate_name")


def _counts(counts: Iterable[int]) -> None:
    if not all(type(count) is int and 0 <= count <= MOST for count in counts):
        raise ValueError("bad_count")
