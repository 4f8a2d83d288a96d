"""The W3C's vectors of vc-di-eddsa, byte for byte, and the schema of 1EdTech."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sonjuku.protocols.openbadges import build, canonical, keys, multibase, proofs

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


@pytest.fixture
def w3c(vectors):
    folder = vectors / "vc-di-eddsa"

    def get(name):
        text = (folder / name).read_text()
        return json.loads(text) if name.endswith(".json") else text

    return get


@pytest.fixture
def extra(w3c):
    return {EXAMPLES: w3c("credentials-examples-v2.json")}


@pytest.fixture
def w3c_key(w3c):
    secret = multibase.decode(w3c("keyPair.json")["privateKeyMultibase"])
    # Two bytes say ed25519-priv.
    return keys.IssuerKey(Ed25519PrivateKey.from_private_bytes(secret[2:]))


def test_canonical_forms_and_their_hashes_are_the_published_ones(w3c, extra):
    for source, form, digest in (
        ("unsigned.json", "canonDocDataInt.txt", "docHashDataInt.txt"),
        ("eddsa-rdfc-2022/proofConfigDataInt.json", "proofCanonDataInt.txt", "proofHashDataInt.txt"),
    ):
        found = canonical.canonical(w3c(source), extra)
        assert found == w3c(f"eddsa-rdfc-2022/{form}").encode()
        assert hashlib.sha256(found).hexdigest() == w3c(f"eddsa-rdfc-2022/{digest}")


def test_signed_bytes_are_the_published_ones(w3c, extra):
    signed = w3c("eddsa-rdfc-2022/signedDataInt.json")
    data = proofs.hash_data(signed, signed["proof"], extra)
    assert data.hex() == w3c("eddsa-rdfc-2022/combinedHashDataInt.txt")


def test_signing_gives_the_published_proof_in_an_array(w3c, extra, w3c_key):
    assert w3c_key.did == "did:key:" + w3c("keyPair.json")["publicKeyMultibase"]
    created = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    signed = proofs.sign(w3c("unsigned.json"), w3c_key, created, extra)
    published = w3c("eddsa-rdfc-2022/signedDataInt.json")
    assert signed == {**published, "proof": [published["proof"]]}
    value = signed["proof"][0]["proofValue"]
    assert value == w3c("eddsa-rdfc-2022/sigBTC58DataInt.txt")
    assert multibase.decode(value).hex() == w3c("eddsa-rdfc-2022/sigHexDataInt.txt")


def test_the_published_proof_holds_and_its_foreign_issuer_does_not(w3c, extra):
    signed = w3c("eddsa-rdfc-2022/signedDataInt.json")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    found = {check.name: check.reason for check in proofs.verify(signed, at, extra).checks}
    assert (found["form"], found["proof"]) == ("", "")
    assert (found["issuer"], found["kind"]) == ("not_did_key", "not_a_badge")


def test_a_full_badge_is_valid_against_the_schema_of_1edtech(schema, badge, key, at):
    schema.validate(proofs.sign(badge, key, at))


def test_the_smallest_badge_is_valid_too(schema, badge, key, at):
    small = build.achievement_credential(
        id=build.UUID(int=1),
        issuer=build.Issuer(key.did, "会"),
        achievement=build.Achievement("urn:uuid:00000000-0000-0000-0000-000000000002", "名", "説明", "条件"),
        subject=build.UUID(int=3),
        valid_from=at,
    )
    signed = proofs.sign(small, key, at)
    schema.validate(signed)
    assert proofs.verify(signed, at).ok


def test_the_schema_is_really_asked(schema, badge):
    del badge["credentialSubject"]["achievement"]["criteria"]
    assert not schema.is_valid(badge)
