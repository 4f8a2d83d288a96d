"""The interface as machines meet it: what anyone may read, what a token opens, and what it never shows."""

import datetime as dt
from typing import Any, get_args

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, Call, CallBody
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.actions import revoke_token
from sonjuku.rooms.people.models import ApiToken, Body
from sonjuku.web.api import shapes

pytestmark = pytest.mark.django_db


def get(path: str, **headers: str) -> Any:
    return Client().get(f"/api/v1/{path}", headers=headers)


def is_problem(response: Any, status: int, code: str) -> bool:
    body = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert set(body) == {"code", "message", "next_step", "fields"}
    assert body["message"]
    return True


# Public


def test_public_calls_without_a_token(council, running):
    call = running(capacity=7)
    running(state=Call.State.DRAFT)
    body = get("councils/hagi/calls").json()
    assert body["next"] is None
    (told,) = body["items"]
    assert told["code"] == call.code
    assert (told["capacity"], told["seats_left"], told["fee_jpy"]) == (7, 7, 0)
    assert told["url"].endswith(f"/c/hagi/calls/{call.code}/")
    assert "/en/" not in told["url"]
    one = get(f"councils/hagi/calls/{call.code}")
    assert one.json() == told
    assert "room.example.jp" not in one.content.decode()


def test_filters_and_pages(council, running):
    first = running(kind="event")
    second = running(state="announced")
    third = running(kind="event")
    codes = lambda query: [c["code"] for c in get(f"councils/hagi/calls?{query}").json()["items"]]  # noqa: E731
    assert codes("kind=event") == [first.code, third.code]
    assert codes("state=announced") == [second.code]
    assert codes("audience=nobody") == []
    page = get("councils/hagi/calls?limit=2").json()
    assert [c["code"] for c in page["items"]] == [first.code, second.code]
    rest = get(f"councils/hagi/calls?limit=2&cursor={page['next']}").json()
    assert [c["code"] for c in rest["items"]] == [third.code]
    assert rest["next"] is None


def test_a_draft_and_an_unknown_council(council, running):
    draft = running(state=Call.State.DRAFT)
    assert is_problem(get(f"councils/hagi/calls/{draft.code}"), 404, "not_found")
    assert is_problem(get("councils/nowhere/calls"), 404, "not_found")
    assert is_problem(get("nothing/at/all"), 404, "not_found")
    assert is_problem(get("councils/hagi/calls?state=draft"), 422, "wrong_input")
    assert is_problem(Client().delete("/api/v1/councils"), 405, "method_not_allowed")


def test_programmes_and_events(council, running):
    running(kind="event", title="もくもく会")
    assert get("councils/hagi/programmes").json()["items"][0]["slug"] == "juku"
    (event,) = get("councils/hagi/events").json()["items"]
    assert event["eventName"] == "もくもく会"
    assert event["feeStatus"] == "無料"


def test_what_has_not_changed_is_not_sent_again(council, running):
    call = running()
    first = get(f"councils/hagi/calls/{call.code}")
    tag = first["ETag"]
    again = get(f"councils/hagi/calls/{call.code}", **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    call.seat_pools.update(taken=1)
    assert get(f"councils/hagi/calls/{call.code}", **{"If-None-Match": tag}).status_code == 200


def test_queries_do_not_grow_with_the_rows(council, running, applied, machine):
    call = machine()
    call("get", "letters")  # its use is noted once a minute
    counts = []
    for number in (1, 3):
        while Application.objects.count() < number:
            applied(running())
        for path in ("councils/hagi/calls", "councils/hagi/events", "councils/hagi/programmes"):
            with CaptureQueriesContext(connection) as queries:
                get(path)
            counts.append((path, len(queries)))
        for path in ("applications", "participations", "letters"):
            with CaptureQueriesContext(connection) as queries:
                assert len(call("get", path).json()["items"]) == (number if path == "applications" else 0)
            counts.append((path, len(queries)))
    assert counts[:6] == counts[6:]
    assert dict(counts)["councils/hagi/calls"] == 3  # council, calls, audiences
    assert max(number for _path, number in counts) <= 10


def test_errors_speak_the_readers_language(council):
    assert get("councils/x", **{"Accept-Language": "en"}).json()["message"] == "Not found."
    japanese = get("councils/x", **{"Accept-Language": "ja"})
    assert japanese.json()["message"] == "見つかりません。"
    assert japanese["Content-Language"] == "ja"


# With a token


def test_what_a_token_reads(running, applied, machine):
    application = applied(running())
    (told,) = machine("applications:read")("get", "applications").json()["items"]
    assert told["code"] == application.code
    assert told["state"] == "submitted"
    assert told["answers"] == [{"key": "why", "title": "理由", "value": "学びたい", "text": "学びたい"}]


def test_neither_names_nor_sensitive_answers_nor_sealed_verdicts(running, applied, machine):
    row = applied(running())
    Application.objects.update(verdict="selected", rank=1, score=5)
    for path in ("applications", f"applications/{row.code}", "participations", "letters"):
        text = machine()("get", path).content.decode()
        for secret in ("ひみつの配慮", "秘密山", "example.jp", "selected"):
            assert secret not in text, path


def test_reading_is_written_down_once_a_day_and_body(running, applied, machine):
    row = applied(running())
    call = machine()
    for _ in range(2):
        call("get", "applications")
        call("get", f"applications/{row.code}")
    entry = Entry.objects.get(verb="api.read")
    assert entry.for_person_id == row.person_id
    assert entry.subject_id == row.id
    assert (entry.actor_role, entry.actor_body_id) == ("machine", call.token.body_id)
    Entry.objects.update(at=timezone.now() - dt.timedelta(days=1))
    call("get", "applications")
    assert Entry.objects.filter(verb="api.read").count() == 2


def test_a_body_without_a_part_in_the_call_sees_nobody(council, other_council, running, applied, machine):
    row = applied(running())
    chamber = Body.objects.create(council=council, type="chamber_of_commerce", name="商工会議所")
    for body in (chamber, other_council.host):
        call = machine(body=body)
        assert call("get", "applications").json()["items"] == []
        assert is_problem(call("get", f"applications/{row.code}"), 404, "not_found")
        assert call("get", "participations").json()["items"] == []
    CallBody.objects.create(call=row.call, body=chamber, role="supporter")
    assert machine(body=chamber)("get", "applications").json()["items"] == []
    CallBody.objects.create(call=row.call, body=chamber, role="operator")
    assert len(machine(body=chamber)("get", "applications").json()["items"]) == 1
    assert Entry.objects.filter(verb="api.read").count() == 1


def test_places_and_letters(council, running, applied, machine, make_person):
    row = applied(running(), state="accepted")
    Participation.objects.create(
        council=council, call=row.call, person=row.person, application=row, started_at=timezone.now()
    )
    Letter.objects.create(
        council=council, person=row.person, kind="receipt", to_address="x@example.jp", subject="受付", body="本文",
        key="1", due_at=timezone.now(), about_id=row.id,
    )  # fmt: skip
    Letter.objects.create(
        council=council, kind="role_granted", to_address="y@example.jp", subject="別", body="", key="2",
        due_at=timezone.now(),
    )  # fmt: skip
    (place,) = machine()("get", f"participations?call={row.call.code}").json()["items"]
    assert (place["application"], place["state"]) == (row.code, "active")
    assert set(place) == set(shapes.Place.model_fields)
    (letter,) = machine()("get", "letters").json()["items"]
    assert (letter["kind"], letter["state"], letter["application"]) == ("receipt", "queued", row.code)
    assert "subject" not in letter


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("applications:read", "get", "applications"),
        ("participations:read", "get", "participations"),
        ("letters:read", "get", "letters"),
        ("calls:write", "post", "calls"),
        ("applications:write", "post", "applications"),
    ],
)
def test_each_scope_opens_its_own_door_only(council, machine, scope, method, path):
    others = [one for one in ApiToken.Scope.values if one != scope]
    body = {} if method == "post" else None
    assert is_problem(machine(*others)(method, path, body), 403, "scope_missing")
    assert machine(scope)(method, path, body).status_code not in (401, 403)


def test_tokens_that_do_not_work(council, running, machine, secretariat):
    call = machine()
    for header in ("", "Bearer", "Bearer sjk_x", f"Basic {call.secret}", f"Bearer {call.secret}x"):
        response = get("applications", **({"Authorization": header} if header else {}))
        assert is_problem(response, 401, "token_invalid")
        assert response["WWW-Authenticate"] == "Bearer"
    ApiToken.objects.update(expires_on=timezone.localdate() - dt.timedelta(days=1))
    assert is_problem(call("get", "applications"), 401, "token_invalid")
    other = machine()
    revoke_token(by=secretariat.now(timezone.now()), token=other.token)
    assert is_problem(other("get", "applications"), 401, "token_invalid")


def test_a_browsers_session_opens_nothing(staff_account):
    browser = Client()
    browser.force_login(staff_account)
    assert browser.get("/api/v1/applications").status_code == 401


def test_too_many_in_a_minute(council, machine, settings):
    settings.API_RATE = 2
    call, other = machine(), machine()
    assert [call("get", "letters").status_code for _ in range(3)] == [200, 200, 429]
    response = call("get", "letters")
    assert is_problem(response, 429, "too_many_requests")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert other("get", "letters").status_code == 200
    # Wrong tokens are counted by address, however many there are.
    codes = [get("letters", Authorization=f"Bearer sjk_{n}").status_code for n in range(3)]
    assert codes == [401, 401, 429]


# Writing

DRAFT = {"programme": "juku", "title": "新しい講座", "kind": "course", "selection": "lottery"}
PERSON = {
    "family_name": "見本", "given_name": "太郎", "family_name_kana": "みほん", "given_name_kana": "タロウ",
    "date_of_birth": "1990-05-05", "lg_code": "352047", "email": "taro@example.jp",
}  # fmt: skip


def paper(call: Call, **fields: Any) -> dict[str, Any]:
    base = {
        "call": call.code, "channel": "fax", "received_at": timezone.now().isoformat(), "consented": True,
        "person": PERSON, "answers": {"why": "学びたい", "many": 3},
    }  # fmt: skip
    return {**base, **fields}


KEY = {"Idempotency-Key": "scan-0001"}


def test_a_draft_of_a_call(council, running, machine):
    running()
    response = machine("calls:write")("post", "calls", DRAFT)
    assert response.status_code == 201
    call = Call.objects.get(code=response.json()["code"])
    assert (call.state, call.title) == ("draft", "新しい講座")
    assert call.bodies.get().body == council.host
    assert Entry.objects.get(verb="call.created").actor_role == "machine"
    assert is_problem(machine()("post", "calls", {**DRAFT, "programme": "other"}), 404, "not_found")
    assert is_problem(machine()("post", "calls", {**DRAFT, "state": "open"}), 422, "wrong_input")
    assert is_problem(machine()("post", "calls", {**DRAFT, "title": "a\x00b"}), 422, "wrong_input")


def test_an_application_from_paper(council, running, machine):
    call = running()
    response = machine("applications:write")("post", "applications", paper(call), **KEY)
    assert response.status_code == 201, response.json()
    row = Application.objects.get()
    assert response.json() == {"code": row.code, "call": call.code, "state": "submitted"}
    assert (row.channel, row.person.family_name_kana) == ("fax", "ミホン")
    assert {a.question.key: a.value for a in row.response.answers.all()} == {"why": "学びたい", "many": 3}


def test_a_doubled_request_returns_the_first_answer(council, running, machine):
    call = running()
    send = machine("applications:write")
    first = send("post", "applications", paper(call), **KEY)
    second = send("post", "applications", paper(call), **KEY)
    assert first.json() == second.json()
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotent-Replayed"] == "true"
    assert Application.objects.count() == 1
    third = send("post", "applications", paper(call), **{"Idempotency-Key": "scan-0002"})
    assert third.json()["code"] != first.json()["code"]
    # A scanner that counts from 1 again brings somebody else's paper.
    stranger = {**PERSON, "given_name": "花子", "date_of_birth": "1991-06-06"}
    used = send("post", "applications", paper(call, person=stranger), **KEY)
    assert is_problem(used, 409, "key_used")
    # Another token's key is another key.
    other = machine("applications:write")("post", "applications", paper(call), **KEY)
    assert other.json()["code"] != first.json()["code"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"answers": {}}, "answers.why"),
        ({"answers": {"why": "x", "many": "three"}}, "answers.many"),
        ({"answers": {"why": "x", "other": "y"}}, "answers.other"),
        ({"person": {**PERSON, "family_name_kana": "漢字"}}, "person.family_name_kana"),
        ({"person": {**PERSON, "email": "nobody"}}, "person.email"),
        ({"guardian": {"name": "母", "relation": ""}}, "guardian.relation"),
        ({"consented": False}, "consented"),
        ({"channel": "web"}, "channel"),
        ({"received_at": "2026-11-20T10:00:00"}, "received_at"),
    ],
)
def test_what_is_wrong_is_named(council, running, machine, change, field):
    response = machine()("post", "applications", paper(running(), **change), **KEY)
    assert is_problem(response, 422, "wrong_input")
    assert field in response.json()["fields"]
    assert not Application.objects.exists()


def test_rules_say_no_as_they_do_to_people(council, running, machine, make_person):
    late = running(closes_at=timezone.now() - dt.timedelta(days=1))
    assert is_problem(machine()("post", "applications", paper(late), **KEY), 409, "closed")
    child = {**PERSON, "date_of_birth": "2015-05-05"}
    assert is_problem(
        machine()("post", "applications", paper(running(), person=child), **KEY), 409, "guardian_needed"
    )
    foreign = {**paper(running()), "call": "nowhere"}
    assert is_problem(machine()("post", "applications", foreign, **KEY), 404, "not_found")
    missing = machine()("post", "applications", paper(running()))
    assert is_problem(missing, 422, "wrong_input")
    assert "Idempotency-Key" in missing.json()["fields"]


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"a":' + "9" * 5000 + "}", "\ud800"])
def test_bodies_that_are_none(council, machine, body):
    call = machine()
    headers = {"Authorization": f"Bearer {call.secret}"}
    data = body.encode(errors="surrogatepass")
    response = Client().post("/api/v1/calls", data, content_type="application/json", headers=headers)
    assert response.status_code in (400, 422)
    assert set(response.json()) == {"code", "message", "next_step", "fields"}


def test_a_body_larger_than_anything(council, machine, settings):
    call = machine()
    huge = b'{"a":"' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    response = Client().post(
        "/api/v1/calls",
        huge,
        content_type="application/json",
        headers={"Authorization": f"Bearer {call.secret}"},
    )
    assert is_problem(response, 400, "unreadable")


@pytest.mark.parametrize(
    ("words", "choices"),
    [
        (shapes.ApplicationState, set(Application.State.values) - {"draft"}),
        (shapes.CallState, set(Call.State.values) - {"draft"}),
        (shapes.CallKind, set(Call.Kind.values)),
        (shapes.Selection, set(Call.Selection.values)),
        (shapes.PlaceState, set(Participation.State.values)),
        (shapes.LetterState, set(Letter.State.values)),
        (shapes.Channel, set(Application.Channel.values) - {"web", "import"}),
    ],
)
def test_the_words_are_those_of_the_models(words, choices):
    assert set(get_args(words)) == choices


def test_the_map_is_what_was_released(client, council):
    answer = client.get(f"/api/v1/councils/{council.slug}/map")
    assert answer.status_code == 200
    assert answer.json()["releases"] == []
    assert answer.json()["cells"] == []
    assert client.get("/api/v1/councils/nowhere/map").status_code == 404
