"""Keys that stand at addresses, through the page: read where the operator lets it, believed where they are the issuer's."""

import json
from typing import Any

import pytest

from sonjuku.protocols.openbadges import keys
from sonjuku.protocols.openbadges.tests import hostile
from sonjuku.rooms.credentials.tests.conftest import *  # noqa: F403
from sonjuku.toolbox import fetching
from sonjuku.web.tests.hostile_page import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A stranger at the hour of the cases, on a site that may fetch."""
    settings.FETCH = "https"
    found = Visitor(client)
    monkeypatch.setattr("django.utils.timezone.now", lambda: hostile.AT)
    monkeypatch.setattr(fetching.Errand, "get", lambda errand, url: found.get(errand, url))
    return found


def test_a_key_named_like_one_of_ours_is_not_ours(visitor, award):
    """Another site may call its own key what it likes."""
    name = award.issuer_key.did.removeprefix("did:key:")
    own = keys.new_key()
    method = hostile.multikey(own) | {"id": f"{hostile.DID}#{name}"}
    document = hostile.web(method, assertionMethod=[method["id"]])[hostile.DID]
    badge = hostile.by_web(key=own, method=method["id"])
    visitor.bring({"https://council.example/.well-known/did.json": document}, text=json.dumps(badge))
    assert {one.name: one.code for one in visitor.report.findings}["proof"] == ""
    assert visitor.report.council is None
    assert visitor.report.result == "unknown"
