"""Every desk page opens for whoever it is for, in both languages, and for nobody else."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sonjuku.rooms.calls.models import Application, Call, CallBody
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Body
from tests import drawing

SECTIONS = [
    "basics",
    "dates",
    "place",
    "occasions",
    "selection",
    "pools",
    "rules",
    "criteria",
    "form",
    "words",
    "duties",
    "badge",
    "bodies",
    "approving",
    "approvals",
]
ACTIONS = [
    "announce",
    "open",
    "close",
    "decide",
    "announce_results",
    "finish",
    "clone",
    "switch_mode",
]


@pytest.fixture
def call(running: Any) -> Call:
    return running()


@pytest.fixture
def application(call: Call, apply_to: Any) -> Application:
    return apply_to(call, needs_guardian=True)


@pytest.fixture
def letter(application: Application, now: dt.datetime) -> Letter:
    return Letter.objects.create(
        council=application.council, person=application.person, kind="receipt", subject="受付", body="本文",
        about_id=application.id, key="k1", due_at=now, to_address="a@example.jp", state=Letter.State.FAILED,
    )  # fmt: skip


def pages(call: Call, application: Application, letter: Letter) -> dict[str, str]:
    slug = call.council.slug
    plain = [
        "home",
        "calls",
        "call_new",
        "applications",
        "letters",
        "letter_new",
        "wordings",
        "council",
        "bodies",
        "roles",
        "journal",
        "school",
        "aggregates",
    ]
    found = {name: reverse(f"staff:{name}", args=[slug]) for name in plain}
    found |= {
        name: reverse(f"staff:{name}", args=[slug, call.code])
        for name in ("call", "applications_of", "entry")
    }
    found["run"] = reverse("staff:run", args=[slug, drawing.run_of(call).code])
    found |= {f"edit {s}": reverse("staff:call_edit", args=[slug, call.code, s]) for s in SECTIONS}
    found |= {f"do {a}": reverse("staff:call_action", args=[slug, call.code, a]) for a in ACTIONS}
    found |= {
        name: reverse(f"staff:{name}", args=[slug, application.id]) for name in ("application", "entry_slip")
    }
    found["letter"] = reverse("staff:letter", args=[slug, letter.id])
    found["print"] = found["letter"] + "?print=1"
    found["wording"] = reverse("staff:wording", args=[slug, "receipt", "en"])
    return found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_opens(
    desk: Client, call: Call, application: Application, letter: Letter, prefix: str
) -> None:
    for name, url in pages(call, application, letter).items():
        response = desk.get(prefix + url)
        assert response.status_code == 200, name
        html = response.content.decode()
        assert " style=" not in html, name
        assert "<h1" in html, name


def test_strangers_get_404_on_every_page(
    other_council: Any, make_staff: Any, log_in: Any, make_account: Any,
    call: Call, application: Application, letter: Letter,
) -> None:  # fmt: skip
    for client in (
        log_in(make_account("nobody@example.jp")),
        log_in(make_staff(other_council, "desk@aomori.example.jp")),
    ):
        for name, url in pages(call, application, letter).items():
            assert client.get(url).status_code == 404, name
    for name, url in pages(call, application, letter).items():
        assert Client().get(url).status_code == 302, name


def test_a_body_without_a_role_on_the_call_sees_none_of_its_people(
    council: Any, make_staff: Any, log_in: Any, call: Call, application: Application, letter: Letter
) -> None:
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商会")
    client = log_in(make_staff(council, "firm@example.jp", "body_staff", body=firm))
    for name in ("call", "applications_of", "entry", "run", "application", "entry_slip", "letter"):
        assert client.get(pages(call, application, letter)[name]).status_code == 404, name
    for name in ("applications", "letters", "calls", "home"):
        response = client.get(pages(call, application, letter)[name])
        assert response.status_code == 200
        assert application.code not in response.content.decode()
    CallBody.objects.create(call=call, body=firm, role=CallBody.Role.SUPPORTER)
    assert client.get(pages(call, application, letter)["application"]).status_code == 404
    CallBody.objects.create(call=call, body=firm, role=CallBody.Role.CO_HOST)
    assert client.get(pages(call, application, letter)["application"]).status_code == 200


def test_the_secretariat_too_needs_a_role_on_the_call(
    council: Any, desk: Client, running: Any, apply_to: Any, now: dt.datetime
) -> None:
    firm = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商会")
    application = apply_to(running(host=firm))
    letter = Letter.objects.create(
        council=council, person=application.person, kind="receipt", subject="よその件名", body="本文",
        about_id=application.id, key="k2", due_at=now, state=Letter.State.HELD,
    )  # fmt: skip
    assert desk.get(reverse("staff:letter", args=["hagi", letter.id])).status_code == 404
    assert "よその件名" not in desk.get(reverse("staff:letters", args=["hagi"])).content.decode()


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("home", 34),
        ("calls", 12),
        ("applications", 14),
        ("applications_of", 14),
        ("letters", 14),
        ("journal", 12),
        ("selection", 22),
        ("run", 28),
    ],
)
def test_more_rows_take_no_more_queries(
    desk: Client, running: Any, apply_to: Any, now: dt.datetime, name: str, most: int
) -> None:
    calls = [running(selection="review") if name == "selection" else running()]
    of_one = {"applications_of": calls[0].code, "selection": calls[0].code}
    if name == "run":
        of_one["run"] = drawing.run_of(calls[0]).code
    url = reverse(f"staff:{name}", args=["hagi", of_one[name]] if name in of_one else ["hagi"])

    def more(number: int) -> None:
        for _each in range(number):
            row = apply_to(calls[0], needs_guardian=True)
            Letter.objects.create(
                council=row.council, person=row.person, kind="receipt", subject="受付", body="本文",
                about_id=row.id, key=str(row.id), due_at=now, state=Letter.State.HELD,
            )  # fmt: skip

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as taken:
            assert desk.get(url).status_code == 200
        return len(taken)

    # Of two who look alike more is read than of one, of three no more.
    more(2 if name == "run" else 1)
    desk.get(url)
    at_one = queries()
    more(2)
    if name not in of_one:
        calls += [running(), running()]
    assert queries() == at_one
    assert at_one <= most
