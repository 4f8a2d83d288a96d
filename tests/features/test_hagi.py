"""What the notice of the Hagi council promises (000)."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from sonjuku.flows import calling, handing_over
from sonjuku.rooms.calls import actions as calls
from sonjuku.rooms.calls import queries as call_queries
from sonjuku.rooms.calls.models import Application, Call, EligibilityRule
from sonjuku.rooms.events import actions as events
from sonjuku.rooms.events import queries as event_queries
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people import actions as people_actions
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Body, Person, Role
from sonjuku.rooms.programmes import actions as programme_actions
from sonjuku.rooms.programmes.models import Programme
from sonjuku.toolbox.dates import at_tokyo, wareki
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.staff import statistics

SEVEN_TYPES = {
    "municipality": 1,
    "board_of_education": 1,
    "chamber_of_commerce": 1,
    "society_of_commerce": 2,
    "high_school": 3,
    "university": 2,
    "company": 5,
}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PUPIL = {"date_of_birth": dt.date(2009, 6, 1), "school_stage": "high"}
MOTHER = {"name": "見本 母", "relation": "母", "email": "mother@example.jp"}


def test_000_01_founded_on_thursday_30_april_2020(hagi, read):
    assert hagi.founded_on == dt.date(2020, 4, 30)
    assert wareki(hagi.founded_on) == "令和2年4月30日(木)"
    for path in ("/c/hagi/", "/c/hagi/about/"):
        words = read(path)
        assert "令和2年4月30日(木)" in words
        assert "2020-04-30" in words


def test_000_02_fifteen_members_of_seven_types(hagi, read, today, desk):
    members = people.members_on(hagi, today)
    counted = [row.body.type for row in members]
    assert len(members) == 15
    assert {kind: counted.count(kind) for kind in counted} == SEVEN_TYPES
    schools = [row.body.establishment for row in members if row.body.type == "high_school"]
    assert sorted(schools) == ["県立", "県立", "私立"]
    words = read("/c/hagi/about/")
    assert "15 団体" in words
    assert all(row.body.name in words for row in members)

    by = desk(hagi)
    newcomer = people_actions.add_body(by=by, council=hagi, type="npo", name="NPO法人見本")
    people_actions.join(by=by, council=hagi, body=newcomer, on=dt.date(2024, 4, 1))
    chamber = next(row for row in members if row.body.name == "萩商工会議所")
    people_actions.leave(by=by, membership=chamber, on=dt.date(2025, 3, 31))

    def names(day):
        return {row.body.name for row in people.members_on(hagi, day)}

    assert "萩商工会議所" in names(dt.date(2025, 3, 31))
    assert "萩商工会議所" not in names(dt.date(2025, 4, 1))
    assert "NPO法人見本" not in names(dt.date(2024, 3, 31))
    assert "NPO法人見本" in names(dt.date(2024, 4, 1))
    assert len(names(dt.date(2020, 4, 30))) == 15
    assert "これまでに離れた団体" in read("/c/hagi/about/")


def test_000_03_every_activity_belongs_to_one_of_four_lines(hagi, read, desk, client):
    report = statistics.of_lines(hagi)
    assert [line.slug for line, *_ in report["lines"]] == [
        "information",
        "awareness",
        "training",
        "secretariat",
    ]
    assert sum(programmes for _line, programmes, _calls in report["lines"]) == report["programmes"]
    assert report["programmes"] == Programme.objects.filter(council=hagi).count() > 0
    assert sum(number for _line, _programmes, number in report["lines"]) == report["calls"]
    assert report["calls"] == Call.objects.filter(council=hagi).exclude(state="draft").count() > 0

    address = "/c/hagi/calls/it-passport-winter/"
    assert "萩IT松下村塾」（仮称）" in read("/c/hagi/")
    line = report["lines"][2][0]
    slug, programme = line.slug, line.programmes.get(slug="juku")
    by = desk(hagi)
    line = programme_actions.change_line(
        by=by, line=line, title="IT人材育成事業「至誠塾」", is_provisional=False
    )
    programme_actions.change_programme(by=by, programme=programme, title="至誠塾", is_provisional=False)
    assert line.slug == slug
    words = read("/c/hagi/")
    assert "至誠塾」" in words
    assert "（仮称）" not in words
    assert client.get(address).status_code == 200
    with pytest.raises(ValueError, match="slug"):
        programme_actions.change_line(by=by, line=line, slug="other")


def test_000_03_the_report_is_a_page_of_the_desk(hagi, officer, log_in):
    account, _by, _role = officer(hagi, Body.objects.get(council=hagi, type="council"))
    words = log_in(account).get("/c/hagi/desk/aggregates/").content.decode()
    report = statistics.of_lines(hagi)
    assert "普及啓発事業" in words
    assert (
        f'<td class="n">{report["programmes"]}</td><td class="n">{report["calls"]}</td></tr></tfoot>' in words
    )


def test_000_08_a_booth_at_the_chambers_festival(hagi, call_of, read, apply, log_in):
    call = call_of(hagi, "programming-booth")
    assert call.booth.host_body.name == "萩商工会議所"
    exhibitors = [row.body.name for row in call.bodies.filter(role="exhibitor")]
    assert exhibitors == ["萩グローバルIT人材育成協議会"]
    words = read("/c/hagi/calls/programming-booth/")
    for expected in ("出展", "催しの主催", "萩商工会議所", "4番ブース", "10:00", "残り4人"):
        assert expected in words

    application = apply(call)
    place = Participation.objects.get(application=application)
    browser = log_in(application.person.account)
    ticket = reverse("member:ticket", args=[place.id])
    slots = list(event_queries.slots(call.booth))
    assert str(slots[1].id) in browser.get(ticket).content.decode()
    browser.post(reverse("member:slot", args=[place.id]), {"slot": str(slots[1].id)})
    assert event_queries.slot_of(place) == slots[1]
    assert "残り3人" in read("/c/hagi/calls/programming-booth/")
    browser.post(reverse("member:slot", args=[place.id]), {"slot": str(slots[2].id)})
    assert [slot.left for slot in event_queries.slots(call.booth)] == [4, 4, 3, 4]


def test_000_08_a_full_slot_is_not_sold_twice(hagi, call_of, apply, desk):
    call = call_of(hagi, "programming-booth")
    slot = call.booth.slots.first()
    places = [Participation.objects.get(application=apply(call)) for _ in range(slot.capacity + 1)]
    by = desk(hagi)
    for place in places[:-1]:
        events.book_slot(by=by, slot=slot, participation=place)
    with pytest.raises(Refused) as refused:
        events.book_slot(by=by, slot=slot, participation=places[-1])
    assert refused.value.code == "slot_full"


def test_000_09_a_symposium_with_speakers_in_their_order(hagi, call_of, read):
    call = call_of(hagi, "symposium")
    assert call.kind == Call.Kind.EVENT
    words = read("/c/hagi/calls/symposium/")
    order = ["城下町でアプリを作る", "データで見る地域のしごと", "塾で学んで変わったこと"]
    places = [words.index(title) for title in order]
    assert places == sorted(places)
    assert "見本 弥生" in words
    assert "14:40" in words


def test_000_09_materials_are_downloaded_after_the_symposium(hagi, call_of, desk, client, read, now):
    occasion = call_of(hagi, "symposium").occasions.get()
    material = events.add_material(
        by=desk(hagi),
        occasion=occasion,
        title="発表の資料",
        incoming=IncomingFile("slides.pdf", len(PDF), io.BytesIO(PDF)),
        max_bytes=1_000_000,
    )
    address = reverse("public:material", args=["hagi", "symposium", material.id])
    assert material.public_from == occasion.ends_at > now
    assert client.get(address).status_code == 404
    assert "発表の資料" not in read("/c/hagi/calls/symposium/")

    material.public_from = now - dt.timedelta(minutes=1)
    material.save()
    assert address in read("/c/hagi/calls/symposium/")
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(address.replace("symposium", "programming-booth")).status_code == 404


def test_000_09_staff_enter_speakers_and_materials_in_the_editor(hagi, call_of, officer, log_in, read, today):
    call = call_of(hagi, "symposium")
    occasion = call.occasions.get()
    account, *_ = officer(hagi, Body.objects.get(council=hagi, type="council"))
    browser = log_in(account)
    edit = "/c/hagi/desk/calls/symposium/edit/"
    row = {
        "occasion": occasion.id,
        "name": "見本 次郎",
        "affiliation": "見本社",
        "talk_title": "塾の次",
        "starts": "15:00",
    }
    sent = {
        "row-TOTAL_FORMS": "1",
        "row-INITIAL_FORMS": "0",
        **{f"row-0-{key}": value for key, value in row.items()},
    }
    assert browser.post(f"{edit}speakers/", sent).status_code == 302
    speaker = occasion.speakers.get()
    assert (speaker.name, speaker.starts_at) == (
        "見本 次郎",
        at_tokyo(occasion.starts_at.date(), dt.time(15)),
    )

    file = io.BytesIO(PDF)
    file.name = "slides.pdf"
    sent = {"occasion": occasion.id, "title": "当日の資料", "file": file, "public_on": today.isoformat()}
    assert browser.post(f"{edit}materials/", sent).status_code == 302
    assert "当日の資料" in read("/c/hagi/calls/symposium/")
    material = event_queries.materials_of(call).get()
    assert browser.post(f"{edit}materials/", {"remove": [str(material.id)]}).status_code == 302
    assert not event_queries.materials_of(call).exists()
    assert not Upload.objects.filter(pk=material.upload_id).exists()


def test_000_18_the_first_year_is_for_high_school_pupils_of_any_course(hagi, call_of, apply, read):
    call = call_of(hagi, "it-passport-winter")
    rule = call.eligibility_rules.get()
    assert (rule.kind, rule.values) == (EligibilityRule.Kind.SCHOOL_STAGE, ["high"])
    answers = {"values": {"pc": "yes", "line_cost": True}, "guardian": MOTHER}
    card = {"pupil_card": [IncomingFile("card.pdf", len(PDF), io.BytesIO(PDF))]}
    taken = apply(call, profile=PUPIL, uploads=card, **answers)
    assert taken.state == Application.State.SUBMITTED
    with pytest.raises(Refused) as refused:
        apply(call, values=answers["values"], uploads=card)
    assert refused.value.code == "ineligible"
    assert "高校" in str(refused.value.message)
    assert "高校" in read("/c/hagi/calls/it-passport-winter/")
    # Nothing that is known of a person, or that a rule may ask, is a course of study (文系・理系・学科).
    known = {field.name for field in Person._meta.get_fields()} | set(EligibilityRule.Kind.values)
    assert not {name for name in known if any(word in name for word in ("course", "major", "department"))}


def test_000_18_a_later_cohort_may_widen(hagi, call_of, desk, apply):
    by = desk(hagi)
    later = calling.clone(by=by, call=call_of(hagi, "it-passport-winter"), code="it-passport-all", years=0)
    calls.set_rules(by=by, call=later, rules=[])
    later = calls.change_call(
        by=by, call=later, form_version=None, seed_source="公開の数", title="ITパスポート講座 どなたでも"
    )
    later = calling.open_call(by=by, call=later)
    assert apply(later).state == Application.State.SUBMITTED
    assert call_of(hagi, "it-passport-winter").eligibility_rules.count() == 1


@pytest.fixture
def secretariat_moves(hagi, officer, member, now):
    """Today's secretariat (企業誘致推進課) hands over to another office on a day: who was, who will be, and the day."""
    old = Body.objects.get(council=hagi, branch="商工政策部企業誘致推進課")
    before, by, role = officer(hagi, old)
    _chief, chief_actor, _ = officer(
        hagi, Body.objects.get(council=hagi, type="council"), Role.Kind.ADMINISTRATOR
    )
    new = people_actions.add_body(
        by=chief_actor, council=hagi, type="municipality", name="萩市", branch="総務部デジタル推進課"
    )
    after, _ = member()

    def move(on):
        handing_over.move_secretariat(by=chief_actor, old=old, new=new, on=on, accounts=[after])
        return before, after, by, role

    return move


def test_000_23_moving_the_secretariat_moves_the_permissions(
    secretariat_moves, hagi, log_in, call_of, apply, today
):
    application = apply(call_of(hagi, "symposium"), option="会場")
    page = reverse("staff:application", args=["hagi", application.id])
    before, after, *_ = secretariat_moves(today)
    assert log_in(before).get("/c/hagi/desk/").status_code == 404
    assert log_in(before).get(page).status_code == 404
    assert log_in(after).get("/c/hagi/desk/").status_code == 200
    assert log_in(after).get(page).status_code == 200


def test_000_23_until_the_day_nothing_changes(secretariat_moves, hagi, log_in, call_of, apply, today):
    application = apply(call_of(hagi, "symposium"), option="会場")
    page = reverse("staff:application", args=["hagi", application.id])
    before, after, *_ = secretariat_moves(today + dt.timedelta(days=30))
    assert log_in(before).get(page).status_code == 200
    assert log_in(after).get("/c/hagi/desk/").status_code == 404
    assert people.roles_of(after, hagi, today) == []
    assert people.roles_of(before, hagi, today + dt.timedelta(days=29)) != []
    assert people.roles_of(before, hagi, today + dt.timedelta(days=30)) == []
    letter = Letter.objects.get(kind="role_granted", to_address=after.email)
    assert letter.due_at == at_tokyo(today + dt.timedelta(days=30))


def test_000_23_moving_keeps_the_trail(secretariat_moves, hagi, today, call_of):
    call = call_of(hagi, "symposium")
    before, _after, by, role = secretariat_moves(today)
    calls.change_call(by=by.now(by.at - dt.timedelta(days=1)), call=call, summary="前の事務局が直しました。")
    role.refresh_from_db()
    assert role.account == before
    assert role.ends_on == today - dt.timedelta(days=1)
    done = Entry.objects.get(verb="call.changed", subject_id=call.id, field_names=["summary"])
    assert (done.actor_body_id, done.actor_role) == (role.body_id, "secretariat")
    verbs = set(Entry.objects.filter(council_id=hagi.id).values_list("verb", flat=True))
    assert {"role.granted", "role.ended", "call.handed_over", "secretariat.moved"} <= verbs


def test_000_23_an_administrator_moves_it_on_a_page(hagi, officer, member, log_in, today):
    old = Body.objects.get(council=hagi, branch="商工政策部企業誘致推進課")
    officer(hagi, old)
    chief, *_ = officer(hagi, Body.objects.get(council=hagi, type="council"), Role.Kind.ADMINISTRATOR)
    new = Body.objects.get(council=hagi, name="萩市", branch="")
    after, _ = member()
    sent = {"old": old.id, "new": new.id, "on": today.isoformat(), "emails": after.email}
    browser = log_in(chief)
    wrong = browser.post("/c/hagi/desk/roles/move/", {**sent, "emails": "nobody@example.jp"})
    assert "先に本人に登録してもらってください" in wrong.content.decode()
    assert browser.post("/c/hagi/desk/roles/move/", sent).status_code == 302
    assert [role.body for role in people.roles_of(after, hagi, today)] == [new]


def test_000_30_switching_the_mode_keeps_places_and_tells_everyone(hagi, call_of, apply, desk, read):
    call = call_of(hagi, "symposium")
    assert {str(mode.label) for mode in Call.Mode} == {"現地開催のみ", "オンライン", "ハイブリッド"}
    holders = [apply(call, option="会場") for _ in range(3)]
    seats = call_queries.seats_left(call)
    calling.switch_mode(by=desk(hagi), call=call, mode="online", webinar_url="https://example.jp/live")
    told = Letter.objects.filter(kind="mode_changed")
    assert {letter.person_id for letter in told} == {application.person_id for application in holders}
    for application in holders:
        application.refresh_from_db()
        assert application.state == Application.State.ACCEPTED
        assert Participation.objects.get(application=application).state == "active"
    assert call_queries.seats_left(call) == seats
    assert "オンライン" in read("/c/hagi/calls/symposium/")


def test_000_30_applicants_of_a_lottery_are_told_too(hagi, call_of, apply, desk):
    call = call_of(hagi, "it-passport-winter")
    card = {"pupil_card": [IncomingFile("card.pdf", len(PDF), io.BytesIO(PDF))]}
    values = {"pc": "yes", "line_cost": True}
    waiting = apply(call, profile=PUPIL, guardian=MOTHER, values=values, uploads=card)
    calling.switch_mode(by=desk(hagi), call=call, mode="online", webinar_url="https://example.jp/live")
    letter = Letter.objects.get(kind="mode_changed")
    assert letter.person_id == waiting.person_id
    assert "https://example.jp/live" in letter.body
    waiting.refresh_from_db()
    assert waiting.state == Application.State.SUBMITTED
