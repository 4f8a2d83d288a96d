"""Keys of issuers: whose, under which name, retired, struck out, kept elsewhere, sealed anew."""

import json
import sys
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sonjuku.protocols.openbadges import keys, status
from sonjuku.rooms.credentials import actions, queries, rules
from sonjuku.rooms.credentials.models import IssuerKey, StatusList
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people import actions as people
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(council, secretariat):
    return people.add_body(by=secretariat, council=council, type="chamber_of_commerce", name="萩商工会議所")


def looked_at(award, at):
    report = queries.verify(queries.wire_text(award).encode(), at)
    return report.result, {found.name: found.result for found in report.findings}


def award_to(completed, secretariat, **person):
    return actions.award(by=secretariat, participation=completed(**person))[0]


def test_a_body_signs_with_a_key_of_its_own(completed, achievement, body, council, secretariat, at):
    actions.change_achievement(by=secretariat, achievement=achievement, issuer_body=body)
    award = award_to(completed, secretariat)
    assert award.issuer_key.body == body
    assert award.issuer_key.did != actions.ensure_key(by=secretariat, council=council).did
    assert award.credential["issuer"]["name"] == "萩商工会議所"
    assert award.credential["issuer"]["url"].endswith(f"/c/hagi/bodies/{body.id}/")
    assert looked_at(award, at)[0] == "ok"


def test_an_achievement_cannot_be_another_councils_bodys(achievement, other_council, secretariat, council):
    theirs = people.add_body(
        by=replace(secretariat, council_id=other_council.id), council=other_council, type="npo", name="他"
    )
    with pytest.raises(Refused, match="other_council"):
        actions.define_achievement(
            by=secretariat, council=council, title="証", description="証", criteria="証", issuer_body=theirs
        )


def test_after_a_rotation_old_badges_hold_and_new_ones_are_signed_by_the_new_key(
    award, completed, council, secretariat, at
):
    old = award.issuer_key
    new = actions.rotate_key(by=secretariat, key=old)
    assert new.did != old.did
    later = award_to(completed, secretariat)
    assert later.issuer_key == new
    assert [looked_at(each, at)[0] for each in (award, later)] == ["ok", "ok"]
    assert {key.state for key in queries.issuer_keys_visible_to(secretariat)} == {"in_use", "retired"}
    # Pressed again, the retired key gives the one in use and makes none.
    assert actions.rotate_key(by=secretariat, key=old) == new
    assert IssuerKey.objects.count() == 2


def test_a_badge_may_name_the_sites_address_and_holds_after_a_rotation(
    achievement, completed, council, secretariat, at, settings
):
    settings.SITE_URL = "https://badges.example.jp"
    key = actions.ensure_key(by=secretariat, council=council)
    actions.set_naming(by=secretariat, key=key, naming="web")
    award = award_to(completed, secretariat)
    did = "did:web:badges.example.jp:c:hagi"
    assert award.credential["issuer"]["id"] == did
    method = award.credential["proof"][0]["verificationMethod"]
    assert method == f"{did}#{key.did.removeprefix('did:key:')}"
    assert looked_at(award, at)[0] == "ok"
    new = actions.rotate_key(by=secretariat, key=key)
    assert new.naming == "web"
    assert looked_at(award, at)[0] == "ok"
    document = queries.did_document(did)
    assert {each["id"] for each in document["verificationMethod"]} == {
        f"{did}#{one.did.removeprefix('did:key:')}" for one in (key, new)
    }
    actions.strike_key(by=secretariat, key=key, reason="漏えい")
    document = queries.did_document(did)
    assert document["assertionMethod"] == [f"{did}#{new.did.removeprefix('did:key:')}"]
    assert looked_at(award, at)[1]["issuer"] == "bad"


def test_another_site_and_another_council_cannot_be_named(
    achievement, completed, council, other_council, secretariat, at, settings
):
    settings.SITE_URL = "https://badges.example.jp"
    key = actions.ensure_key(by=secretariat, council=council)
    actions.set_naming(by=secretariat, key=key, naming="web")
    award = award_to(completed, secretariat)
    text = queries.wire_text(award)
    theirs = text.replace("example.jp:c:hagi", f"example.jp:c:{other_council.slug}")
    assert {f.name: f.result for f in queries.verify(theirs.encode(), at).findings}["issuer"] == "bad"
    abroad = text.replace("did:web:badges.example.jp", "did:web:elsewhere.example")
    found = {f.name: f.result for f in queries.verify(abroad.encode(), at).findings}
    assert (found["issuer"], found["proof"]) == ("unknown", "unknown")


def test_a_struck_key_signs_nothing_more_and_its_badges_are_called_bad(award, secretariat, council, at):
    key = award.issuer_key
    new = actions.strike_key(by=secretariat, key=key, reason="保管していた部署から漏れた")
    key.refresh_from_db()
    assert (bytes(key.private_key), key.state, key.retired_at) == (b"", "struck", secretariat.at)
    assert new.did != key.did
    assert actions.ensure_key(by=secretariat, council=council) == new
    result, found = looked_at(award, at)
    assert (result, found["key"], found["status"]) == ("bad", "bad", "bad")
    with pytest.raises(Refused, match="no_signer"):
        actions.signer(key)
    # Its last word to other verifiers: whatever place a forger names is revoked, signed by the key itself.
    listed = StatusList.objects.get(issuer_key=key)
    assert listed.revocation["issuer"] == key.did
    assert set(status.decode(listed.revocation["credentialSubject"]["encodedList"])) == {0xFF}
    assert Entry.objects.filter(verb="issuer_key.struck", subject_id=key.id).count() == 1


def test_striking_out_asks_for_a_reason_and_for_the_own_key(award, other_council, secretariat):
    for reason in ("", "  "):
        with pytest.raises(Refused, match="no_reason"):
            actions.strike_key(by=secretariat, key=award.issuer_key, reason=reason)
    for change in (actions.rotate_key, actions.strike_key, actions.set_naming):
        extra = {"strike_key": {"reason": "x"}, "set_naming": {"naming": "web"}}.get(change.__name__, {})
        with pytest.raises(Refused, match="other_council"):
            change(by=replace(secretariat, council_id=other_council.id), key=award.issuer_key, **extra)
    award.issuer_key.refresh_from_db()
    assert award.issuer_key.state == "in_use"


def test_what_the_council_itself_signed_is_signed_anew(award, secretariat, at, completed):
    before = award.credential
    second = award_to(completed, secretariat)
    new = actions.strike_key(by=secretariat, key=award.issuer_key, reason="漏えい")
    assert len(actions.resign_next(by=secretariat, size=1)) == 1
    assert len(actions.resign_next(by=secretariat, size=5)) == 1
    assert actions.resign_next(by=secretariat, size=5) == []
    for each in (award, second):
        each.refresh_from_db()
        assert (each.issuer_key, looked_at(each, at)[0]) == (new, "ok")
    after = award.credential
    assert {k: after[k] for k in ("id", "validFrom", "credentialSubject")} == {
        k: before[k] for k in ("id", "validFrom", "credentialSubject")
    }
    # The file that the holder took before doesn't hold any more.
    assert queries.verify(json.dumps(before).encode(), at).result == "bad"


def test_a_revoked_badge_is_not_signed_anew(award, secretariat):
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="取り違え")
    actions.strike_key(by=secretariat, key=award.issuer_key, reason="漏えい")
    assert actions.resign_next(by=secretariat, size=5) == []


PROGRAM = """
import pathlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
key = Ed25519PrivateKey.from_private_bytes(bytes(32))
sys.stdout.buffer.write(key.sign(sys.stdin.buffer.read()))
"""


@pytest.fixture
def outside(tmp_path, settings):
    """A key that only another program knows; gives its did."""
    program = tmp_path / "signer.py"
    program.write_text(PROGRAM)
    settings.SIGNER = f"{sys.executable} {program}"
    return keys.did_key(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())


def test_a_key_may_live_outside_this_program(outside, achievement, completed, council, secretariat, at):
    row = actions.register_key(by=secretariat, council=council, did=outside)
    assert bytes(row.private_key) == b""
    award = award_to(completed, secretariat)
    assert award.credential["issuer"]["id"] == outside
    assert looked_at(award, at)[0] == "ok"


def test_a_program_that_signs_with_another_key_is_refused(outside, council, secretariat):
    other = keys.new_key().did
    with pytest.raises(Refused, match="not_a_key"):
        actions.register_key(by=secretariat, council=council, did=other)
    assert actions.ensure_key(by=secretariat, council=council).private_key


def test_keys_are_sealed_anew_all_or_none(council, other_council, secretariat, settings):
    old_secret = settings.KEYS_SECRET
    rows = [
        actions.ensure_key(by=replace(secretariat, council_id=each.id), council=each)
        for each in (council, other_council)
    ]
    settings.KEYS_SECRET = "an entirely different secret"
    with pytest.raises(keys.KeyRefused):
        actions.reseal(by=secretariat, old_secret="not the old one either")
    assert actions.reseal(by=secretariat, old_secret=old_secret) == 2
    for row in rows:
        row.refresh_from_db()
        assert actions.signer(row).did == row.did
    assert actions.reseal(by=secretariat, old_secret=old_secret) == 0


def test_no_bodys_page_is_the_issuers_name_by_accident(council, body, secretariat, settings):
    settings.SITE_URL = "https://a.jp:8443"
    key = actions.ensure_key(by=secretariat, council=council, body=body)
    key.naming = "web"
    assert rules.issuer_did(key, settings.SITE_URL) == f"did:web:a.jp%3A8443:c:hagi:bodies:{body.id}"
    document = queries.did_document(f"did:web:a.jp%3A8443:c:hagi:bodies:{body.id}")
    assert [method["publicKeyMultibase"] for method in document["verificationMethod"]] == [key.did[8:]]
    for strange in ("bodies:xyz", f"other:{body.id}", f"bodies:{body.id}:more"):
        assert queries.did_document(f"did:web:a.jp%3A8443:c:hagi:{strange}") is None
    # The council itself has no key yet, another site is none of ours.
    assert queries.did_document("did:web:a.jp%3A8443:c:hagi") is None
    assert queries.did_document(f"did:web:a.jp:c:hagi:bodies:{body.id}") is None
