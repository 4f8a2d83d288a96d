"""The desk runs a matching event: makes it, adds members, opens, watches, announces; other bodies see nothing of it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows import introducing
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.matching import actions
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember
from sonjuku.rooms.matching.tests.conftest import (  # noqa: F401 - fixtures found by name
    deadline,
    hand_in,
    make_event,
    make_market,
)
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Body, Person
from tests.test_languages import unmarked

DAY = dt.date(2026, 12, 21)


@pytest.fixture
def day():
    return timezone.localdate()


@pytest.fixture
def form(day):
    return {
        "title": "出会いの会", "left_title": "専門家", "right_title": "企業", "ranks_day": (day + dt.timedelta(days=9)).isoformat(),
        "remind_days": "3", "seed_kind": "number", "seed_source": "新聞の数", "starts_on": DAY.isoformat(),
    }  # fmt: skip


def test_a_new_event(desk, council, form):
    response = desk.post(reverse("staff:matching_new", args=["hagi"]), form)
    row = MatchingEvent.objects.get()
    assert response["Location"].endswith(reverse("staff:matching", args=["hagi", row.id]))
    assert (row.host, row.title, row.report_due_on) == (council.host, "出会いの会", dt.date(2027, 2, 28))
    assert timezone.localtime(row.ranks_by).time() == dt.time(0)  # the day counts to its very end


def test_a_refusal_keeps_what_was_typed(desk, form):
    page = desk.post(
        reverse("staff:matching_new", args=["hagi"]), {**form, "report_due_on": "2028-01-01"}
    ).content.decode()
    assert "支援の終わる年度" in page
    assert "出会いの会" in page
    assert not MatchingEvent.objects.exists()


@pytest.fixture
def event(make_event):  # noqa: F811
    return make_event()


def add(desk, event, **fields):
    base = {"side": "right", "title": "旅館です", "most": "2", "least": "0", "email": "new@example.jp"}
    sent = {f"one-{name}": value for name, value in {**base, **fields}.items()}
    return desk.post(reverse("staff:matching_members", args=["hagi", event.id]), sent, follow=True)


def test_somebody_new_needs_a_name_and_a_birthday(desk, event, council):
    text = add(desk, event).content.decode()
    assert text.count("このメールアドレスの登録がないため") >= 5
    assert not MatchingMember.objects.exists()
    assert not Person.objects.exists()
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="萩旅館")
    add(
        desk, event, body=str(firm.id), family_name="萩", given_name="花", family_name_kana="はぎ", given_name_kana="はな",
        date_of_birth="1980-01-02",
    )  # fmt: skip
    member = MatchingMember.objects.get()
    assert (member.body, member.most, member.person.family_name_kana) == (firm, 2, "ハギ")


def test_somebody_known_is_found_by_address(desk, event, council, make_person):
    person = make_person(council, email="known@example.jp")
    add(desk, event, email="KNOWN@example.jp", side="left")
    assert MatchingMember.objects.get().person == person
    make_person(council, email="twice@example.jp")
    make_person(council, email="twice@example.jp")
    assert "二つ以上あります" in add(desk, event, email="twice@example.jp").content.decode()


def test_a_body_that_may_not_look_people_up_makes_a_new_record(
    event, council, make_person, make_staff, log_in
):
    """An editor of the host knows the applicants of its calls only."""
    make_person(council, email="known@example.jp")
    staff = log_in(make_staff(council, "editor@hagi.example.jp", "body_staff"))
    assert (
        "このメールアドレスの登録がないため" in add(staff, event, email="known@example.jp").content.decode()
    )


def test_everyone_of_a_call(desk, event, council, running, make_person):
    call = running()
    Participation.objects.create(
        council=council, call=call, person=make_person(council), started_at=timezone.now()
    )
    address = reverse("staff:matching_members", args=["hagi", event.id])
    desk.post(address, {"from_call": "1", "call-call": str(call.id), "call-side": "left"})
    assert MatchingMember.objects.get().title == "専門家 1"


def test_opening_sends_letters(desk, make_market):  # noqa: F811
    event = make_market().event
    MatchingEvent.objects.update(ranks_by=timezone.now() + dt.timedelta(days=5))
    ask = desk.get(reverse("staff:matching_action", args=["hagi", event.id, "open"]))
    assert "変えられなくなります" in ask.content.decode()
    assert not Letter.objects.exists()
    desk.post(reverse("staff:matching_action", args=["hagi", event.id, "open"]))
    assert Letter.objects.filter(kind="ranking_invitation").count() == 6


def test_after_the_opening_only_what_no_ranking_depends_on_can_be_edited(desk, make_market, form):  # noqa: F811
    event = make_market().event
    MatchingEvent.objects.update(ranks_by=timezone.now() + dt.timedelta(days=5))
    desk.post(reverse("staff:matching_action", args=["hagi", event.id, "open"]))
    event.refresh_from_db()
    address = reverse("staff:matching_edit", args=["hagi", event.id])
    assert "ranks_day" not in desk.get(address).context["form"].fields
    sent = {**form, "title": "別の名前", "description": "新しい説明", "ends_on": "2027-03-01"}
    assert desk.post(address, sent).status_code == 302
    changed = MatchingEvent.objects.get()
    assert (changed.description, changed.ends_on) == ("新しい説明", dt.date(2027, 3, 1))
    assert (changed.title, changed.ranks_by, changed.opens_at) == (
        event.title,
        event.ranks_by,
        event.opens_at,
    )


def test_unknown_actions_are_not_found(desk, event):
    assert desk.get(reverse("staff:matching_action", args=["hagi", event.id, "burn"])).status_code == 404


def test_progress_shows_numbers_and_no_order(desk, make_market, secretariat):  # noqa: F811
    market = make_market()
    now = timezone.now()
    MatchingEvent.objects.update(ranks_by=now + dt.timedelta(days=5))
    introducing.open_event(by=secretariat.now(now), event=market.event)
    hand_in(market.lefts[0], now + dt.timedelta(minutes=1), market.rights[1], market.rights[0])
    text = desk.get(reverse("staff:matching", args=["hagi", market.event.id])).content.decode()
    assert "1 / 3" in text
    assert "0 / 3" in text
    assert text.count("提出済み") == 1


def test_another_body_of_the_council_finds_nothing(make_market, council, make_staff, log_in):  # noqa: F811
    market = make_market()
    chamber = Body.objects.create(council=council, type=Body.Type.CHAMBER, name="商工会議所")
    other = log_in(make_staff(council, "chamber@hagi.example.jp", "secretariat", body=chamber))
    for address in (
        reverse("staff:matching", args=["hagi", market.event.id]),
        reverse("staff:matching_members", args=["hagi", market.event.id]),
        reverse("staff:matching_action", args=["hagi", market.event.id, "open"]),
        reverse("staff:matching_member", args=["hagi", market.lefts[0].id]),
    ):
        assert other.get(address).status_code == 404
        assert other.post(address).status_code == 404
    assert market.event.title not in other.get(reverse("staff:matchings", args=["hagi"])).content.decode()


def queries(desk, address):
    with CaptureQueriesContext(connection) as found:
        assert desk.get(address).status_code == 200
    return len(found)


def introduce(market, number, at):
    return [
        Introduction.objects.create(
            council=market.event.council,
            event=market.event,
            left=left,
            right=right,
            report_due_on=DAY,
            created_at=at,
        )
        for left, right in list(zip(market.lefts, market.rights, strict=True))[:number]
    ]


def test_lists_ask_as_often_for_three_as_for_one(desk, make_market, at):  # noqa: F811
    market = make_market()
    address = reverse("staff:introductions", args=["hagi"])
    introduce(market, 1, at)
    one = queries(desk, address)
    Introduction.objects.all().delete()
    introduce(market, 3, at)
    assert queries(desk, address) == one
    events = reverse("staff:matchings", args=["hagi"])
    one = queries(desk, events)
    for number in range(2):
        actions_event(market, number)
    assert queries(desk, events) == one


def actions_event(market, number):
    event = market.event
    MatchingEvent.objects.create(council=event.council, host=event.host, title=f"会{number}", created_at=event.created_at)  # fmt: skip


def test_the_members_of_an_event_cost_no_query_each(desk, make_event, secretariat, make_person, council):  # noqa: F811
    event = make_event()
    address = reverse("staff:matching", args=["hagi", event.id])

    def join(number):
        firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name=f"社{number}")
        actions.add_member(by=secretariat, event=event, side="right", person=make_person(council), body=firm, title="題")  # fmt: skip

    join(1)
    one = queries(desk, address)
    join(2)
    join(3)
    assert queries(desk, address) == one


def test_an_introduction_from_report_to_early_end(desk, make_market, at, day):  # noqa: F811
    first, second, _third = introduce(make_market(), 3, at)
    Introduction.objects.update(report_due_on=day - dt.timedelta(days=1))
    page = desk.get(reverse("staff:introduction", args=["hagi", first.id])).content.decode()
    assert "報告の期限が過ぎました" in page
    do = reverse("staff:introduction_action", args=["hagi", first.id, "report"])
    tomorrow = (day + dt.timedelta(days=1)).isoformat()
    assert "今日より後の日付です" in desk.post(do, {"report_on": tomorrow}).content.decode()
    desk.post(do, {"report_on": day.isoformat()})
    end = reverse("staff:introduction_action", args=["hagi", second.id, "end"])
    desk.post(end, {"ended_on": day.isoformat(), "note": "都合により"})
    states = dict(Introduction.objects.values_list("id", "state"))
    assert (states[first.id], states[second.id]) == ("reported", "ended")
    assert (
        "報告の期限が過ぎました"
        not in desk.get(reverse("staff:introduction", args=["hagi", first.id])).content.decode()
    )


@pytest.mark.parametrize("state", MatchingEvent.State.values)
def test_every_state_of_the_desks_page_in_english(desk, make_market, state):  # noqa: F811
    from lxml import html

    event = make_market().event
    MatchingEvent.objects.update(state=state, frozen_list="rules\tx\n", result="", seed_source_en="A number")
    page = desk.get("/en" + reverse("staff:matching", args=["hagi", event.id]))
    assert page.status_code == 200
    assert unmarked(html.document_fromstring(page.content.decode())) == []


@pytest.fixture
def open_market(make_market, secretariat):  # noqa: F811
    """Rankings are taken now; the deadline is in five days."""
    market, now = make_market(), timezone.now()
    MatchingEvent.objects.update(ranks_by=now + dt.timedelta(days=5))
    introducing.open_event(by=secretariat.now(now - dt.timedelta(hours=1)), event=market.event)
    return market


def test_an_order_by_telephone_is_typed_in_and_never_shown(desk, open_market, day):
    member, (first, second, _third) = open_market.lefts[0], open_market.rights
    address = reverse("staff:matching_order", args=["hagi", member.id])
    now = timezone.localtime()
    sent = {
        "channel": "phone", "received_day": day.isoformat(), "received_time": f"{now:%H:%M}",
        f"place_{first.id}": "2", f"place_{second.id}": "1",
    }  # fmt: skip
    assert "印を付けてください" in desk.post(address, sent).content.decode()
    member.refresh_from_db()
    assert member.submitted_at is None
    assert desk.post(address, {**sent, "agrees": "on"}).status_code == 302
    member.refresh_from_db()
    assert (member.ranks, member.channel) == ([[str(second.id)], [str(first.id)]], "phone")
    page = desk.get(reverse("staff:matching", args=["hagi", open_market.event.id])).content.decode()
    assert "電話" in page
    form = desk.get(address).content.decode()
    assert 'value="1" selected' not in form


def test_a_guardians_paper_is_asked_for_and_taken(desk, open_market):
    member = open_market.lefts[0]
    Person.objects.filter(pk=member.person_id).update(school_stage="high")
    event = reverse("staff:matching", args=["hagi", open_market.event.id])
    assert "保護者の同意がまだ" in desk.get(event).content.decode()
    page = desk.get(reverse("staff:matching_member", args=["hagi", member.id])).content.decode()
    address = reverse("staff:matching_guardian", args=["hagi", member.id])
    assert address in page
    assert desk.post(address, {"name": "見本 父", "relation": "父"}).status_code == 302
    assert "保護者の同意がまだ" not in desk.get(event).content.decode()
    other = reverse("staff:matching_guardian", args=["hagi", open_market.lefts[1].id])
    refused = desk.post(other, {"name": "見本 父", "relation": "父"}).content.decode()
    assert "保護者の同意は要りません" in refused


def test_void_tells_everybody_and_leads_to_the_new_one(desk, open_market):
    event = open_market.event
    address = reverse("staff:matching_action", args=["hagi", event.id, "void"])
    later = (timezone.localdate() + dt.timedelta(days=20)).isoformat()
    sent = {"reason": "締切の案内に誤りがありました。", "seed_kind": "number", "ranks_day": later}
    assert "別の数が必要です" in desk.post(address, sent).content.decode()
    assert not Letter.objects.filter(kind="ranking_again").exists()
    answer = desk.post(address, {**sent, "seed_source": "別の新聞に載る数"})
    fresh = MatchingEvent.objects.get(corrects=event)
    assert answer["Location"].endswith(reverse("staff:matching", args=["hagi", fresh.id]))
    letters = Letter.objects.filter(kind="ranking_again")
    assert {row.person_id for row in letters} == {
        m.person_id for m in (*open_market.lefts, *open_market.rights)
    }
    assert "締切の案内に誤りがありました。" in letters[0].body
    assert "次の締切まで" in letters[0].body
    old = desk.get(reverse("staff:matching", args=["hagi", event.id])).content.decode()
    assert "締切の案内に誤りがありました。" in old
    assert reverse("staff:matching", args=["hagi", fresh.id]) in old
    assert "無効にしてやり直す" not in old
    public = desk.get(reverse("public:matching_proof", args=["hagi", event.code])).content.decode()
    assert "この組み合わせは取り消されました" in public
    assert reverse("public:matching_proof", args=["hagi", fresh.code]) in public
    new = desk.get(reverse("public:matching_proof", args=["hagi", fresh.code])).content.decode()
    assert "締切の案内に誤りがありました。" in new
