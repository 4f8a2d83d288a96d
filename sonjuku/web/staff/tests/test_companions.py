"""Who comes along, at the desk: entered from paper, shown, exported, counted at the door, imported, sent by a machine."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sonjuku.flows.tests.exporting.reading import keys, made, table
from sonjuku.rooms.calls.actions import Fellow
from sonjuku.rooms.calls.actions import companions as room
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.participation import queries as places
from sonjuku.rooms.participation.actions import start
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people.models import Consent
from sonjuku.web.member.tests.test_companions import AGREED, HANAKO, JIRO
from sonjuku.web.staff.tests.test_papers import at, fax

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def family(running: Any) -> Call:
    return running(max_persons=4)


@pytest.fixture
def together(apply_to: Any, family: Call) -> Application:
    fellows = [
        Fellow("見本", name, "ミホン", kana) for name, kana in (("花子", "ハナコ"), ("次郎", "ジロウ"))
    ]
    application = apply_to(family, persons=3)
    room.add_fellows([(application, fellows)])
    return application


def test_paper_names_who_comes_along(desk: Client, family: Call) -> None:
    refused = desk.post(at("entry", family), fax(family, **HANAKO))
    assert 'href="#id_companions_agreed"' in text(refused)
    assert not Application.objects.exists()
    desk.post(at("entry", family), fax(family, **HANAKO, **JIRO, **AGREED))
    application = Application.objects.get(call=family)
    assert (application.persons, application.companions.count()) == (3, 2)
    consent = Consent.objects.get(about_id=application.id, purpose="companions")
    assert (consent.channel, consent.holds) == ("paper", True)
    page = text(desk.get(reverse("staff:application", args=["hagi", application.id])))
    assert "見本 花子" in page
    assert "ミホン ジロウ" in page


def test_the_list_of_applicants_has_a_column_for_each(
    desk: Client, family: Call, together: Application, apply_to: Any, secretariat: Any, running: Any
) -> None:
    apply_to(family)
    chosen = ["persons", "companion_1_full_name", "companion_2_full_name_kana", "companion_3_full_name"]
    head, *rows = table(made(secretariat, family, chosen))
    assert head == ["人数", "同行者1 氏名", "同行者2 フリガナ", "同行者3 氏名"]
    assert sorted(rows) == [["1", "", "", ""], ["3", "見本 花子", "ミホン ジロウ", ""]]
    assert not any("companion" in key for key in keys(secretariat, running()))


def test_the_door_expects_everybody(
    desk: Client, family: Call, together: Application, apply_to: Any, acting: Any
) -> None:
    alone = apply_to(family)
    Application.objects.update(state="accepted")
    now = timezone.now()
    occasion = Occasion.objects.create(
        council=family.council, call=family, starts_at=now, ends_at=now + dt.timedelta(hours=1)
    )
    for application in (together, alone):
        start(by=acting, application=Application.objects.get(pk=application.pk))
    page = text(desk.get(reverse("staff:checkin_occasion", args=["hagi", occasion.id])))
    assert "0 / 4" in page
    assert page.count("ほか 2 人") == 1
    place = Participation.objects.get(application=together)
    ticket = reverse("staff:checkin_token", args=["hagi", places.token(place)])
    assert "見本 花子" in text(desk.get(ticket))
    desk.post(ticket, {"occasion": str(occasion.id), "how": "qr"})
    assert "3 / 4" in text(desk.get(reverse("staff:checkin_occasion", args=["hagi", occasion.id])))


def test_the_editor_says_how_many_and_the_opening_why_not(desk: Client, running: Any) -> None:
    call = running(state="draft", selection="ranked")
    address = reverse("staff:call_edit", args=["hagi", call.code, "selection"])
    page = desk.get(address)
    assert 'name="max_persons"' in text(page)
    sent = {"selection": "ranked", "seed_kind": "number", "seed_source": "数", "check_days": "3",
            "min_reviewers": "2", "max_persons": "3"}  # fmt: skip
    assert desk.post(address, sent).status_code == 302
    call.refresh_from_db()
    assert call.max_persons == 3
    assert "何人かで一組の申込みを受けられるのは" in text(
        desk.get(reverse("staff:call", args=["hagi", call.code]))
    )
    too_many = desk.post(address, {**sent, "max_persons": "11"})
    assert too_many.status_code != 302
