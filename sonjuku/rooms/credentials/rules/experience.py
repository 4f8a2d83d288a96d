"""The experience route: whose word counts, and when two agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

NEEDED = 2
Outcome = Literal["met", "not_met", "waiting"]


@dataclass(frozen=True)
class Word:
    """What one reviewer says: None as long as they haven't; `has_conflict` makes it count for nothing."""

    is_met: bool | None
    has_conflict: bool = False
    criteria: str = ""


def counted(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.is_met is not None and not word.has_conflict]


def outcome(words: Iterable[Word]) -> Outcome:
    """Two who agree decide; where the first two differ, a third is waited for."""
    said = [word.is_met for word in counted(words)]
    if said.count(True) >= NEEDED:
        return "met"
    return "not_met" if said.count(False) >= NEEDED else "waiting"


def narrative(dossier: Any, words: Iterable[Word]) -> str:
    """What the badge says of its route: what was done and by what it was judged; no name of anybody.

    The holder's own statement stays out: it may name firms and people.
    """
    # As all that a credential says, in Japanese whoever presses the button.
    until = dossier.ends_on.isoformat() if dossier.ends_on else ""
    lines = [
        "受け取り方：実務経験の審査（route=experience）",
        f"内容：{dossier.what}",
        f"期間：{dossier.starts_on.isoformat()} 〜 {until}",
    ]
    reasons = [word.criteria for word in counted(words) if word.is_met]
    lines += [f"審査員{number}の判断の基準：{reason}" for number, reason in enumerate(reasons, 1)]
    return "\n\n".join(lines)
