"""A machine of Hagi's host body, and a call with one application that has an ordinary and a sensitive answer."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response
from sonjuku.rooms.people.actions import issue_token
from sonjuku.rooms.people.models import ApiToken


@pytest.fixture(autouse=True)
def _fresh_counts(settings: Any) -> None:
    cache.clear()
    settings.API_RATE = 10_000


@pytest.fixture
def machine(council: Any, secretariat: Any) -> Callable[..., Any]:
    """Calls the API with a token of `body` (default: the host): `machine("applications:read")("get", "applications")`."""

    def make(*scopes: str, body: Any = None) -> Any:
        now = timezone.now()
        token, secret = issue_token(
            by=replace(secretariat.now(now), council_id=None), body=body or council.host, title="試験",
            scopes=scopes or ApiToken.Scope.values, expires_on=timezone.localdate() + dt.timedelta(days=30),
        )  # fmt: skip

        def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
            more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
            return getattr(Client(), method)(
                f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}", **headers}, **more
            )

        call.token, call.secret = token, secret  # type: ignore[attr-defined]
        return call

    return make


@pytest.fixture
def form(council: Any) -> FormVersion:
    version = FormVersion.objects.create(form=Form.objects.create(council=council, title="様式"))
    Question.objects.create(version=version, key="why", ordinal=1, kind="text", title="理由", required=True)
    Question.objects.create(version=version, key="many", ordinal=2, kind="number", title="回数")
    Question.objects.create(
        version=version, key="care", ordinal=3, kind="text", title="配慮", is_sensitive=True
    )
    return version


@pytest.fixture
def running(council: Any, make_call: Any, form: FormVersion) -> Callable[..., Call]:
    def make(**fields: Any) -> Call:
        now = timezone.now()
        base: dict[str, Any] = {
            "state": Call.State.OPEN, "opens_at": now - dt.timedelta(days=5), "closes_at": now + dt.timedelta(days=3),
            "form_version": form, "webinar_url": "https://room.example.jp/secret",
        }  # fmt: skip
        return make_call(fields.pop("council", council), **{**base, **fields})

    return make


@pytest.fixture
def applied(make_person: Any, form: FormVersion) -> Callable[..., Application]:
    def make(call: Call, **fields: Any) -> Application:
        person = make_person(call.council, family_name="秘密山")
        base = {"state": "submitted", "submitted_at": timezone.now()}
        row = Application.objects.create(council=call.council, call=call, person=person, **{**base, **fields})
        response = Response.objects.create(
            council=call.council, version=form, person=person, about_id=row.id, submitted_at=timezone.now()
        )
        for key, value in (("why", "学びたい"), ("care", "ひみつの配慮")):
            question = form.questions.get(key=key)
            Answer.objects.create(response=response, question=question, value=value)
        row.response = response
        row.save()
        return row

    return make
