"""All rows of a file become applications at once; two presses do no harm."""

import datetime as dt
from collections import Counter
from threading import Barrier
from typing import Any

import pytest

from sonjuku.flows import applying, intake
from sonjuku.flows.tests.conftest import ADULT
from sonjuku.flows.tests.intake.files import HEADER, codes, line, tally
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.actions import batches
from sonjuku.rooms.calls.models import Application, ImportBatch, ImportRow
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent, Guardian, Person, Tie
from tests.races import at_once


def test_a_file_becomes_applications_and_leaves_nothing_of_itself(lottery, checked, promote, council):
    call = lottery()
    batch = promote(checked(call, line(1), line(2)))
    assert (batch.state, batch.rows_promoted, batch.header) == ("done", 2, [])
    assert not ImportRow.objects.exists()
    first = Application.objects.select_related("person").order_by("person__email")[0]
    assert (first.state, first.channel, first.out_of_area) == ("submitted", "import", False)
    assert first.received_at == dt.datetime(2026, 11, 18, 0, 0, tzinfo=dt.UTC)
    person = first.person
    assert (person.family_name, person.given_name_kana) == ("見本", "アアアイ")
    assert (person.date_of_birth, person.lg_code, person.postal_code) == (
        dt.date(1985, 4, 1),
        "352047",
        "758-0041",
    )
    consent = Consent.objects.get(about_id=first.id)
    assert (consent.purpose, consent.given_at is not None, consent.entered_by) == (
        "application",
        True,
        first.entered_by_id,
    )
    assert Tie.objects.filter(person=person, kind="resident", lg_code="352047").exists()
    assert not Letter.objects.exists()


def test_the_journal_says_the_same_as_for_entries_by_hand(lottery, checked, promote, secretariat):
    call = lottery()
    profile = {**ADULT, "lg_code": "352047"}
    applying.enter(by=secretariat, call=call, profile=profile, channel="paper", received_at=secretariat.at)
    by_hand = Counter(
        Entry.objects.filter(for_person_id=Person.objects.get().id).values_list("verb", flat=True)
    )
    promote(checked(call, line(1)))
    imported = Person.objects.get(email="p1@example.jp")
    from_file = Counter(Entry.objects.filter(for_person_id=imported.id).values_list("verb", flat=True))
    assert from_file == by_hand - Counter(["letter.queued"])
    text = str(list(Entry.objects.values()))
    assert "見本" not in text
    assert "p1@example.jp" not in text


def test_whoever_applies_between_check_and_press_stops_all_of_it(lottery, checked, secretariat):
    call = lottery()
    batch = checked(call, line(1), line(2))
    batch = actions.ask_to_promote(by=secretariat, batch=batch)
    profile = {
        **ADULT,
        "family_name_kana": "ミホン",
        "given_name_kana": "アアアイ",
        "date_of_birth": dt.date(1985, 4, 1),
    }
    applying.enter(by=secretariat, call=call, profile=profile, channel="paper", received_at=secretariat.at)
    batch = intake.promote(by=secretariat, batch=batch)
    assert (batch.state, batch.rows_wrong, call.applications.count()) == ("checked", 1, 1)
    assert codes(batch) == {2: [(None, "already")]}


def test_seats_go_by_arrival_and_nobody_passes_those_who_wait(first_come, checked, promote, apply):
    call = first_come(capacity=3)
    holder = apply(call)
    batch = promote(
        checked(call, line(1, "2026/11/18 9:00:03"), line(2, "2026/11/18 9:00:01"), line(3, "2026/11/18 9:00:02"),
                line(4, "2026/11/17 9:00:00"))
    )  # fmt: skip
    assert batch.rows_promoted == 4
    by_mail = {
        a.person.email[:2]: a for a in call.applications.exclude(pk=holder.pk).select_related("person")
    }
    assert {key: a.state for key, a in by_mail.items()} == {
        "p4": "accepted", "p2": "accepted", "p3": "waitlisted", "p1": "waitlisted",
    }  # fmt: skip
    assert (by_mail["p3"].rank, by_mail["p1"].rank) == (1, 2)
    assert call.seat_pools.get().taken == 3
    assert Participation.objects.filter(call=call).count() == 3
    later = promote(checked(call, line(5)))
    assert later.rows_promoted == 1
    assert call.applications.get(person__email="p5@example.jp").rank == 3


def test_many_at_once_come_out_like_one_by_one(first_come, checked, promote, secretariat, council):
    """The same people by hand and from a file: same places, also with reserved seats."""
    one, other = first_come(capacity=2), first_come(capacity=2)
    for call in (one, other):
        call.seat_pools.create(capacity=1, seat_type="市外", reserved_for_lg_codes=["020001"], ordinal=1)
    homes = ["758-0041", "758-0041", "030-0801", "758-0041", "030-0801"]
    lines = [line(n, f"2026/11/18 9:00:0{n}", postal=home) for n, home in enumerate(homes)]
    promote(checked(one, *lines))
    for number, home in enumerate(homes):
        applying.enter(
            by=secretariat, call=other, channel="paper", received_at=secretariat.at,
            profile={**ADULT, "given_name": f"{number}", "postal_code": home, "lg_code": "022012" if home.startswith("030") else "352047"},
        )  # fmt: skip

    def places(call: Any) -> list[Any]:
        rows = call.applications.order_by("received_at", "id")
        return [(a.state, a.rank, a.seat_pool and a.seat_pool.seat_type) for a in rows]

    assert places(one) == places(other)
    assert [state for state, _rank, _seat in places(one)] == ["accepted"] * 3 + ["waitlisted"] * 2


MINOR = "タイムスタンプ,氏名,フリガナ,生年月日,メールアドレス,保護者氏名,続柄,保護者メールアドレス"


@pytest.mark.parametrize("paper", [False, True])
def test_minors_hold_their_seat_until_the_guardian_answers(first_come, checked, promote, secretariat, paper):
    call = first_come(capacity=5)
    row = "2026/11/18 9:00,見本 桜,ミホン サクラ,2009-06-01,sakura@example.jp,見本 母,母,mother@example.jp"
    batch = promote(checked(call, row, header=MINOR), guardian_paper=paper)
    application = call.applications.get()
    guardian = Guardian.objects.get(person=application.person)
    consent = Consent.objects.get(about_id=application.id, purpose="guardian")
    assert (guardian.name, guardian.relation, guardian.email) == ("見本 母", "母", "mother@example.jp")
    assert application.needs_guardian
    assert call.seat_pools.get().taken == 1
    while intake.write_letters(by=secretariat, batch=batch):
        pass
    kinds = list(Letter.objects.values_list("kind", "to_address"))
    if paper:
        assert (application.state, consent.given_at is not None, kinds) == ("accepted", True, [])
        assert Participation.objects.filter(application=application).exists()
    else:
        assert (application.state, consent.given_at, kinds) == (
            "submitted",
            None,
            [("guardian_request", "mother@example.jp")],
        )
        assert consent.due_at is not None
    assert not ImportRow.objects.exists()


def test_receipts_are_sent_when_asked_for_and_once(lottery, checked, promote, secretariat):
    call = lottery()
    batch = promote(checked(call, line(1), line(2), line(3)), sends_receipts=True)
    assert list(ImportRow.objects.values_list("values", "codes")) == [([], "")] * 3
    assert intake.write_letters(by=secretariat, batch=batch, size=2) == 1
    assert intake.write_letters(by=secretariat, batch=batch, size=2) == 0
    assert intake.write_letters(by=secretariat, batch=batch) == 0
    assert sorted(Letter.objects.values_list("kind", "to_address")) == [
        ("receipt", f"p{n}@example.jp") for n in (1, 2, 3)
    ]
    assert not ImportRow.objects.exists()


def test_answers_come_with_the_row(lottery, checked, promote, council):
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="申込み"))
    options = [{"value": "a", "title": "ある"}, {"value": "b", "title": "ない"}]
    base = {"version": version, "title_en": ""}
    Question.objects.create(
        **base, key="skill", ordinal=1, kind="single", title="経験", options=options, required=True
    )
    Question.objects.create(
        **base, key="care", ordinal=2, kind="text", title="配慮してほしいこと", is_sensitive=True
    )
    call = lottery(form_version=version)
    batch = checked(
        call,
        line(1, skill="ある", care="車いす"),
        line(2, skill="たぶん"),
        header=f"{HEADER},経験,配慮してほしいこと",
    )
    assert batch.mapping["6"] == "q:skill"
    assert codes(batch) == {3: [(6, "answer")]}
    row = batch.rows.get(number=3)
    sheet = intake.sheet_of(batch, _by(batch))
    actions.edit_row(by=_by(batch), batch=batch, row=row, values=[*row.values[:6], "ない", ""], sheet=sheet)
    batch.refresh_from_db()
    promote(batch)
    application = call.applications.get(person__email="p1@example.jp")
    answers = {a.question.key: a for a in Answer.objects.filter(response__about_id=application.id)}
    assert {key: a.value for key, a in answers.items()} == {"skill": "a", "care": "車いす"}
    consent = Consent.objects.get(about_id=answers["care"].id)
    assert (consent.purpose, consent.given_at is not None, consent.person) == (
        "sensitive",
        True,
        application.person,
    )
    assert application.response.submitted_at is not None


def _by(batch: ImportBatch) -> Any:
    from sonjuku.rooms.journal.models import Actor

    at = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
    return Actor(at=at, role="system", council_id=batch.council_id)


# Two people press at once


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_locks_a_double_press_takes_everybody_twice(lottery, checked, secretariat, monkeypatch):
    call = lottery()
    batch = actions.ask_to_promote(by=secretariat, batch=checked(call, line(1), line(2)))
    together = Barrier(2)

    def look(batch: Any) -> ImportBatch:
        found = ImportBatch.objects.select_related("call__council").get(pk=batch.pk)
        together.wait(timeout=60)
        return found

    taking = intake.taking
    monkeypatch.setattr(taking, "lock", lambda call: call)
    monkeypatch.setattr(batches, "lock_batch", look)
    # As if each read before the other wrote: the doubles are not seen either.
    monkeypatch.setattr(batches, "_applied", lambda call: set())
    monkeypatch.setattr(batches, "settle", lambda *args, **fields: None)
    at_once(lambda _press: taking.promote.__wrapped__(by=secretariat, batch=batch), range(2))
    assert call.applications.count() == 4


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_double_press_takes_everybody_once(first_come, checked, secretariat):
    call = first_come(capacity=1)
    batch = checked(call, line(1), line(2))

    def press(_number: int) -> str:
        asked = actions.ask_to_promote(by=secretariat, batch=batch)
        return intake.promote(by=secretariat, batch=asked).state

    assert at_once(press, range(4)) == ["done"] * 4
    assert tally(call) == {"accepted": 1, "waitlisted": 1}
    assert (call.seat_pools.get().taken, Person.objects.count()) == (1, 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_file_and_a_person_at_once_never_oversell(first_come, checked, secretariat, apply):
    call = first_come(capacity=3)
    batch = actions.ask_to_promote(by=secretariat, batch=checked(call, line(1), line(2), line(3)))
    work = [lambda: intake.promote(by=secretariat, batch=batch).state, lambda: apply(call).state]
    results = at_once(lambda one: one(), work)
    assert "done" in results
    assert tally(call) == {"accepted": 3, "waitlisted": 1}
    assert call.seat_pools.get().taken == 3


def test_who_comes_along_stands_in_columns_of_the_file(first_come, stage, checked, promote):
    call = first_come(capacity=4, max_persons=3)
    header = f"{HEADER},同行者1 氏名,同行者1 かな,同行者1 生年月日,同行者2 お名前,同行者2 フリガナ"
    both = line(1) + ",見本 花子,みほん はなこ,2016/4/1,見本 次郎,ミホン ジロウ"
    batch = promote(
        checked(call, both, line(2) + ",見本 三郎,ミホン サブロウ,,,", line(3) + ",,,,,", header=header)
    )
    assert batch.state == "done"
    rows = {row.persons: row for row in call.applications.all()}
    assert {size: row.state for size, row in rows.items()} == {3: "accepted", 2: "waitlisted", 1: "accepted"}
    assert [(c.full_name, c.full_name_kana, str(c.date_of_birth)) for c in rows[3].companions.all()] == [
        ("見本 花子", "ミホン ハナコ", "2016-04-01"),
        ("見本 次郎", "ミホン ジロウ", "None"),
    ]
    assert call.seat_pools.get().taken == 4
    agreed = Consent.objects.filter(purpose="companions").values_list("about_id", flat=True)
    assert set(agreed) == {rows[3].id, rows[2].id}


def test_a_companion_half_told_or_too_many_are_faults_of_the_row(first_come, checked):
    call = first_come(max_persons=2)
    header = f"{HEADER},同行者1 氏名,同行者1 かな,同行者2 氏名,同行者2 かな"
    rows = [",見本 花子,,,", ",花子,ハナコ,,", ",見本 花子,ミホン ハナコ,見本 次郎,ミホン ジロウ"]
    batch = checked(call, *(line(n) + cells for n, cells in enumerate(rows, 1)), header=header)
    found = list(codes(batch).values())
    assert found == [[(7, "missing")], [(6, "not_split"), (7, "not_split")], [(8, "too_many_persons")]]
