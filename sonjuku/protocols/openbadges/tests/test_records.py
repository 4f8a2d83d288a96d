"""A record that is sealed here: it holds, opens, and says nothing that its members don't."""

import copy
import json
from datetime import timedelta
from uuid import UUID

import pytest
from openbadgeslib.ob3.clr import bundled_clr_contexts
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from sonjuku.protocols.openbadges import build, canonical, endorsing, keys, proofs, records
from sonjuku.protocols.openbadges.tests.test_foreign import public_pem, reasons

COUNCIL = keys.new_key()
ISSUER = build.Issuer(COUNCIL.did, "北海道", "https://sonjuku.example/c/hokkaido/")
RECORD = UUID(int=77)


@pytest.fixture
def members(badge, key, at):
    """Two badges of another issuer, the second with two proofs, and an endorsement of the council."""
    one, two = (proofs.sign({**badge, "id": UUID(int=number).urn}, key, at) for number in (1, 2))
    laid = endorsing.endorsement_credential(
        id=UUID(int=3), issuer=ISSUER, target=UUID(int=1).urn, target_digest=endorsing.digest(b"{}"),
        comment="認めます。", valid_from=at,
    )  # fmt: skip
    return [one, proofs.sign(two, key, at + timedelta(hours=1)), proofs.sign(laid, COUNCIL, at)]


@pytest.fixture
def unsigned(members, at):
    return records.build(
        id=RECORD, issuer=ISSUER, subject=build.HashedEmail("yamada@example.jp", "塩"), members=members,
        valid_from=at, name="学びの記録",
    )  # fmt: skip


def test_a_record_and_each_member_hold_by_themselves(unsigned, members, at):
    sealed = json.loads(json.dumps(records.sign(unsigned, COUNCIL, at)))
    assert reasons(records.verify(sealed, at)) == {}
    assert records.members_of(sealed) == members
    kinds = (*proofs.BADGES, endorsing.ENDORSEMENT)
    assert all(proofs.verify(one, at, types=kinds).ok for one in records.members_of(sealed))
    assert build.belongs_to(sealed, "Yamada@example.jp")
    verify_data_integrity_proof(sealed, public_pem(COUNCIL.private), extra_contexts=bundled_clr_contexts())


def test_a_holder_without_an_address_is_a_random_number(members, at):
    document = records.build(
        id=RECORD, issuer=ISSUER, subject=UUID(int=5), members=members[:1], valid_from=at, name="記録"
    )
    assert document["credentialSubject"]["id"] == UUID(int=5).urn
    assert reasons(records.verify(records.sign(document, COUNCIL, at), at)) == {}


def test_of_own_members_the_form_is_not_checked_twice_and_the_seal_is_the_same(
    unsigned, members, at, monkeypatch
):
    whole = records.sign(unsigned, COUNCIL, at)
    checked = []
    real = canonical.check_form
    monkeypatch.setattr(canonical, "check_form", lambda *given: checked.append(given[0]) or real(*given))
    assert records.sign(unsigned, COUNCIL, at, own=True) == whole
    assert not any(member in checked for member in members)
    assert records.verify(whole, at).ok
    assert all(member in checked for member in members)


@pytest.mark.parametrize("change", ["drop", "alter", "swap"])
def test_the_councils_proof_covers_every_member(unsigned, at, change):
    sealed = copy.deepcopy(records.sign(unsigned, COUNCIL, at))
    inside = sealed["credentialSubject"]["verifiableCredential"]
    if change == "drop":
        inside.pop()
    elif change == "alter":
        inside[0]["name"] = "名人"
    else:
        inside[0]["id"], inside[1]["id"] = inside[1]["id"], inside[0]["id"]
    assert reasons(records.verify(sealed, at))["proof"] == "wrong_signature"


def test_what_no_reader_would_open_is_not_built(members, at):
    def build_of(inside):
        return records.build(
            id=RECORD, issuer=ISSUER, subject=UUID(int=5), members=inside, valid_from=at, name="記録"
        )

    with pytest.raises(records.RecordRefused, match="too_many_members"):
        build_of(members[:1] * (records.MOST_MEMBERS + 1))
    with pytest.raises(records.RecordRefused, match="broken_member"):
        build_of([{**members[0], "id": RECORD.urn}])


def test_a_member_with_a_word_that_no_signature_covers_is_not_sealed(unsigned, at):
    unsigned["credentialSubject"]["verifiableCredential"][0]["nobodyKnows"] = "this"
    with pytest.raises(proofs.Unsignable, match="unsigned_terms"):
        records.sign(unsigned, COUNCIL, at)


def test_an_identity_with_a_word_that_no_signature_covers_is_refused(unsigned, at):
    sealed = copy.deepcopy(records.sign(unsigned, COUNCIL, at))
    sealed["credentialSubject"]["identifier"][0]["nobodyKnows"] = "this"
    assert reasons(records.verify(sealed, at))["form"] == "unsigned_terms"
    sealed = copy.deepcopy(records.sign(unsigned, COUNCIL, at))
    sealed["credentialSubject"]["identifier"][0]["identityHash"] = build.email_hash("other@example.jp", "塩")
    assert reasons(records.verify(sealed, at))["proof"] == "wrong_signature"
    sealed["credentialSubject"]["type"] = ["Somebody"]
    assert reasons(records.verify(sealed, at))["form"] == "unsigned_terms"
