"""Machine-made requests against every documented operation: no 5xx, no answer that the description does not know.

The same examples each time (derandomize). With a token that may do everything, and without one.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import issue_token
from sonjuku.rooms.people.models import ApiToken
from sonjuku.web.api import description
from sonjuku.web.api.urls import api
from tests import world as worlds

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
EXAMPLES = 15
ONE_CALL = "/api/v1/councils/{slug}/calls/{code}"
# Rows of tests/world.py.
REAL = {"slug": "hagi", "code": "live", "call": "live", "programme": "juku"}
schema = schemathesis.openapi.from_dict(description.schema(api))
schema.app = get_wsgi_application()
bounded = settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def secret(db: Any) -> str:
    world = worlds.build()
    now = timezone.now()
    host = world.council.bodies.get(type="council")
    by = Actor(at=now, role="administrator", council_id=world.council.id)
    _token, characters = issue_token(
        by=replace(by, account_id=world.staff.id), body=host, title="t", scopes=ApiToken.Scope.values,
        expires_on=timezone.localdate() + dt.timedelta(days=1),
    )  # fmt: skip
    return characters


@pytest.fixture(autouse=True)
def _unlimited(settings: Any) -> Iterator[None]:
    """Many requests on the test's own connection, which a request outside of Django's client would close."""
    settings.API_RATE = 10**9
    cache.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("with_token", [True, False])
@schema.parametrize()
@bounded
def test_every_operation(case: Any, secret: str, with_token: bool) -> None:
    """Without a token anything is tried; with one, names that there are, so that much of it succeeds."""
    headers = {}
    if with_token:
        headers = {"Authorization": f"Bearer {secret}"}
        _name_what_there_is(case)
    response = case.call(headers=headers)
    case.validate_response(response, checks=CHECKS)


def _name_what_there_is(case: Any) -> None:
    for values in (case.path_parameters, case.query, case.body):
        if isinstance(values, dict):
            values.update({name: real for name, real in REAL.items() if name in values})
    if isinstance(case.path_parameters, dict) and "slug" not in case.path_parameters:
        case.path_parameters.update(
            {"code": Application.objects.get(state="accepted").code} if case.path_parameters else {}
        )


def test_an_answer_that_is_not_described_is_found(secret: str) -> None:
    """The checks above can fail."""
    poorer = description.schema(api)
    del poorer["paths"][ONE_CALL]["get"]["responses"]["404"]
    other = schemathesis.openapi.from_dict(poorer)
    other.app = get_wsgi_application()
    case = other[ONE_CALL]["GET"].Case(path_parameters={"slug": "hagi", "code": "nowhere"})
    with pytest.raises(FailureGroup, match="Undocumented status code"):
        case.validate_response(case.call(), checks=CHECKS)


def test_the_description_is_openapi_3_1() -> None:
    from jsonschema import Draft202012Validator

    whole = description.schema(api)
    assert whole["openapi"] == "3.1.0"
    for shape in whole["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    operations = [operation for methods in whole["paths"].values() for operation in methods.values()]
    assert len(operations) >= 11
    for operation in operations:
        assert "429" in operation["responses"], operation["operationId"]
        if operation["tags"] == ["団体のデータ"]:
            assert {"401", "403", "404", "409", "422"} <= set(operation["responses"])
            assert operation["x-scope"] in ApiToken.Scope.values


def test_the_description_is_served(client: Any) -> None:
    response = client.get("/api/openapi.json")
    assert response["Content-Type"] == "application/json"
    assert response.json()["paths"].keys() == description.schema(api)["paths"].keys()
