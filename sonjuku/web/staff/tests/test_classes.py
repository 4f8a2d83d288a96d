"""Classes at the desk and in public: rows in the editor, numbers before the freeze, reasons, the place of a public draw."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call, Criterion, PriorityRule, SelectionRun
from tests import drawing

pytestmark = pytest.mark.django_db
HAGI, SAPPORO = "352047", "011002"


def desk_page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"staff:{name}", args=["hagi", *args]))
    assert response.status_code == 200
    return str(response.content.decode()).replace("<wbr>", "")


def public_page(name: str, *args: Any, **query: Any) -> str:
    response = Client().get(reverse(f"public:{name}", args=["hagi", *args]), query)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def closed(running: Any, now: dt.datetime) -> Any:
    def make(**fields: Any) -> Call:
        made: Call = running(
            state=Call.State.CLOSED, closes_at=now - dt.timedelta(hours=1), check_days=0, **fields
        )
        return made

    return make


def people(call: Call, apply_to: Any, *lg_codes: str) -> list[Application]:
    return [
        apply_to(call, {"family_name_kana": f"ミホン{n}", "phone": f"08380000{n:02}", "lg_code": lg_code})
        for n, lg_code in enumerate(lg_codes)
    ]


def test_rows_of_the_editor_become_classes_in_their_order(desk: Client, running: Any) -> None:
    call = running(state=Call.State.DRAFT)
    address = reverse("staff:call_edit", args=["hagi", call.code, "classes"])
    row = {
        "title": "",
        "title_en": "",
        "kind": "",
        "minimum": "",
        "maximum": "",
        "points": "",
        "areas": "",
        "as_of": "",
    }
    rows = [
        {"title": "市内の方", "title_en": "Residents", "kind": "residence_in", "areas": HAGI},
        {"title": "審査の点が高い方", "kind": "score", "points": "40", "minimum": "7"},
        {"title": "初めての方", "kind": "first_time"},
    ]
    data = {
        f"row-{n}-{name}": value for n, given in enumerate(rows) for name, value in {**row, **given}.items()
    }
    desk.post(address, {"row-TOTAL_FORMS": 3, "row-INITIAL_FORMS": 0, **data})
    assert list(call.priority_rules.values_list("kind", "minimum", "values", "title_en")) == [
        ("residence_in", None, [HAGI], "Residents"), ("score", 40, [], ""), ("first_time", None, [], ""),
    ]  # fmt: skip
    assert 'value="40"' in desk.get(address).content.decode()
    overview = desk_page(desk, "call", call.code)
    assert reverse("staff:call_edit", args=["hagi", call.code, "criteria"]) in overview
    missing = {**row, "title": "点", "kind": "score"}
    data = {f"row-0-{name}": value for name, value in missing.items()}
    again = desk.post(address, {"row-TOTAL_FORMS": 1, "row-INITIAL_FORMS": 0, **data})
    assert again.status_code == 200
    assert call.priority_rules.count() == 3


def test_the_run_shows_how_many_stand_in_each_class(desk: Client, closed: Any, apply_to: Any) -> None:
    call = closed(capacity=2)
    PriorityRule.objects.create(call=call, kind="residence_in", values=[HAGI], title="市内の方")
    people(call, apply_to, HAGI, HAGI, *[SAPPORO] * 5)
    shown = desk_page(desk, "run", drawing.run_of(call).code)
    assert "市内の方" in shown
    assert "このままだと区分2と一つになります" in shown
    assert "そのほかの方" in shown


def test_missing_sheets_are_counted_before_the_freeze(desk: Client, closed: Any, apply_to: Any) -> None:
    call = closed(capacity=2, min_reviewers=1)
    Criterion.objects.create(call=call, title="意欲", maximum=5)
    PriorityRule.objects.create(call=call, kind="score", minimum=3, title="点が高い方")
    people(call, apply_to, HAGI, HAGI)
    assert "審査がそろっていない申込みが 2 件あります" in desk_page(desk, "run", drawing.run_of(call).code)


def test_a_reviewer_scores_for_a_draw(
    council: Any, closed: Any, apply_to: Any, make_staff: Any, log_in: Any, acting: Any
) -> None:
    call = closed(capacity=1, min_reviewers=1)
    criterion = Criterion.objects.create(call=call, title="意欲", maximum=5)
    PriorityRule.objects.create(call=call, kind="score", minimum=3, title="点が高い方")
    [one] = people(call, apply_to, HAGI)
    judge = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    address = reverse("staff:review", args=["hagi", one.id])
    judge.post(address, {"has_conflict": "no"})
    judge.post(address, {f"points_{criterion.id.hex}": 4})
    drawing.freeze(acting, drawing.run_of(call))
    one.refresh_from_db()
    assert (one.score, one.priority, one.class_evidence) == (4, 1, "4.00")
    assert judge.get(address).status_code == 404


def test_the_reason_of_a_review_is_written_at_the_desk_and_read_after_the_announcement(
    desk: Client, closed: Any, apply_to: Any, make_account: Any, log_in: Any, council: Any, make_staff: Any
) -> None:
    call = closed(selection=Call.Selection.REVIEW, min_reviewers=1)
    account = make_account("member@example.jp")
    one = apply_to(call, {"account": account})
    note = reverse("staff:application_action", args=["hagi", one.id, "note"])
    desk.post(note, {"note": "連携が具体的なため"})
    member = Client()
    member.force_login(account)
    mine = reverse("member:application", args=[one.id])
    assert "連携が具体的なため" in desk_page(desk, "application", one.id)
    assert "連携が具体的なため" not in member.get(mine).content.decode()
    Application.objects.filter(pk=one.pk).update(state="not_selected", announced_at=call.closes_at)
    assert "連携が具体的なため" in member.get(mine).content.decode()
    desk.post(note, {"note": "別の理由"})
    one.refresh_from_db()
    assert one.decision_note == "連携が具体的なため"


def test_only_who_runs_the_selection_writes_the_reason(
    closed: Any, apply_to: Any, make_staff: Any, log_in: Any, council: Any
) -> None:
    one = apply_to(closed(selection=Call.Selection.REVIEW))
    judge = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    judge.post(reverse("staff:application_action", args=["hagi", one.id, "note"]), {"note": "わたしの理由"})
    one.refresh_from_db()
    assert one.decision_note == ""


def test_place_and_witnesses_of_a_public_draw_are_public(desk: Client, running: Any, acting: Any) -> None:
    call = running(state=Call.State.ANNOUNCED)
    actions.set_classes(
        by=acting, call=call,
        rules=[{"kind": "residence_in", "values": [HAGI], "title": "市内の方", "title_en": "Residents"}],
    )  # fmt: skip
    call = actions.open_call(by=acting, call=call)
    run = drawing.run_of(call)
    data = {
        "is_public_draw": "on", "draw_place": "市役所3階", "draw_place_en": "City hall", "row-TOTAL_FORMS": 1,
        "row-INITIAL_FORMS": 0, "row-0-name": "立会 太郎", "row-0-affiliation": "公証役場",
    }  # fmt: skip
    desk.post(reverse("staff:run_witnesses", args=["hagi", run.code]), data)
    assert "市役所3階" in public_page("call", call.code)
    proof = public_page("proof", call.code)
    assert all(words in proof for words in ("市役所3階", "立会 太郎", "公証役場", "市内の方"))
    assert "市内の方" in public_page("call", call.code)
    assert '"name": "立会 太郎"' in public_page("proof", call.code, format="json")
    record = desk_page(desk, "run_record", run.code)
    assert "市役所3階" in record
    assert "立会 太郎" in record
    run.refresh_from_db()
    SelectionRun.objects.filter(pk=run.pk).update(state="announced")
    desk.post(reverse("staff:run_witnesses", args=["hagi", run.code]), {**data, "draw_place": "別の所"})
    run.refresh_from_db()
    assert run.draw_place == "市役所3階"
