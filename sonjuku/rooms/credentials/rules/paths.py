"""Skill maps: whether somebody qualifies, what is missing, how far they are. Pure sets, so everyone gets the same answer."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# 001-37: nobody new is shown a longer way than this.
MOST_STEPS = 3


@dataclass(frozen=True)
class Item:
    """One thing to have: any of `uris` (achievements, kinds of outside certificates) will do."""

    key: str
    uris: frozenset[str]
    is_required: bool = False


@dataclass(frozen=True)
class Requirement:
    """All required items, and any `least` of the others."""

    items: Sequence[Item]
    least: int = 0

    @property
    def required(self) -> list[Item]:
        return [item for item in self.items if item.is_required]

    @property
    def free(self) -> list[Item]:
        return [item for item in self.items if not item.is_required]

    @property
    def needed(self) -> int:
        return len(self.required) + self.least


@dataclass(frozen=True)
class Standing:
    """`done` of `needed` things, where more than `least` of the free ones count for no more.

    `missing`: required items still to get. `choose`: how many more of `open_items` are needed.
    """

    done: int
    needed: int
    missing: tuple[Item, ...]
    choose: int
    open_items: tuple[Item, ...]

    @property
    def is_met(self) -> bool:
        return self.done == self.needed

    @property
    def steps(self) -> int:
        return self.needed - self.done

    @property
    def percent(self) -> int:
        """`done` of `needed`, rounded down: 100 only when nothing is missing."""
        return 100 * self.done // self.needed


def standing(requirement: Requirement, held: Collection[str]) -> Standing:
    """How far somebody who holds these URIs is. The order in which they were got never matters."""
    has = {item.key for item in requirement.items if item.uris & set(held)}
    missing = tuple(item for item in requirement.required if item.key not in has)
    free = sum(item.key in has for item in requirement.free)
    choose = max(0, requirement.least - free)
    done = len(requirement.required) - len(missing) + min(free, requirement.least)
    left = tuple(item for item in requirement.free if item.key not in has) if choose else ()
    return Standing(done, requirement.needed, missing, choose, left)


def used(requirement: Requirement, held: Collection[str]) -> list[str]:
    """The URIs of theirs that count for the requirement, sorted."""
    return sorted({uri for item in requirement.items for uri in item.uris & set(held)})


def problem(requirement: Requirement) -> str:
    """Why this can't be published, as a code, else "": empty, no_credential, same_twice, too_many, useless."""
    if not requirement.needed:
        return "empty"
    if any(not item.uris for item in requirement.items):
        return "no_credential"
    uris = [uri for item in requirement.items for uri in item.uris]
    if len(uris) != len(set(uris)):
        return "same_twice"  # one badge would count as two things
    if requirement.least > len(requirement.free):
        return "too_many"
    return "useless" if requirement.free and not requirement.least else ""


@dataclass(frozen=True)
class Way:
    """A way to a badge: what to do, in order, as the caller shows it. `closes_at` of the call that closes first on it."""

    title: str
    steps: tuple[Any, ...]
    closes_at: datetime | None = None


def first_way(ways: Iterable[Way]) -> Way | None:
    """The shortest of at most three steps; of equal ones that which closes first, then by title."""
    short = [way for way in ways if 0 < len(way.steps) <= MOST_STEPS]
    return min(
        short,
        key=lambda way: (
            len(way.steps), way.closes_at is None, way.closes_at.timestamp() if way.closes_at else 0, way.title
        ),
        default=None,
    )  # fmt: skip
