"""When an agreement between bodies asks for a decision, and what follows it."""

import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes import actions, queries, rules
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2026, 3, 31)


@pytest.fixture
def pact(council: Any, secretariat: Any) -> Any:
    row = actions.create_agreement(
        by=secretariat,
        council=council,
        slug="pact",
        title="連携協定",
        signed_on=dt.date(2023, 5, 22),
        starts_on=dt.date(2023, 4, 1),
        ends_on=LAST_DAY,
    )
    body = Body.objects.create(council=council, type="company", name="株式会社見本")
    actions.set_party(
        by=secretariat,
        agreement=row,
        ordinal=1,
        body=body,
        role_text="人材育成",
        representative_name="見本 太郎",
    )
    actions.set_matters(by=secretariat, agreement=row, titles=["人材育成", "関係人口"])
    return row


def renew(by: Any, pact: Any, **fields: Any) -> Any:
    base = {
        "signed_on": dt.date(2026, 3, 1),
        "starts_on": dt.date(2026, 4, 1),
        "ends_on": dt.date(2029, 3, 31),
    }
    return actions.renew_agreement(by=by, agreement=pact, **{**base, **fields})


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (dt.date(2025, 10, 2), None),  # 180 days
        (dt.date(2025, 12, 31), 90),
        (dt.date(2026, 3, 24), 7),
        (LAST_DAY, 7),
        (dt.date(2026, 4, 1), None),
    ],
)
def test_lead_times_are_data_in_any_order(day: dt.date, level: int | None) -> None:
    assert rules.alert_level(LAST_DAY, day, [7, 90, 30]) == level


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "span"),
    [
        (dt.date(2023, 4, 1), LAST_DAY, (dt.date(2026, 4, 1), dt.date(2029, 3, 31))),
        # From 22 May 2023 it is less than three years, to the end of a fiscal year: three again.
        (dt.date(2023, 5, 22), LAST_DAY, (dt.date(2026, 4, 1), dt.date(2029, 3, 31))),
        (None, LAST_DAY, (dt.date(2026, 4, 1), dt.date(2027, 3, 31))),
        (dt.date(2027, 3, 1), dt.date(2028, 2, 28), (dt.date(2028, 2, 29), dt.date(2029, 2, 28))),
    ],
)
def test_the_next_term_is_proposed_as_long_as_the_last(starts_on: Any, ends_on: Any, span: Any) -> None:
    assert rules.renewed_span(starts_on, ends_on) == span


def test_what_ended_without_a_word_stays_open_until_it_is_decided(
    pact: Any, council: Any, secretariat: Any
) -> None:
    def open_on(day: dt.date) -> tuple[int, int]:
        return len(queries.alerts(council, day)), queries.ended(council, day).count()

    assert open_on(LAST_DAY) == (1, 0)
    assert open_on(dt.date(2026, 11, 20)) == (0, 1)
    actions.change_agreement(by=secretariat, agreement=pact, lapses_on_purpose=True)
    assert open_on(LAST_DAY) == (0, 0)
    assert open_on(dt.date(2026, 11, 20)) == (0, 0)


def test_own_lead_times(pact: Any, council: Any, secretariat: Any) -> None:
    actions.change_agreement(by=secretariat, agreement=pact, alert_days=[180])
    assert [a.level for a in queries.alerts(council, dt.date(2025, 10, 2))] == [180]
    for wrong in ([0], [367]):
        with pytest.raises(Refused, match="alert_days"):
            actions.change_agreement(by=secretariat, agreement=pact, alert_days=wrong)
    with pytest.raises(Refused, match="ends_before_it_starts"):
        actions.change_agreement(by=secretariat, agreement=pact, ends_on=dt.date(2023, 3, 31))


def test_a_renewal_carries_parties_and_matters_but_not_who_signed(pact: Any, secretariat: Any) -> None:
    new = renew(secretariat, pact)
    assert (new.renews, new.title, new.slug, new.alert_days) == (pact, "連携協定", "pact-2026", [90, 30])
    party = new.parties.get()
    assert (party.body.name, party.role_text, party.representative_name) == ("株式会社見本", "人材育成", "")
    assert [row.title for row in new.matters.all()] == ["人材育成", "関係人口"]
    pact.refresh_from_db()
    assert pact.ends_on == LAST_DAY
    assert Entry.objects.filter(verb="agreement.renewed", subject_id=new.id).count() == 1


def test_a_renewal_is_recorded_once_and_begins_after_the_end(
    pact: Any, secretariat: Any, other_council: Any
) -> None:
    with pytest.raises(Refused, match="not_after"):
        renew(secretariat, pact, starts_on=LAST_DAY)
    with pytest.raises(Refused, match="ends_before_it_starts"):
        renew(secretariat, pact, ends_on=LAST_DAY)
    renew(secretariat, pact)
    with pytest.raises(Refused, match="renewed"):
        renew(secretariat, pact)
    assert pact.renewals.count() == 1


def test_a_stranger_renews_nothing(pact: Any, secretariat: Any, other_council: Any) -> None:
    from dataclasses import replace

    with pytest.raises(Refused, match="other_council"):
        renew(replace(secretariat, council_id=other_council.id), pact)
    assert pact.renewals.count() == 0


def test_an_address_that_is_taken_gets_a_number(pact: Any, council: Any, secretariat: Any) -> None:
    actions.create_agreement(
        by=secretariat, council=council, slug="pact-2026", title="別の協定", signed_on=dt.date(2026, 4, 1)
    )
    assert renew(secretariat, pact).slug == "pact-2026-2"
