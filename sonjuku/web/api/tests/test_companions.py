"""A machine names who comes along."""

import pytest

from sonjuku.rooms.calls.models import Application
from sonjuku.web.api.tests.test_api import KEY, is_problem, paper

pytestmark = pytest.mark.django_db

COMPANION = {
    "family_name": "見本", "given_name": "花子", "family_name_kana": "みほん", "given_name_kana": "はなこ",
    "date_of_birth": "2016-04-01",
}  # fmt: skip


def test_a_paper_of_a_family(council, running, machine):
    call = running(max_persons=3)
    send = machine("applications:write", "applications:read")
    second = {**COMPANION, "given_name": "次郎", "date_of_birth": None}
    response = send("post", "applications", paper(call, companions=[COMPANION, second]), **KEY)
    assert response.status_code == 201, response.json()
    row = Application.objects.get()
    assert [(c.full_name_kana, str(c.date_of_birth)) for c in row.companions.all()] == [
        ("ミホン ハナコ", "2016-04-01"),
        ("ミホン ハナコ", "None"),
    ]
    assert row.persons == 3
    again = {"Idempotency-Key": "scan-0002"}
    crowd = send("post", "applications", paper(call, companions=[COMPANION] * 3), **again)
    assert is_problem(crowd, 409, "too_many_persons")
    nameless = {**COMPANION, "given_name_kana": ""}
    wrong = send("post", "applications", paper(call, companions=[COMPANION, nameless]), **again)
    assert is_problem(wrong, 422, "wrong_input")
    assert "companions.1.given_name_kana" in wrong.json()["fields"]
