"""What verifiers elsewhere fetch: DID documents and status lists."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sonjuku.protocols.openbadges import controllers, dids, proofs, status
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.people import actions as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def award(council: Any, secretariat: Any, make_person: Any) -> Any:
    badge = actions.define_achievement(
        by=secretariat, council=council, title="証", description="証", criteria="証"
    )
    key = actions.ensure_key(by=secretariat, council=council)
    actions.set_naming(by=secretariat, key=key, naming="web")
    [made] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(make_person(council).pk)])
    return made


def test_a_stranger_verifies_a_badge_with_what_is_served_alone(
    client: Client, award: Any, secretariat: Any, at: Any, settings: Any
) -> None:
    credential, issuer = award.credential, award.credential["issuer"]["id"]
    # did:web says where: https, whatever this test site speaks.
    path = controllers.did_web_address(issuer).split("/", 3)[3]
    served = client.get(f"/{path}")
    assert served["Content-Type"] == dids.MEDIA_TYPE
    assert served["Access-Control-Allow-Origin"] == "*"
    known = {issuer: served.json()}
    assert [c.name for c in proofs.verify(credential, at, dids=known).checks if not c.ok] == ["status"]

    address = credential["credentialStatus"]["statusListCredential"]
    here = address.removeprefix(settings.SITE_URL)
    assert status.status_of(credential, {address: json.loads(client.get(here).content)}, at, known) == ""
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="x")
    assert (
        status.status_of(credential, {address: json.loads(client.get(here).content)}, at, known) == "revoked"
    )


def test_lists_are_cached_and_asked_for_again_by_their_tag(
    client: Client, award: Any, secretariat: Any, at: Any
) -> None:
    path = reverse("public:status_list", args=["hagi", award.status_list_id, "suspension"])
    first = client.get(path)
    assert first["Content-Type"] == "application/vc"
    assert "public" in first["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    later = secretariat.now(at.replace(hour=5))
    actions.change_status(by=later, award=award, kind="suspend", reason="x")
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert json.loads(changed.content)["validFrom"] == "2026-11-20T05:00:00Z"


def test_there_is_no_document_where_there_is_no_key(
    client: Client, award: Any, other_council: Any, council: Any, secretariat: Any
) -> None:
    body = people.add_body(by=secretariat, council=council, type="npo", name="NPO")
    assert client.get(f"/c/{other_council.slug}/did.json").status_code == 404
    assert client.get(f"/c/hagi/bodies/{body.id}/did.json").status_code == 404
    actions.ensure_key(by=secretariat, council=council, body=body)
    assert client.get(f"/c/hagi/bodies/{body.id}/did.json").json()["id"].endswith(f":c:hagi:bodies:{body.id}")
    for slug, purpose in (("hagi", "message"), (other_council.slug, "revocation"), ("hagi", "used")):
        path = reverse("public:status_list", args=[slug, award.status_list_id, purpose])
        assert client.get(path).status_code == 404
