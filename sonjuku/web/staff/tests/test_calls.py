"""A secretary writes a call with its form from nothing and opens it; what is open keeps its terms."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Call, EligibilityRule
from sonjuku.rooms.forms import actions as form_actions
from sonjuku.rooms.programmes.models import Programme
from sonjuku.toolbox.dates import at_tokyo, end_of_day, end_of_day_before
from sonjuku.web.staff.inputs import close_of, split_close

HAGI = ["hagi"]


def edit(desk: Client, call: Call, section: str, data: dict[str, Any], **more: Any) -> Any:
    return desk.post(reverse("staff:call_edit", args=["hagi", call.code, section]), {**data, **more})


def rows(*each: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """What a formset of these rows sends."""
    sent: dict[str, Any] = {"row-TOTAL_FORMS": len(each), "row-INITIAL_FORMS": initial}
    for number, row in enumerate(each):
        sent |= {f"row-{number}-{name}": value for name, value in row.items()}
    return sent


def act(desk: Client, call: Call, action: str, **data: Any) -> Any:
    return desk.post(reverse("staff:call_action", args=["hagi", call.code, action]), data)


@pytest.fixture
def draft(desk: Client, council: Any) -> Call:
    response = desk.post(
        reverse("staff:call_new", args=HAGI),
        {"title": "冬期講座", "new_programme": "萩IT松下村塾", "kind": "course", "selection": "lottery"},
    )
    call = Call.objects.get(title="冬期講座")
    assert response.url == reverse("staff:call", args=["hagi", call.code])
    return call


@pytest.fixture
def audiences(db: Any) -> None:
    from sonjuku.rooms.vocabulary.models import Audience

    Audience.objects.create(code="citizen", title="市民", title_en="Citizens")


@pytest.mark.usefixtures("audiences")
def test_a_call_with_its_form_from_nothing_to_open(
    desk: Client, council: Any, draft: Call, secretariat: Any
) -> None:
    today = timezone.localdate()
    start = today + dt.timedelta(days=40)
    page = desk.get(reverse("staff:call", args=["hagi", draft.code])).content.decode()
    assert "受付を始めるまでに" in page
    assert act(desk, draft, "open").status_code == 302
    draft.refresh_from_db()
    assert draft.state == Call.State.DRAFT

    edit(desk, draft, "dates", {
        "opens_day": today - dt.timedelta(days=1), "closes_day": today + dt.timedelta(days=10), "starts_on": start,
        "ends_on": start, "result_on": today + dt.timedelta(days=20), "confirm_days": 7,
    })  # fmt: skip
    edit(desk, draft, "place", {"webinar_status": "on_site", "venue": "萩市民館", "fee_jpy": 0})
    edit(
        desk,
        draft,
        "selection",
        {"selection": "lottery", "seed_source": "日経平均株価の終値", "min_reviewers": 2},
    )
    edit(desk, draft, "pools", rows(
        {"capacity": 10, "seat_type": "市内枠", "reserved_for_lg_codes": "352047"}, {"capacity": 5, "seat_type": "一般枠"}, {},
    ))  # fmt: skip
    edit(desk, draft, "rules", rows({"kind": "age", "minimum": 15, "maximum": 18, "as_of": start}))
    edit(desk, draft, "words", {
        "purpose_of_use": "講座の運営のため", "data_controller": council.host.id, "contact_office": "企業誘致推進課",
        "contact_phone": "0838-00-0000", "contact_hours": "平日", "consent_days": 7, "consent_late": "ineligible",
    })  # fmt: skip
    edit(desk, draft, "occasions", rows({"title": "第1回", "day": start, "starts": "18:30", "ends": "20:30"}))
    edit(desk, draft, "duties", rows({
        "kind": "attend", "title": "出席する", "sessions": 1, "consent_purpose": "image", "remind_days": 3,
    }))  # fmt: skip
    edit(
        desk, draft, "badge", {"title": "修了", "type": "Course", "description": "できる", "criteria": "出席"}
    )
    made = edit(desk, draft, "form", {"how": "new"})
    draft.refresh_from_db()
    assert draft.form_version is not None
    assert made.url == reverse("staff:form", args=["hagi", draft.form_version.form_id])
    desk.post(
        reverse("staff:question_add", args=["hagi", draft.form_version.form_id]),
        {"kind": "text", "title": "志望の理由"},
    )

    assert calls.still_missing(draft) == []
    assert act(desk, draft, "open").status_code == 302
    draft.refresh_from_db()
    assert draft.state == Call.State.OPEN
    assert draft.closes_at == end_of_day(today + dt.timedelta(days=10))
    assert [(pool.capacity, pool.reserved_for_lg_codes) for pool in draft.seat_pools.all()] == [
        (10, ["352047"]),
        (5, []),
    ]
    assert draft.form_version is not None
    assert draft.form_version.frozen_at is not None
    assert draft.occasions.get().starts_at == at_tokyo(start, dt.time(18, 30))
    assert draft.obligation_rules.get().title == "出席する"
    assert draft.achievements.get().title == "修了"
    assert EligibilityRule.objects.get(call=draft).maximum == 18


@pytest.mark.usefixtures("audiences")
def test_terms_of_an_open_call_cannot_be_changed_but_contacts_can(desk: Client, running: Any) -> None:
    call = running()
    response = edit(desk, call, "place", {"webinar_status": "on_site", "venue": "別の館", "fee_jpy": 500})
    assert response.status_code == 200
    assert "変えられません" in response.content.decode()
    edit(desk, call, "words", {
        "purpose_of_use": call.purpose_of_use, "data_controller": call.data_controller_id, "contact_office": "新しい課",
        "contact_phone": "0838-00-0001", "contact_hours": "平日", "consent_days": 7, "consent_late": "ineligible",
    })  # fmt: skip
    call.refresh_from_db()
    assert (call.venue, call.fee_jpy, call.contact_office) == ("萩市民館", 0, "新しい課")


@pytest.mark.usefixtures("audiences")
def test_whom_the_call_is_for(desk: Client, running: Any) -> None:
    call = running(state=Call.State.DRAFT)
    basics = {"title": "夏の講座", "programme": call.programme_id, "kind": "course", "noun": "moushikomi"}
    edit(desk, call, "basics", basics, audiences=["citizen"])
    call.refresh_from_db()
    assert (call.title, [row.code for row in call.audiences.all()]) == ("夏の講座", ["citizen"])
    edit(desk, call, "basics", basics, audiences=["no-such"])
    edit(desk, call, "basics", basics)
    assert not call.audiences.exists()


def test_a_section_with_many_rows_is_kept_whole_or_not_at_all(desk: Client, running: Any) -> None:
    call = running(state=Call.State.DRAFT)
    day = call.starts_on
    response = edit(desk, call, "occasions", rows(
        {"title": "第1回", "day": day, "starts": "10:00", "ends": "12:00"},
        {"title": "第2回", "day": day, "starts": "12:00", "ends": "10:00"},
    ))  # fmt: skip
    assert response.status_code == 200
    assert "終了が、開始より前か同じです" in response.content.decode()
    assert call.occasions.count() == 0


def test_rows_are_changed_and_removed_by_their_place(desk: Client, running: Any) -> None:
    call = running(state=Call.State.DRAFT)
    base = {"day": call.starts_on, "starts": "10:00", "ends": "12:00"}
    edit(
        desk,
        call,
        "occasions",
        rows({"title": "第1回", **base}, {"title": "第2回", **base, "starts": "11:00"}),
    )
    first, second = call.occasions.all()
    edit(desk, call, "occasions", rows(
        {"occasion_id": first.id, "title": "開講式", **base},
        {"occasion_id": second.id, "title": "第2回", **base, "starts": "11:00", "DELETE": "on"}, initial=2,
    ))  # fmt: skip
    assert [(row.id, row.title) for row in call.occasions.all()] == [(first.id, "開講式")]


def test_until_the_day_before_and_the_end_of_a_day() -> None:
    day = dt.date(2026, 11, 30)
    assert close_of(day, None) == close_of(day, dt.time(23, 59)) == end_of_day(day)
    assert close_of(day, dt.time(17)) == at_tokyo(day, dt.time(17))
    assert split_close(end_of_day(day)) == (day, None)
    assert split_close(at_tokyo(day, dt.time(17))) == (day, dt.time(17))


def test_the_day_before_helper_moves_the_close_with_the_first_day(desk: Client, running: Any) -> None:
    call = running(state=Call.State.DRAFT)
    start = timezone.localdate() + dt.timedelta(days=50)
    edit(desk, call, "dates", {
        "opens_day": timezone.localdate(), "starts_on": start, "ends_on": start, "day_before": "on", "confirm_days": 7,
    })  # fmt: skip
    call.refresh_from_db()
    assert call.closes_at == end_of_day_before(start)


def test_opening_asks_first_and_a_get_changes_nothing(desk: Client, running: Any) -> None:
    call = running(state=Call.State.DRAFT)
    page = desk.get(reverse("staff:call_action", args=["hagi", call.code, "open"])).content.decode()
    assert "変えられなくなります" in page
    call.refresh_from_db()
    assert call.state == Call.State.DRAFT
    assert desk.get(reverse("staff:call_action", args=["hagi", call.code, "explode"])).status_code == 404


def test_a_clone_keeps_the_weekday_and_starts_as_a_draft(desk: Client, running: Any) -> None:
    call = running(state=Call.State.FINISHED)
    response = act(desk, call, "clone")
    copy = Call.objects.get(cloned_from=call)
    assert response.url == reverse("staff:call", args=["hagi", copy.code])
    assert (copy.state, copy.starts_on.weekday()) == (Call.State.DRAFT, call.starts_on.weekday())


def test_switching_the_mode_needs_a_choice(desk: Client, running: Any) -> None:
    call = running()
    assert act(desk, call, "switch_mode", mode="by_carrier_pigeon").status_code == 200
    assert (
        act(desk, call, "switch_mode", mode="online", webinar_url="https://example.jp/room").status_code
        == 302
    )
    call.refresh_from_db()
    assert call.webinar_status == Call.Mode.ONLINE


def test_whoever_may_not_write_calls_cannot_act(
    council: Any, make_staff: Any, log_in: Any, running: Any
) -> None:
    call = running(state=Call.State.DRAFT)
    reviewer = log_in(make_staff(council, "judge@example.jp", "reviewer"))
    for action in ("open", "close", "decide"):
        assert act(reviewer, call, action).status_code == 404
    assert edit(reviewer, call, "basics", {"title": "乗っ取り"}).status_code == 404
    call.refresh_from_db()
    assert (call.state, call.title) == (Call.State.DRAFT, "ITパスポート講座")


def test_rows_of_another_council_cannot_be_chosen(
    desk: Client, running: Any, other_council: Any, system: Any
) -> None:
    call = running(state=Call.State.DRAFT)
    stranger = form_actions.create_form(by=system, council=other_council, title="よその様式").versions.get()
    response = edit(desk, call, "form", {"how": "keep", "form_version": stranger.id})
    assert response.status_code == 200
    assert (
        edit(desk, call, "bodies", rows({"body": other_council.host.id, "role": "host"})).status_code == 200
    )
    call.refresh_from_db()
    assert call.form_version is None
    assert not Programme.objects.filter(council=other_council).exists()
