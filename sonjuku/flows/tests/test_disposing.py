"""Keeping and disposing: due on the day, nothing before the approval, batch by batch, reasons to stay, and who decides."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile

from sonjuku.flows import disposing
from sonjuku.flows.disposing import kinds
from sonjuku.rooms.calls.models import Application, CallBody, ImportBatch, ImportRow
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import (
    Body,
    Consent,
    DataRequest,
    Disposal,
    Person,
    ProvisionRecord,
    RetentionRule,
)
from sonjuku.rooms.people.rules import disposal_day
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
NOON = dt.time(3, tzinfo=dt.UTC)
# The call began in FY2020; kept five years from 1 April 2021, it is due on 1 April 2026.
DUE = dt.date(2026, 4, 1)


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, NOON)


@pytest.fixture
def by(system: Actor) -> Actor:
    return system.now(moment(DUE))


@pytest.fixture
def desk(secretariat: Actor) -> Actor:
    return secretariat.now(moment(DUE))


@pytest.fixture
def old_call(council: Any, make_call: Any) -> Any:
    def make(**fields: Any) -> Any:
        base: dict[str, Any] = {
            "state": "finished", "starts_on": dt.date(2021, 3, 1), "ends_on": dt.date(2021, 3, 20),
        }  # fmt: skip
        return make_call(council, **{**base, **fields})

    return make


@pytest.fixture
def past(make_person: Any) -> Any:
    """A completed application of a new person, with an answer, a file, a consent, a place and a letter."""

    def make(call: Any, state: str = "accepted") -> Application:
        person = make_person(call.council)
        Person.objects.filter(pk=person.pk).update(created_at=moment(dt.date(2020, 6, 1)))
        row = Application.objects.create(
            council=call.council,
            call=call,
            person=person,
            state=state,
            submitted_at=moment(dt.date(2021, 2, 1)),
        )
        form = Form.objects.create(council=call.council, title="様式")
        version = FormVersion.objects.create(form=form, frozen_at=row.submitted_at)
        question = Question.objects.create(version=version, key="why", ordinal=1, kind="text", title="理由")
        response = Response.objects.create(
            council=call.council, version=version, person=person, about_id=row.id
        )
        Answer.objects.create(response=response, question=question, value="ひみつ")
        Upload.objects.create(
            council=call.council, person=person, response=response, question=question, name="a.pdf", mime="x",
            size=1, sha256="0" * 64, file=ContentFile(b"%PDF", name="x"),
        )  # fmt: skip
        Consent.objects.create(
            council=call.council, person=person, purpose="application", about_id=row.id, text="同意", text_version="1",
            asked_at=row.submitted_at,
        )  # fmt: skip
        Letter.objects.create(
            council=call.council, person=person, kind="receipt", subject="x", body="x", key=f"receipt:{row.id}",
            about_id=row.id, due_at=row.submitted_at, state="sent",
        )  # fmt: skip
        if state == "accepted":
            Participation.objects.create(
                council=call.council, call=call, person=person, application=row, state="completed",
                started_at=row.submitted_at,
            )  # fmt: skip
        return row

    return make


def keep(council: Any, desk: Actor, kind: str, years: int | None, call_id: Any = None) -> None:
    people.set_retention_rule(by=desk, council=council, kind=kind, years=years, call_id=call_id)


def approve(desk: Actor, disposal: Disposal) -> Disposal:
    return people.approve_disposal(
        by=desk, disposal=disposal, approval_number="総第9号", approved_on=DUE, rows=disposal.rows
    )


def counts() -> tuple[int, ...]:
    rows = (Application, Participation, Response, Answer, Upload, Consent, Letter)
    return tuple(model.objects.count() for model in rows)  # type: ignore[attr-defined]


def test_the_day_is_counted_from_april_after_the_fiscal_year():
    assert disposal_day(2020, 5) == dt.date(2026, 4, 1)
    assert disposal_day(2020, 0) == dt.date(2021, 4, 1)


def test_it_is_proposed_on_its_day_once_and_not_before(council, old_call, past, desk, system):
    keep(council, desk, "application", 5)
    past(old_call())
    eve = system.now(moment(DUE - dt.timedelta(days=1)))
    assert disposing.propose(by=eve, council=council) == 0
    assert not Disposal.objects.exists()
    by = system.now(moment(DUE))
    assert (disposing.propose_due(by=by), disposing.propose_due(by=by)) == (1, 0)
    row = Disposal.objects.get()
    assert (row.kind, row.fiscal_year, row.due_on, row.rows, row.state) == (
        "application", 2020, DUE, 1, "proposed",
    )  # fmt: skip
    assert (disposing.propose(by=by, council=council), Disposal.objects.count()) == (0, 1)


def test_without_a_rule_nothing_is_ever_proposed(council, old_call, past, desk, by):
    past(old_call())
    assert disposing.propose(by=by, council=council) == 0
    keep(council, desk, "application", 5)
    keep(council, desk, "application", None)
    assert disposing.propose(by=by, council=council) == 0


def test_a_calls_own_rule_wins(council, old_call, past, desk, by):
    longer, usual = old_call(), old_call()
    past(longer), past(usual)
    keep(council, desk, "application", 5)
    keep(council, desk, "application", 10, longer.pk)
    disposing.propose(by=by, council=council)
    assert set(Disposal.objects.values_list("call_id", flat=True)) == {usual.pk}


def test_nothing_goes_before_the_approval_and_all_of_it_after(council, old_call, past, desk, by):
    keep(council, desk, "application", 5)
    row, other = past(old_call()), past(old_call(starts_on=dt.date(2021, 4, 1)))
    disposing.propose(by=by, council=council)
    before = counts()
    disposal = Disposal.objects.get()
    assert disposing.dispose_due(by=by) == 0
    assert disposing.carry_out(by=by, disposal=disposal) == (0, 1)
    assert counts() == before
    shown = disposing.preview(disposal, DUE)
    assert shown.rows == 1
    assert {number for _label, number in shown.parts if number} == {1}
    approve(desk, disposal)
    assert disposing.dispose_due(by=by) == 1
    assert counts() == tuple(number - 1 for number in before)
    assert not Application.objects.filter(pk=row.pk).exists()
    assert Application.objects.filter(pk=other.pk).exists()
    assert Person.objects.filter(pk=row.person_id).exists()
    disposal.refresh_from_db()
    assert (disposal.state, disposal.erased, disposal.done_at) == ("done", 1, by.at)
    assert Entry.objects.filter(verb="application.disposed", for_person_id=row.person_id).count() == 1
    assert (disposing.dispose_due(by=by), disposing.propose(by=by, council=council)) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_batches_it_goes_on_and_counts_once(
    council, old_call, past, desk, by, monkeypatch
):
    monkeypatch.setattr(disposing, "BATCH", 2)
    keep(council, desk, "application", 5)
    call = old_call()
    for _ in range(5):
        past(call)
    disposing.propose(by=by, council=council)
    disposal = approve(desk, Disposal.objects.get())
    drop, done = kinds._drop_applications, []

    def dies(by: Any, rows: Any) -> int:
        number = drop(by, rows)
        done.append(number)
        if len(done) == 2:
            raise KeyboardInterrupt  # after the deletes, before the transaction ends
        return number

    monkeypatch.setitem(disposing.KINDS, "application", kinds.Kind(kinds._applications, dies))
    with pytest.raises(KeyboardInterrupt):
        disposing.carry_out(by=by, disposal=disposal)
    disposal.refresh_from_db()
    assert (disposal.state, disposal.erased, Application.objects.count()) == ("approved", 2, 3)
    monkeypatch.setitem(disposing.KINDS, "application", kinds.Kind(kinds._applications, drop))
    assert [disposing.carry_out(by=by, disposal=disposal)[0] for _ in range(2)] == [3, 0]
    disposal.refresh_from_db()
    assert (disposal.state, disposal.erased, Application.objects.count()) == ("done", 5, 0)


def test_a_tick_does_a_bounded_part(council, old_call, past, desk, by, monkeypatch):
    monkeypatch.setattr(disposing, "BATCH", 1)
    monkeypatch.setattr(disposing, "BATCHES", 2)
    keep(council, desk, "application", 5)
    call = old_call()
    for _ in range(3):
        past(call)
    disposing.propose(by=by, council=council)
    approve(desk, Disposal.objects.get())
    assert [disposing.dispose_due(by=by) for _ in range(3)] == [2, 1, 0]


def test_what_has_a_reason_stays_and_goes_when_it_is_gone(council, old_call, past, desk, by):
    keep(council, desk, "application", 5)
    call = old_call()
    free, asked, waiting, owing = past(call), past(call), past(call, "submitted"), past(call)
    request = DataRequest.objects.create(
        council=council, body=council.host, person=asked.person, kind="disclosure", received_at=by.at
    )
    place = Participation.objects.get(application=owing)
    Participation.objects.filter(pk=place.pk).update(state="active")
    rule = ObligationRule.objects.create(call=call, kind="report", title="報告")
    Obligation.objects.create(council=council, participation=place, rule=rule)
    disposing.propose(by=by, council=council)
    disposal = Disposal.objects.get()
    assert disposal.rows == 1
    shown = {str(reason): number for reason, number in disposing.preview(disposal, DUE).kept}
    assert shown == {
        "本人の請求に、まだ答えていない": 1,
        "結果や返事が、まだ決まっていない": 1,
        "参加者がすることが、まだ残っている": 1,
    }
    approve(desk, disposal)
    assert disposing.dispose_due(by=by) == 1
    left = {asked.pk, waiting.pk, owing.pk}
    assert set(Application.objects.values_list("pk", flat=True)) == left
    disposal.refresh_from_db()
    assert disposal.state == "approved"
    DataRequest.objects.filter(pk=request.pk).update(state="done")
    Application.objects.filter(pk=waiting.pk).update(state="not_selected")
    Obligation.objects.update(waived_at=by.at)
    assert disposing.dispose_due(by=by) == 3
    disposal.refresh_from_db()
    assert (disposal.state, disposal.erased, free.pk in left) == ("done", 4, False)


def test_a_call_that_still_runs_is_left_alone(council, old_call, past, desk, by):
    """Kept no year longer, a course over two fiscal years falls due while it runs."""
    keep(council, desk, "application", 0)
    past(old_call(state="decided", ends_on=DUE + dt.timedelta(days=30)))
    assert disposing.propose(by=by, council=council) == 0


def test_files_and_letters_may_go_before_the_application(council, old_call, past, desk, by):
    for kind in ("upload", "letter"):
        keep(council, desk, kind, 1)
    keep(council, desk, "application", 9)
    past(old_call())
    disposing.propose(by=by, council=council)
    for disposal in Disposal.objects.all():
        approve(desk, disposal)
    assert disposing.dispose_due(by=by) == 2
    assert counts() == (1, 1, 1, 1, 0, 1, 0)


def test_a_half_done_import_goes_with_its_file(council, old_call, desk, by):
    keep(council, desk, "import", 1)
    call = old_call()
    sheet = Upload.objects.create(
        council=council,
        name="名簿.csv",
        mime="text/csv",
        size=1,
        sha256="0" * 64,
        file=ContentFile(b"a", name="x"),
    )
    batch = ImportBatch.objects.create(
        council=council, call=call, upload=sheet, state="checked", file_name="名簿.csv", created_at=by.at
    )
    ImportRow.objects.create(batch=batch, number=2, values=["見本"])
    disposing.propose(by=by, council=council)
    approve(desk, Disposal.objects.get())
    assert disposing.dispose_due(by=by) == 1
    assert (ImportRow.objects.count(), Upload.objects.count()) == (0, 0)
    batch.refresh_from_db()
    assert batch.state == "cancelled"


def test_people_left_in_no_call_go_but_not_who_came_back(council, old_call, past, desk, by, make_account):
    keep(council, desk, "application", 5)
    keep(council, desk, "person", 1)
    call = old_call()
    rows = [past(call) for _ in range(3)]
    disposing.propose(by=by, council=council)
    assert set(Disposal.objects.values_list("kind", flat=True)) == {"application"}
    approve(desk, Disposal.objects.get())
    disposing.dispose_due(by=by)
    # They left their last call in FY2026: due one year after it, on 1 April 2028.
    later = by.now(moment(dt.date(2028, 3, 31)))
    assert disposing.propose(by=later, council=council) == 0
    on = dt.date(2028, 4, 1)
    later, then = by.now(moment(on)), desk.now(moment(on))
    holder = make_account("still@example.jp", last_login=moment(dt.date(2028, 4, 1)))
    Person.objects.filter(pk=rows[1].person_id).update(account=holder)
    ProvisionRecord.objects.create(
        council=council, from_body=council.host, person=rows[0].person, person_name="見本 花子", basis="同意",
        given_at=by.at, keep_until=dt.date(2029, 3, 31),
    )  # fmt: skip
    assert disposing.propose(by=later, council=council) == 1
    disposal = Disposal.objects.get(kind="person")
    assert (disposal.fiscal_year, disposal.rows) == (2026, 2)
    people.approve_disposal(by=then, disposal=disposal, approval_number="1", approved_on=on, rows=2)
    # One applies again after the approval.
    again = old_call(state="open", starts_on=dt.date(2028, 6, 1), ends_on=None)
    Application.objects.create(council=council, call=again, person=rows[2].person)
    assert disposing.dispose_due(by=later) == 1
    assert set(Person.objects.values_list("pk", flat=True)) == {rows[1].person_id, rows[2].person_id}
    assert ProvisionRecord.objects.get().person_name == "見本 花子"


def test_records_of_giving_go_after_their_own_last_day(council, desk, by):
    for last in (dt.date(2026, 3, 31), dt.date(2026, 4, 1)):
        ProvisionRecord.objects.create(
            council=council, from_body=council.host, person_name="見本 花子", basis="同意", given_at=by.at,
            keep_until=last,
        )  # fmt: skip
    disposing.propose(by=by, council=council)
    approve(desk, Disposal.objects.get())
    assert disposing.dispose_due(by=by) == 1
    assert ProvisionRecord.objects.get().keep_until == dt.date(2026, 4, 1)


def test_an_approval_needs_its_number_its_day_and_the_counts_seen(council, old_call, past, desk, by, system):
    keep(council, desk, "application", 5)
    past(old_call())
    disposing.propose(by=by, council=council)
    disposal = Disposal.objects.get()
    good: dict[str, Any] = {
        "by": desk, "disposal": disposal, "approval_number": "1", "approved_on": DUE, "rows": 1
    }  # fmt: skip
    for reason, wrong in (
        ("approval_missing", {"approval_number": " "}),
        ("not_yet", {"approved_on": DUE + dt.timedelta(days=1)}),
        ("stale", {"rows": 2}),
        ("not_allowed", {"by": Actor(at=by.at, role="body_staff", council_id=council.id)}),
        ("not_allowed", {"by": system}),
    ):
        with pytest.raises(Refused, match=reason):
            people.approve_disposal(**{**good, **wrong})
    assert Disposal.objects.get().state == "proposed"
    people.approve_disposal(**good)
    with pytest.raises(Refused, match="stale"):
        people.approve_disposal(**good)


def test_kept_longer_it_comes_back_on_its_new_day(council, old_call, past, desk, by):
    keep(council, desk, "application", 5)
    past(old_call())
    disposing.propose(by=by, council=council)
    until = dt.date(2027, 4, 1)
    with pytest.raises(Refused, match="note_missing"):
        people.keep_longer(by=desk, disposal=Disposal.objects.get(), until=until, note="")
    people.keep_longer(by=desk, disposal=Disposal.objects.get(), until=until, note="監査のため")
    eve = by.now(moment(until - dt.timedelta(days=1)))
    assert disposing.propose(by=eve, council=council) == 0
    assert Disposal.objects.get().state == "kept"
    assert disposing.propose(by=by.now(moment(until)), council=council) == 1
    row = Disposal.objects.get()
    assert (row.state, row.note, row.due_on) == ("proposed", "監査のため", until)


def test_a_body_decides_on_its_own_calls_only(council, old_call, past, desk, by):
    keep(council, desk, "application", 5)
    chamber = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
    own, shared = old_call(host=chamber), old_call(host=chamber)
    CallBody.objects.create(call=shared, body=council.host, role=CallBody.Role.CO_HOST)
    past(own), past(shared)
    disposing.propose(by=by, council=council)
    assert set(disposing.disposals_of(desk).values_list("call_id", flat=True)) == {shared.pk}
    clerk = Actor(at=by.at, role="body_staff", council_id=council.id, body_id=chamber.id)
    assert not disposing.disposals_of(clerk).exists()
    assert RetentionRule.objects.count() == 1
