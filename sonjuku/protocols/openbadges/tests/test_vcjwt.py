"""Tokens against another library (openbadgeslib over PyJWT), in both directions, and the keys they name."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from openbadgeslib.ob3 import Achievement, Issuer, OB3Signer, OB3Verifier, OpenBadgeCredential

from sonjuku.protocols.openbadges import controllers, keys, proofs, vcjwt

SITE = "https://school.example"
PRIVATE = {
    "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwk(name):
    return vcjwt._SIGN[name].to_jwk(PRIVATE[name].public_key(), as_dict=True)


@pytest.fixture
def of_site(badge):
    badge["issuer"]["id"] = SITE
    return badge


@pytest.mark.parametrize("name", PRIVATE)
def test_ours_hold_here_and_in_another_library(of_site, at, name):
    token = vcjwt.sign(of_site, vcjwt.SoftwareSigner(PRIVATE[name], "1"))
    verification, document = vcjwt.verify(token, at, jwks={SITE: {"1": jwk(name)}})
    assert verification.ok
    assert document == of_site
    assert OB3Verifier(public_pem(PRIVATE[name])).verify(token).issuer.id == SITE


@pytest.mark.parametrize("name", PRIVATE)
def test_theirs_hold_here_with_the_key_in_their_header(name):
    now = datetime.now(UTC)
    credential = OpenBadgeCredential(
        issuer=Issuer(id=SITE, name="学校"),
        recipient_id="mailto:a@example.jp",
        achievement=Achievement(id=f"{SITE}/1", name="名", description="説明", criteria_narrative="条件"),
    )
    token = OB3Signer(privkey_pem=pem(PRIVATE[name]), algorithm=name).sign(credential)
    header, _ = vcjwt.read(token)
    assert header["alg"] == name
    verification, document = vcjwt.verify(token, now + timedelta(minutes=1), jwks={SITE: {"any": jwk(name)}})
    assert [check.reason for check in verification.checks if not check.ok] == []
    assert document["credentialSubject"]["id"] == "mailto:a@example.jp"


def test_a_did_key_needs_nobody(badge, key, at):
    token = vcjwt.sign(badge, vcjwt.SoftwareSigner(key.private, key.verification_method))
    assert vcjwt.verify(token, at)[0].ok
    assert OB3Verifier.for_issuer_did(key.did).verify(token).issuer.id == key.did


def test_the_claims_are_the_credentials_own(badge, key, at):
    badge["credentialSubject"]["id"] = "did:example:holder"
    _, claims = vcjwt.read(vcjwt.sign(badge, vcjwt.SoftwareSigner(key.private, key.verification_method)))
    registered = {name: claims[name] for name in ("iss", "jti", "sub", "nbf", "exp")}
    assert registered == {
        "iss": badge["issuer"]["id"],
        "jti": badge["id"],
        "sub": "did:example:holder",
        "nbf": int(at.timestamp()),
        "exp": int(datetime(2029, 4, 1, tzinfo=UTC).timestamp()),
    }


def test_an_undefined_term_is_not_signed(badge, key):
    signer = vcjwt.SoftwareSigner(key.private, key.verification_method)
    for wrong, reason in (
        ({"grade": "A"}, "unsigned_terms"),
        ({"proof": []}, "has_proof"),
        ({"validFrom": "x"}, "bad_date"),
    ):
        with pytest.raises(proofs.Unsignable) as refused:
            vcjwt.sign({**badge, **wrong}, signer)
        assert refused.value.reason == reason


def test_a_key_outside_the_process_signs_too(badge, key, at):
    class Elsewhere:
        algorithm = "EdDSA"
        method = key.verification_method

        def sign(self, data):
            return key.sign(data)

    assert vcjwt.verify(vcjwt.sign(badge, Elsewhere()), at)[0].ok


@pytest.mark.parametrize(
    "private",
    [rsa.generate_private_key(public_exponent=65537, key_size=1024), ec.generate_private_key(ec.SECP384R1())],
)
def test_a_weak_or_unknown_key_signs_nothing(private):
    with pytest.raises(controllers.NoKey):
        vcjwt.SoftwareSigner(private, "1")


def test_an_old_key_that_is_still_listed_verifies(badge, at):
    did = "did:web:council.example:c:hagi"
    old, new = keys.new_key(), keys.new_key()
    badge["issuer"]["id"] = did
    token = vcjwt.sign(badge, vcjwt.SoftwareSigner(old.private, f"{did}#2025"))
    methods = [
        {"id": f"{did}#{year}", "type": "Multikey", "controller": did, "publicKeyMultibase": one.did[8:]}
        for year, one in (("2025", old), ("2026", new))
    ]
    document = {
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [f"{did}#2025", f"{did}#2026"],
    }
    assert vcjwt.verify(token, at, dids={did: document})[0].ok
    gone = document | {"assertionMethod": [f"{did}#2026"]}
    found = vcjwt.verify(token, at, dids={did: gone})[0]
    assert {check.name: check.reason for check in found.checks if not check.ok} == {
        "issuer": "not_for_assertion",
        "proof": "not_checked",
    }


@pytest.mark.parametrize(
    ("did", "address"),
    [
        # The examples of the did:web specification.
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
    ],
)
def test_a_did_web_stands_at_its_address(did, address):
    assert controllers.did_web_address(did) == address


def test_a_p256_did_key_is_read():
    # A P-256 key of the did:key specification.
    found = controllers.decoded("zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169")
    assert isinstance(found, ec.EllipticCurvePublicKey)
