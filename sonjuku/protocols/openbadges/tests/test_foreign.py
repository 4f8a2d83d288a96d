"""What other software makes is read here, and what is made here holds there: openbadgeslib as the other side."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from openbadgeslib.ob2 import Assertion, IdentityObject, OB2Signer, OB2Verifier, Verification
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier
from openbadgeslib.ob3.clr import build_clr_credential, bundled_clr_contexts, sign_clr_credential
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from sonjuku.protocols.openbadges import (
    baking,
    endorsing,
    image,
    keys,
    ob2,
    proofs,
    reading,
    records,
    status,
    vcjwt,
)
from sonjuku.protocols.openbadges.build import UUID, Issuer

SITE = "https://school.example"
KEYS = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
}
SVG = image.badge_svg("ITの基礎", "萩", "#c74700").encode()
PNG = image.badge_png("ITの基礎", "萩", "#c74700", 64)


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def school(name):
    """What stands at the school's addresses, for Open Badges 2.0."""
    return {
        f"{SITE}/b": {"id": f"{SITE}/b", "type": "BadgeClass", "issuer": f"{SITE}/i", "name": "名"},
        f"{SITE}/i": {"id": f"{SITE}/i", "type": "Profile", "publicKey": f"{SITE}/k"},
        f"{SITE}/k": {
            "id": f"{SITE}/k",
            "type": "CryptographicKey",
            "owner": f"{SITE}/i",
            "publicKeyPem": public_pem(KEYS[name]).decode(),
        },
    }


def assertion(kind="SignedBadge", **fields):
    return Assertion(
        recipient=IdentityObject.create("a@example.jp", salt="塩"),
        badge=f"{SITE}/b",
        verification=Verification(type=kind, creator=f"{SITE}/k" if kind == "SignedBadge" else None),
        issued_on=datetime(2026, 1, 1, tzinfo=UTC),
        **fields,
    )


def reasons(verification):
    return {check.name: check.reason for check in verification.checks if not check.ok}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("bake", ["sign_into_svg", "sign_into_png"])
def test_a_signed_badge_of_2_0_out_of_its_picture_holds(at, name, bake):
    signer = OB2Signer(privkey_pem=pem(KEYS[name]), algorithm=name)
    token = reading.read_any(getattr(signer, bake)(assertion(), SVG if bake.endswith("svg") else PNG))
    verification, found = ob2.verify(token, school(name), at)
    assert reasons(verification) == {}
    assert (verification.issuer, found["badge"]) == (f"{SITE}/i", f"{SITE}/b")


def test_what_is_needed_is_asked_for_step_by_step(at):
    token = OB2Signer(privkey_pem=pem(KEYS["RS256"]), algorithm="RS256").sign(assertion())
    there, have, steps = school("RS256"), {}, []
    while lacking := ob2.needed(token, have):
        assert reasons(ob2.verify(token, have, at)[0])["issuer"] == "not_fetched"
        steps.append(lacking)
        have |= {address: there[address] for address in lacking}
    assert steps == [[f"{SITE}/b", f"{SITE}/k"], [f"{SITE}/i"]]
    assert ob2.verify(token, have, at)[0].ok


def test_a_hosted_badge_holds_where_both_read_it(at):
    hosted = assertion("HostedBadge", id=f"{SITE}/a/1").to_dict()
    there = school("RS256") | {f"{SITE}/a/1": hosted}
    verification, found = ob2.verify(json.loads(json.dumps(hosted)), there, at)
    assert (verification.ok, found) == (True, hosted)
    theirs = OB2Verifier(download=lambda address: json.dumps(there[address]).encode())
    assert theirs.verify_hosted(hosted).id == f"{SITE}/a/1"
    assert ob2.needed(hosted, {}) == [f"{SITE}/b", f"{SITE}/a/1"]


def test_a_baked_token_comes_out_here_and_there(badge, key, at):
    token = vcjwt.sign(badge, vcjwt.SoftwareSigner(key.private, key.verification_method))
    svg, png = baking.bake_svg(SVG, token), baking.bake_png(PNG, token)
    assert reading.read_any(svg) == reading.read_any(png) == token
    assert OB3Verifier.extract_token_from_svg(svg) == OB3Verifier.extract_token_from_png(png) == token


def test_templated_badges_hold_in_the_other_library(badge, key, at):
    """The first two are signed the long way, the others by template."""
    for number in range(5):
        badge["evidence"][0]["name"] = f"第{number}回\t\x01𠮷"
        signed = proofs.sign(badge, key, at)
        found = OB3LdpVerifier.for_issuer_did(key.did).verify(json.dumps(signed))
        assert found.issuer.id == key.did


def test_an_endorsement_and_a_status_list_hold_in_the_other_library(key, at):
    endorsement = endorsing.endorsement_credential(
        id=UUID(int=9),
        issuer=Issuer(key.did, "北海道", "https://pref.example/"),
        target="urn:uuid:1",
        target_digest=endorsing.digest(b"{}"),
        comment="この修了を認めます。\n道が確かめました。",
        valid_from=at,
        valid_until=at + timedelta(days=1),
    )
    listed = status.list_credential("https://pref.example/s/1", key.did, [5], valid_from=at)
    method = public_pem(key.private)
    for document in (endorsement, listed):
        signed = proofs.sign(document, key, at)
        verify_data_integrity_proof(signed, method)


def test_the_digest_is_subresource_integritys():
    # SHA-384 of "abc" (FIPS 180-4's example), base64.
    expected = "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"
    assert endorsing.digest(b"abc") == expected


@pytest.fixture
def members(badge, key, at):
    return [proofs.sign({**badge, "id": UUID(int=number).urn}, key, at) for number in range(3)]


def test_a_record_that_the_other_library_sealed_holds_and_opens(members, at):
    key = keys.new_key()
    document = build_clr_credential(
        {"id": key.did, "type": ["Profile"], "name": "学校"},
        [],
        members,
        credential_id="urn:uuid:00000000-0000-0000-0000-0000000000c1",
        valid_from=at,
    )
    del document["credentialSubject"]["identifier"]
    sealed = sign_clr_credential(document, pem(key.private), key.verification_method)
    verification = records.verify(sealed, at)
    assert reasons(verification) == {}
    assert verification.issuer == key.did
    assert records.members_of(sealed) == members
    assert all(proofs.verify(one, at).ok for one in records.members_of(sealed))
    verify_data_integrity_proof(sealed, public_pem(key.private), extra_contexts=bundled_clr_contexts())


def test_a_token_in_a_record_comes_out_as_a_token():
    document = {
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": {
            "verifiableCredential": {
                "type": "EnvelopedVerifiableCredential",
                "id": "data:application/vc+jwt,a.b.c",
            }
        },
    }
    assert records.members_of(document) == ["a.b.c"]
    with pytest.raises(records.RecordRefused, match="not_a_record"):
        records.members_of({"type": ["VerifiableCredential"]})
