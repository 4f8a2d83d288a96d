"""Whom a draw takes before others: the class of an application by its call's published rules, and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call, Criterion, EligibilityRule, PriorityRule
from sonjuku.rooms.calls.models.calls import Condition
from sonjuku.rooms.calls.rules.eligibility import Facts, meets
from sonjuku.rooms.calls.rules.places import LATE_CLASS, NORMAL_CLASS
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.dates import age_on

Kind = EligibilityRule.Kind
# The class of those whom no rule fits must stand before the late.
MOST_RULES = LATE_CLASS - NORMAL_CLASS - 1
OTHERS: Any = _("そのほかの方")
LATE: Any = _("最後の順")


class Classed(NamedTuple):
    """A class, and the fact that met its rule: code, years or points; None where no rule fits or the rule says it all."""

    number: int
    evidence: str | int | None = None


def class_of(rules: Sequence[PriorityRule], facts: Facts, day: date) -> Classed:
    """By the first of the call's rules that fits; after all of them for whoever fits none."""
    for number, rule in enumerate(rules, start=NORMAL_CLASS):
        if meets(rule, facts, rule.as_of or day):
            return Classed(number, _fact(rule, facts, rule.as_of or day))
    return Classed(NORMAL_CLASS + len(rules))


def _fact(rule: PriorityRule, facts: Facts, day: date) -> str | int | None:
    if rule.kind == Kind.AGE and facts.date_of_birth:
        return age_on(facts.date_of_birth, day)
    if rule.kind == Kind.AUDIENCE:
        return min((facts.audiences | {facts.audience}) & set(rule.values))
    if rule.kind == Kind.SCORE:
        return f"{facts.score:f}"
    known = {
        Kind.SCHOOL_STAGE: facts.school_stage,
        Kind.RESIDENCE_IN: facts.lg_code,
        Kind.RESIDENCE_OUT: facts.lg_code,
    }
    return known.get(rule.kind)  # type: ignore[call-overload, no-any-return]


def class_text(
    rules: Sequence[PriorityRule],
    classed: Classed,
    *,
    english: bool,
    names: Mapping[str, str],
    merged: int | None,
) -> str:
    """One sentence for the applicant, in the active language: class, title and fact; and the class it was drawn in
    where it was too small (`merged`). "" where nobody stands before anybody else.

    `names`: words for codes of municipalities and audiences.
    """
    rule = rules[classed.number - NORMAL_CLASS] if classed.number < NORMAL_CLASS + len(rules) else None
    if rule is None and not rules and classed.number != LATE_CLASS:
        return ""
    if rule is not None:
        title, why = (english and rule.title_en) or rule.title, _why(rule, classed.evidence, names)
    elif classed.number == LATE_CLASS:
        title, why = str(LATE), gettext("保護者の同意が締切までになかったため")
    else:
        title, why = str(OTHERS), gettext("優先する条件に当てはまらないため")
    said = gettext("区分は%(number)s「%(title)s」です（%(why)s）。") % {
        "number": classed.number,
        "title": title,
        "why": why,
    }
    if merged is None:
        return said
    also = gettext("この区分の方が少ないため、区分%(merged)sと一つにして抽選しました。") % {"merged": merged}
    return f"{said} {also}" if english else said + also


def _why(rule: PriorityRule, fact: str | int | None, names: Mapping[str, str]) -> str:
    said: dict[str, str] = {
        Kind.AGE: gettext("%(fact)s歳のため"),
        Kind.SCHOOL_STAGE: gettext("学校の段階が「%(fact)s」のため"),
        Kind.RESIDENCE_IN: gettext("住所が%(fact)sのため"),
        Kind.RESIDENCE_OUT: gettext("住所が%(fact)sのため"),
        Kind.AUDIENCE: gettext("立場が「%(fact)s」のため"),
        Kind.SCORE: gettext("審査の点が%(fact)s点で、%(minimum)s点以上のため"),
        PriorityRule.Kind.FIRST_TIME: gettext("この事業に初めて参加するため"),
    }
    word = names.get(str(fact), fact)
    if rule.kind == Kind.SCHOOL_STAGE:
        word = str(Person.SchoolStage(str(fact)).label)
    if rule.kind == Kind.SCORE:
        word = str(fact).rstrip("0").rstrip(".") if "." in str(fact) else fact
    return said[rule.kind] % {"fact": word, "minimum": rule.minimum or 0}


def titles_of_classes(rules: Sequence[PriorityRule]) -> list[list[str]]:
    """[Japanese, English or ""] of each rule in order, as a run publishes them."""
    return [[rule.title, rule.title_en] for rule in rules]


def named_classes(titles: Sequence[Sequence[str]], *, has_late: bool = False) -> list[dict[str, Any]]:
    """Every class with its words for pages: number, title, title_en; none where all stand alike.

    `titles` as a run publishes them; `has_late`: the late come after all others.
    """
    if not titles and not has_late:
        return []
    pairs = [*titles, (OTHERS, OTHERS)]
    found = [
        {"number": number, "title": ja, "title_en": en}
        for number, (ja, en) in enumerate(pairs, start=NORMAL_CLASS)
    ]
    late = {"number": LATE_CLASS, "title": LATE, "title_en": LATE}
    return [*found, late] if has_late else found


# Points of a review


def is_reviewed(call: Call, conditions: Iterable[Condition]) -> bool:
    """Whether reviewers hand in sheets for this call: for its places, or for a condition of its draw."""
    return call.selection == Call.Selection.REVIEW or any(rule.kind == Kind.SCORE for rule in conditions)


def least_score(conditions: Iterable[Condition]) -> int:
    """The highest of the points that conditions ask for."""
    return max((rule.minimum or 0 for rule in conditions if rule.kind == Kind.SCORE), default=0)


def highest_score(criteria: Iterable[Criterion]) -> int:
    """The points of a sheet with full marks, as `Application.score` counts them."""
    return sum(criterion.weight * criterion.maximum for criterion in criteria)
