"""Who may apply, and the reason in words for whoever may not. Each rule names its own day (基準日)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import EligibilityRule, PriorityRule
from sonjuku.rooms.calls.models.calls import Condition
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.dates import age_on, format_date
from sonjuku.toolbox.lg_code import same_area

Kind = EligibilityRule.Kind


@dataclass(frozen=True)
class Facts:
    """What is known of a person on applying. `audiences` holds the person's own code and the codes above it.

    `score` (points of the review) and `is_first_time` are known when a list is frozen, None before.
    """

    date_of_birth: date | None = None
    lg_code: str = ""
    school_stage: str = ""
    audience: str = ""
    credentials: frozenset[str] = frozenset()
    audiences: frozenset[str] = field(default_factory=frozenset)
    score: Decimal | None = None
    is_first_time: bool | None = None


class Problem(NamedTuple):
    """Why one rule does not hold: its kind, and lazily translated words for the person."""

    kind: str
    message: Any


_ASK_FOR: dict[str, Any] = {
    Kind.AGE: _("生年月日を入力すると、応募資格を確かめられます。"),
    Kind.SCHOOL_STAGE: _("在学の状況を入力すると、応募資格を確かめられます。"),
    Kind.RESIDENCE_IN: _("住所を入力すると、応募資格を確かめられます。"),
    Kind.RESIDENCE_OUT: _("住所を入力すると、応募資格を確かめられます。"),
    Kind.AUDIENCE: _("あなたに当てはまる立場を選ぶと、応募資格を確かめられます。"),
}


def eligibility_problems(
    rules: Iterable[EligibilityRule], facts: Facts, *, day: date, names: Mapping[str, str] | None = None
) -> list[Problem]:
    """The rules that these facts do not meet. `day` stands in for a rule without a day of its own; points of a review
    are asked for only once there are some.

    `names` gives words for the codes in `values` (municipalities, audiences, credentials).
    """
    problems = []
    for rule in rules:
        met = meets(rule, facts, rule.as_of or day)
        if met is None and rule.kind == Kind.SCORE:
            continue
        if met is None:
            problems.append(Problem(rule.kind, _ASK_FOR[rule.kind]))
        elif not met:
            text = format_lazy(
                _("この募集の対象は「{rule}」です。登録されている内容では当てはまりません。"),
                rule=rule_text(rule, names),
            )
            problems.append(Problem(rule.kind, text))
    return problems


def meets(rule: Condition, facts: Facts, day: date) -> bool | None:
    """True, False, or None when the fact is not known."""
    if rule.kind == Kind.AGE:
        return _within(rule, None if facts.date_of_birth is None else age_on(facts.date_of_birth, day))
    if rule.kind == Kind.SCORE:
        return _within(rule, facts.score)
    if rule.kind == PriorityRule.Kind.FIRST_TIME:
        return facts.is_first_time
    if rule.kind == Kind.SCHOOL_STAGE:
        return facts.school_stage in rule.values if facts.school_stage else None
    if rule.kind in {Kind.RESIDENCE_IN, Kind.RESIDENCE_OUT}:
        if not facts.lg_code:
            return None
        return same_area(facts.lg_code, rule.values) == (rule.kind == Kind.RESIDENCE_IN)
    if rule.kind == Kind.AUDIENCE:
        own = facts.audiences | {facts.audience} - {""}
        return bool(own & set(rule.values)) if own else None
    return bool(facts.credentials & set(rule.values))


def _within(rule: Condition, number: int | Decimal | None) -> bool | None:
    if number is None:
        return None
    return (rule.minimum is None or rule.minimum <= number) and (
        rule.maximum is None or number <= rule.maximum
    )


def _text(rule: Condition, names: Mapping[str, str]) -> str:
    listed = gettext("・").join(names.get(code, code) for code in rule.values)
    if rule.kind == Kind.AGE:
        text = _age_text(rule)
    elif rule.kind == Kind.SCHOOL_STAGE:
        stages = gettext("・").join(str(Person.SchoolStage(stage).label) for stage in rule.values)
        text = gettext("%(stages)sの方") % {"stages": stages}
    elif rule.kind == Kind.RESIDENCE_IN:
        text = gettext("%(places)sに住む方") % {"places": listed}
    elif rule.kind == Kind.RESIDENCE_OUT:
        text = gettext("%(places)s以外に住む方") % {"places": listed}
    elif rule.kind == Kind.AUDIENCE:
        text = listed
    elif rule.kind == Kind.SCORE:
        text = gettext("審査の点が%(minimum)s点以上の方") % {"minimum": rule.minimum or 0}
    elif rule.kind == PriorityRule.Kind.FIRST_TIME:
        text = gettext("この事業に初めて参加する方")
    else:
        text = gettext("%(credentials)sを持っている方") % {"credentials": listed}
    if rule.as_of is None:
        return text
    day = format_date(rule.as_of, get_language() or "ja", year=True)
    return gettext("%(rule)s（基準日：%(day)s）") % {"rule": text, "day": day}


def _age_text(rule: Condition) -> str:
    bounds = {"minimum": rule.minimum, "maximum": rule.maximum}
    if rule.maximum is None:
        return gettext("%(minimum)s歳以上の方") % bounds
    if rule.minimum is None:
        return gettext("%(maximum)s歳以下の方") % bounds
    return gettext("%(minimum)s歳から%(maximum)s歳までの方") % bounds


_lazy_text = lazy(_text, str)


def rule_text(rule: Condition, names: Mapping[str, str] | None = None) -> Any:
    """One rule as published, in the reader's language; codes without a name in `names` stand as they are."""
    return _lazy_text(rule, names or {})


_REASONS: dict[str, Any] = {
    "guardian_consent": _("締切までに保護者の同意がありませんでした。"),
    "guardian_overdue": _("期限までに保護者の同意がありませんでした。"),
    "guardian_refused": _("保護者の方から「同意しない」とのお答えがありました。"),
    "double": _("同じ方の申込みがほかにあり、そちらを受け付けました。"),
    "once_a_year": _("今年度は、この事業にすでに参加が決まっています（一年度に一回まで）。"),
    **{
        kind: format_lazy(_("応募資格（{kind}）に当てはまりませんでした。"), kind=kind.label) for kind in Kind
    },
}


def reason_text(reason: str) -> Any:
    """Words for one of `Application.ineligible_reasons`: a code of the house, or what staff wrote."""
    return _REASONS.get(reason, reason)
