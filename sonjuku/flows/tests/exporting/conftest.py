"""A call that asks a question of each kind, and those who answered them."""

import datetime as dt
from typing import Any

import pytest

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload


@pytest.fixture
def call(council: Any, make_call: Any, at: dt.datetime) -> Any:
    version = FormVersion.objects.create(
        form=Form.objects.create(council=council, title="様式"), frozen_at=at
    )
    for ordinal, (key, kind, title, sensitive) in enumerate(
        [
            ("why", "text", "理由", False),
            ("count", "number", "人数", False),
            ("since", "date", "いつから", False),
            ("card", "file", "学生証", False),
            ("health", "long_text", "体調", True),
            ("head", "heading", "見出し", False),
        ]
    ):
        Question.objects.create(
            version=version,
            key=key,
            ordinal=ordinal,
            kind=kind,
            title=title,
            title_en=f"{key}?",
            is_sensitive=sensitive,
        )
    return make_call(council, state="closed", form_version=version)


@pytest.fixture
def applied(call: Any, make_person: Any, at: dt.datetime) -> Any:
    """An application with an answer to each question."""

    def make(answers: dict[str, Any] | None = None, person: Any = None, **fields: Any) -> Application:
        who = make_person(call.council, **(person or {}))
        base = {"state": "submitted", "submitted_at": at - dt.timedelta(days=1), "out_of_area": False}
        row = Application.objects.create(council=call.council, call=call, person=who, **{**base, **fields})
        response = Response.objects.create(
            council=call.council, version=call.form_version, person=who, about_id=row.id, submitted_at=at
        )
        values = {
            "why": "学びたい",
            "count": 2,
            "since": "2026-04-01",
            "health": "持病の話",
            **(answers or {}),
        }
        for key, value in values.items():
            question = call.form_version.questions.get(key=key)
            Answer.objects.create(response=response, question=question, value=value)
        upload = Upload.objects.create(
            council=call.council, person=who, response=response, question=call.form_version.questions.get(key="card"),
            name="学生証.png", mime="image/png", size=1, sha256="0" * 64, file="x",
        )  # fmt: skip
        Answer.objects.create(response=response, question=upload.question, value=[str(upload.id)])
        return row

    return make
