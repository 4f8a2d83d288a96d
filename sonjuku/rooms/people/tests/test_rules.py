import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.people import rules
from sonjuku.rooms.people.models import Role


@pytest.mark.parametrize(
    ("kind", "has", "lacks"),
    [
        ("administrator", "roles.write", "selection.review"),
        ("secretariat", "letters.write", "roles.write"),
        ("secretariat", "council.write", "selection.review"),
        ("body_staff", "applications.write", "council.write"),
        ("body_staff", "forms.write", "people.read"),
        ("reviewer", "selection.review", "applications.read"),
        ("school_contact", "school.read", "applications.read"),
        ("prefecture_officer", "aggregates.read", "applications.read"),
        ("prefecture_officer", "desk", "people.read"),
    ],
)
def test_a_role_may_what_its_office_needs_and_no_more(kind: str, has: str, lacks: str) -> None:
    assert rules.may(kind, has)
    assert not rules.may(kind, lacks)


def test_every_staff_role_has_a_desk_and_members_none() -> None:
    assert all(rules.may(kind, "desk") for kind in Role.Kind.values)
    assert not any(rules.may(kind, "desk") for kind in ("member", "guardian", "public", "system", ""))


ON = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("birth", "stage", "needed"),
    [
        (dt.date(2009, 5, 1), "none", True),
        (dt.date(2008, 11, 20), "none", False),
        (dt.date(2008, 11, 21), "none", True),
        (dt.date(2008, 6, 1), "high", True),
        (dt.date(2008, 6, 1), "college", False),
        (None, "high", True),
        (None, "none", False),
    ],
)
def test_a_guardian_is_needed_by_age_or_by_stage(birth: Any, stage: str, needed: bool) -> None:
    assert (
        rules.needs_guardian(
            date_of_birth=birth, school_stage=stage, day=ON, required_under=18, required_stages=["high"]
        )
        is needed
    )


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("taro@example.jp", "TARO@Example.jp ", True),
        ("taro+me@example.jp", "taro@example.jp", True),
        ("ｔａｒｏ@example.jp", "taro@example.jp", True),
        ("taro@example.jp", "hahaoya@example.jp", False),
        ("", "", False),
    ],
)
def test_one_box_is_one_address(a: str, b: str, same: bool) -> None:
    assert rules.same_address(a, b) is same


def test_terms_must_follow_without_a_gap_and_without_an_end() -> None:
    first = (dt.date(2026, 4, 1), dt.date(2027, 3, 31))
    assert rules.covered_from([first, (dt.date(2027, 4, 1), None)], ON)
    assert rules.covered_from([(dt.date(2027, 1, 1), None), first], ON)
    assert not rules.covered_from([first, (dt.date(2027, 4, 2), None)], ON)
    assert not rules.covered_from([first], ON)
    assert not rules.covered_from([], ON)


def test_contrast_agrees_with_the_known_ends_of_the_scale() -> None:
    assert rules.contrast_with_white("#000000") == pytest.approx(21)
    assert rules.contrast_with_white("#ffffff") == pytest.approx(1)
    # The darkest grey that still fails and the lightest that passes on white, as WCAG's own material names them.
    assert (
        rules.contrast_with_white("#777777") < rules.MINIMUM_CONTRAST <= rules.contrast_with_white("#767676")
    )
