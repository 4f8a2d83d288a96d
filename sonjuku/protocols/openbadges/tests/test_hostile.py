"""Hostile credentials: each is a good one with one thing wrong, and is refused for just that."""

import json
import struct
import zlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from sonjuku.protocols.openbadges import baking, canonical, ob2, proofs, status, vcjwt
from sonjuku.protocols.openbadges.build import UUID
from sonjuku.protocols.openbadges.tests.hostile import (
    AT,
    CARRIED,
    DID,
    ITXT,
    KEY,
    LIST,
    OTHER,
    OTHER_RSA,
    P256,
    PNG,
    RECORD_ID,
    RSA,
    RSA_SIGNER,
    SITE,
    address,
    altered,
    assertion,
    badge,
    by_web,
    chunk,
    clr,
    endorsed,
    endorsement,
    entry,
    file,
    hmac_token,
    jwk,
    jws,
    jwt_badge,
    listing,
    multikey,
    old_badge,
    packed,
    png_with,
    record,
    revocation,
    school,
    signed,
    svg_with,
    token,
    twice_named,
    unsigned,
    web,
)

GOOD = {
    "badge": lambda: badge(signed()),
    "badge of a did:web": lambda: badge(by_web(), web(multikey(KEY), assertionMethod=[f"{DID}#1"])),
    "token": lambda: jwt_badge(token()),
    "token of a did:web": lambda: jwt_badge(vcjwt.sign(unsigned(DID), RSA_SIGNER), web()),
    "token of an address": lambda: jwt_badge(
        vcjwt.sign(unsigned(SITE), vcjwt.SoftwareSigner(P256, "k")), jwks={SITE: {"k": jwk(P256)}}
    ),
    "listed badge": lambda: revocation(unsigned() | entry(), {LIST: listing([6, 8])}),
    "endorsement": lambda: endorsement(endorsed()),
    "file": lambda: file(png_with(ITXT + b"{}")) + file(svg_with(CARRIED)),
    "hosted badge of 2.0": lambda: old_badge(assertion("HostedBadge"), school()),
    "signed badge of 2.0": lambda: old_badge(jws(), school()),
    "record": lambda: record(clr()),
    "did:web": lambda: [] if address(DID) == ["https://council.example/.well-known/did.json"] else ["?"],
}

HOSTILE = [
    # Tampered and forged
    ("wrong_signature", "a word changed", lambda: badge(altered(signed(), "name", to="別の名"))),
    ("wrong_signature", "a later end", lambda: badge(altered(signed(), "validUntil", to="2999-01-01T00:00:00Z"))),
    ("wrong_signature", "another's holder", lambda: badge(
        altered(signed(), "credentialSubject", "id", to=UUID(int=4).urn))),
    ("wrong_signature", "a proof of another badge", lambda: badge(
        signed() | {"proof": signed(name="別")["proof"]})),
    ("wrong_signature", "two proofs, one bad", lambda: badge(
        altered(proofs.sign(signed(), KEY, AT + timedelta(hours=1)), "proof", 1, "proofValue",
                to=signed()["proof"][0]["proofValue"]))),
    ("no_proof", "no proof", lambda: badge(unsigned())),
    ("no_proof", "an empty array of proofs", lambda: badge(unsigned(proof=[]))),
    ("too_many_proofs", "a hundred proofs", lambda: badge(signed() | {"proof": signed()["proof"] * 100})),
    ("unsupported_proof", "a proof for logging in", lambda: badge(
        altered(signed(), "proof", 0, "proofPurpose", to="authentication"))),
    # Terms that no signature covers
    ("unsigned_terms", "an undefined term", lambda: badge(signed() | {"grade": "A"})),
    ("unsigned_terms", "an undefined term inside", lambda: badge(
        altered(signed(), "credentialSubject", "score", to=100))),
    ("unsigned_terms", "an undefined term in the proof", lambda: badge(
        altered(signed(), "proof", 0, "grade", to="A"))),
    ("unsigned_terms", "a date under its long name", lambda: badge(
        {("https://www.w3.org/2018/credentials#validUntil" if name == "validUntil" else name): value
         for name, value in signed().items()})),
    ("unknown_context", "a context of its own", lambda: badge(
        altered(signed(), "@context", to=[*signed()["@context"], {"grade": "https://evil.example/g"}]))),
    ("unknown_context", "a context to be fetched", lambda: badge(
        altered(signed(), "@context", 1, to="http://169.254.169.254/latest/"))),
    ("not_json", "nesting without end", lambda: badge(signed() | {"name": json.loads("[" * 900 + "]" * 900)})),
    ("too_large", "a huge text", lambda: badge(signed() | {"name": "長" * 100_000})),
    # Whose key
    ("not_issuer", "signed by somebody else", lambda: badge(signed(OTHER))),
    ("wrong_controller", "a method that another controls", lambda: badge(
        by_web(), web(multikey(KEY, "did:web:evil.example"), assertionMethod=[f"{DID}#1"]))[:1]),
    ("wrong_controller", "a document of another did", lambda: badge(
        by_web(), {DID: web(multikey(KEY))[DID] | {"id": "did:web:evil.example"}})[:1]),
    ("no_such_method", "a method that isn't there", lambda: badge(by_web(method=f"{DID}#9"), web(multikey(KEY)))[:1]),
    ("not_for_assertion", "a key for other purposes", lambda: badge(by_web(), web(multikey(KEY)))[:1]),
    ("unknown_controller", "a did:web without its document", lambda: badge(by_web(), {})[:1]),
    ("unsupported_key", "a did:web that hides a user", lambda: address("did:web:council.example@evil.example")),
    ("unsupported_key", "a did:web that climbs", lambda: address("did:web:council.example:..:etc")),
    ("unsupported_key", "a did:web with a hidden path", lambda: address("did:web:council.example%2F..%2Fx")),
    # When
    ("expired", "too late", lambda: badge(signed(validUntil=proofs.wire_time(AT)))),
    ("not_yet_valid", "too early", lambda: badge(signed(validFrom="2026-11-02T00:00:00Z"))),
    ("bad_date", "a day that isn't", lambda: badge(signed(validUntil="2026-13-45T00:00:00Z"))),
    ("not_a_badge", "another kind of credential", lambda: badge(signed(type=["VerifiableCredential"]))),
    # Tokens
    ("alg_none", "alg none", lambda: jwt_badge(token({"alg": "none"}, sign=lambda data: b""))),
    ("alg_none", "alg nOnE", lambda: jwt_badge(token({"alg": "nOnE"}, sign=lambda data: b""))),
    ("alg_secret", "HS256 with the public key", lambda: jwt_badge(hmac_token(), web())),
    ("alg_unsupported", "no algorithm", lambda: jwt_badge(token(drop=("alg",)))),
    ("alg_unsupported", "an algorithm that is a list", lambda: jwt_badge(token({"alg": ["EdDSA"]}))),
    ("alg_of_other_key", "RS256 named over an Ed25519 key", lambda: jwt_badge(token({"alg": "RS256"}))),
    ("other_key_in_header", "a key in the header", lambda: jwt_badge(
        token({"jwk": jwk(OTHER.private)}, sign=OTHER.sign))),
    ("other_key_in_header", "a key in the header of an address", lambda: jwt_badge(
        token({"jwk": jwk(OTHER.private)}, {"issuer": SITE, "iss": SITE}, OTHER.sign, drop=("kid",)),
        jwks={SITE: {"k": jwk(RSA)}})),
    ("key_by_address", "a key to be fetched (jku)", lambda: jwt_badge(
        token({"jku": "https://evil.example/keys"}))),
    ("key_by_address", "a certificate to be fetched (x5u)", lambda: jwt_badge(token({"x5u": "https://evil.example"}))),
    ("certificate_in_header", "a certificate in the header", lambda: jwt_badge(token({"x5c": ["MIIB"]}))),
    ("critical_header", "a critical header", lambda: jwt_badge(token({"crit": ["exp"]}))),
    ("unencoded_payload", "an unencoded payload", lambda: jwt_badge(token({"crit": ["b64"], "b64": False}))),
    ("duplicate_name", "a name that stands twice", lambda: jwt_badge(twice_named())),
    ("not_issuer", "another issuer's kid", lambda: jwt_badge(
        token({"kid": OTHER.verification_method}, sign=OTHER.sign))),
    ("wrong_signature", "another's signature", lambda: jwt_badge(token(sign=OTHER.sign))),
    ("wrong_signature", "a signature in another spelling", lambda: jwt_badge(
        token()[:-1] + chr(ord(token()[-1]) + 1))),
    ("not_a_token", "a signature with padding", lambda: jwt_badge(token() + "=")),
    ("iss_differs", "another iss", lambda: jwt_badge(token(payload={"iss": "did:web:evil.example"}))),
    ("sub_differs", "another sub", lambda: jwt_badge(token(payload={"sub": "urn:uuid:9"}))),
    ("jti_differs", "no jti", lambda: jwt_badge(token(drop=("jti",)))),
    ("nbf_differs", "an earlier nbf", lambda: jwt_badge(token(payload={"nbf": 0}))),
    ("exp_differs", "a later exp", lambda: jwt_badge(token(payload={"exp": 2**40}))),
    ("wrapped", "a second credential in vc", lambda: jwt_badge(token(payload={"vc": unsigned()}))),
    ("weak_key", "a short RSA key", lambda: jwt_badge(
        vcjwt.sign(unsigned(DID), RSA_SIGNER),
        web(verificationMethod=[{"id": f"{DID}#rsa", "controller": DID, "publicKeyJwk": jwk(
            rsa.generate_private_key(public_exponent=65537, key_size=1024))}]))),
    ("too_large", "a token of a megabyte", lambda: jwt_badge("a" * 1_000_000)),
    ("not_a_token", "four parts", lambda: jwt_badge(token() + ".x")),
    # Status lists
    ("revoked", "revoked", lambda: revocation(unsigned() | entry(), {LIST: listing([7])})),
    ("suspended", "suspended", lambda: revocation(
        unsigned() | entry(statusPurpose="suspension"), {LIST: listing([7], purpose="suspension")})),
    ("no_list", "a list that can't be had", lambda: revocation(unsigned() | entry(), {})),
    ("list_issuer", "a list of somebody else", lambda: revocation(unsigned() | entry(), {LIST: listing(key=OTHER)})),
    ("list_proof", "a list with a bit taken out", lambda: revocation(unsigned() | entry(), {
        LIST: altered(listing([7]), "credentialSubject", "encodedList", to=status.encode([]))})),
    ("list_proof", "a list without a proof", lambda: revocation(unsigned() | entry(), {
        LIST: {name: value for name, value in listing().items() if name != "proof"}})),
    ("list_proof", "a badge for a list", lambda: revocation(unsigned() | entry(), {LIST: signed()})),
    ("list_proof", "an old list served again", lambda: revocation(unsigned() | entry(), {LIST: proofs.sign(
        status.list_credential(LIST, KEY.did, [], valid_from=AT - timedelta(2), valid_until=AT), KEY, AT)})),
    ("list_address", "another list of the issuer", lambda: revocation(
        unsigned() | entry(), {LIST: listing(url=f"{LIST}0")})),
    ("list_purpose", "a list for another purpose", lambda: revocation(
        unsigned() | entry(), {LIST: listing(purpose="suspension")})),
    ("list_short", "a short list", lambda: revocation(
        unsigned() | entry(), {LIST: listing(encodedList=packed(bytes(64)))})),
    ("list_bomb", "a list that unpacks without end", lambda: revocation(
        unsigned() | entry(), {LIST: listing(encodedList=packed(bytes(50_000_000)))})),
    ("list_broken", "a list cut off", lambda: revocation(
        unsigned() | entry(), {LIST: listing(encodedList=packed(bytes(20_000))[:-8])})),
    ("index_outside", "a place outside the list", lambda: revocation(
        unsigned() | entry("131072"), {LIST: listing()})),
    ("entry_index", "a place before the list", lambda: revocation(unsigned() | entry("-1"), {LIST: listing()})),
    ("entry_index", "a place in other digits", lambda: revocation(unsigned() | entry("７"), {LIST: listing()})),
    ("entry_size", "entries of two bits", lambda: revocation(unsigned() | entry(statusSize=2), {LIST: listing()})),
    ("entry_purpose", "an unknown purpose", lambda: revocation(
        unsigned() | entry(statusPurpose="joy"), {LIST: listing()})),
    ("entry_type", "an unknown type", lambda: revocation(unsigned() | entry(type="Blockchain"), {LIST: listing()})),
    # Endorsements
    ("other_id", "an endorsement of another id", lambda: endorsement(endorsed("urn:uuid:2"))),
    ("other_file", "an endorsement of another file", lambda: endorsement(endorsed(file=b"[]"))),
    ("no_digest", "an endorsement of no file", lambda: endorsement(endorsed(relatedResource=[]))),
    ("wrong_signature", "an endorsement turned to another id", lambda: endorsement(
        altered(altered(endorsed("urn:uuid:2"), "credentialSubject", "id", to="urn:uuid:1"),
                "relatedResource", 0, "id", to="urn:uuid:1"))),
    # Images
    ("too_large", "a PNG chunk that unpacks without end", lambda: file(
        png_with(b"openbadgecredential\0\1\0\0\0" + zlib.compress(bytes(50_000_000))))),
    ("several_credentials", "two chunks", lambda: file(png_with(ITXT + b"{}", ITXT + b'{"a":1}'))),
    ("several_credentials", "chunks of two versions", lambda: file(
        png_with(ITXT + b"{}", b"openbadges\0\0\0\0\0{}"))),
    ("broken_image", "a chunk that claims more than there is", lambda: file(
        PNG[:-12] + struct.pack("!I", 2**31 - 1) + b"iTXt" + ITXT)),
    ("broken_image", "a chunk with a wrong checksum", lambda: file(
        PNG[:-12] + chunk(b"iTXt", ITXT + b"{}")[:-4] + b"\0\0\0\0" + PNG[-12:])),
    ("broken_image", "a chunk compressed in an unknown way", lambda: file(
        png_with(b"openbadgecredential\0\1\7\0\0" + zlib.compress(b"{}")))),
    ("no_credential", "a chunk behind the end", lambda: file(PNG + chunk(b"iTXt", ITXT + b"{}"))),
    ("broken_image", "a billion laughs", lambda: file(
        b'<!DOCTYPE svg [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + svg_with(b"&b;"))),
    ("broken_image", "a file of the server", lambda: file(
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg_with(b"&x;"))),
    ("several_credentials", "two elements", lambda: file(svg_with(CARRIED * 2))),
    ("no_credential", "an element of another namespace", lambda: file(
        b'<svg xmlns:openbadges="https://evil.example/">' + CARRIED + b"</svg>")),
    # Open Badges 2.0
    ("hosted_differs", "a hosted badge with another word", lambda: old_badge(
        assertion("HostedBadge", narrative="最高"), school())),
    ("outside_issuer", "a badge hosted elsewhere", lambda: old_badge(
        assertion("HostedBadge", id="https://evil.example/1"),
        school() | {"https://evil.example/1": assertion("HostedBadge", id="https://evil.example/1")})),
    ("outside_issuer", "a host that begins alike", lambda: old_badge(
        assertion("HostedBadge", id=f"{SITE}.evil.example/a"),
        school(i=school()[f"{SITE}/i"] | {"verification": {"startsWith": SITE}})
        | {f"{SITE}.evil.example/a": assertion("HostedBadge", id=f"{SITE}.evil.example/a")})),
    ("not_fetched", "a hosted badge that isn't there", lambda: old_badge(
        assertion("HostedBadge", id=f"{SITE}/a/2"), school())),
    ("wrong_controller", "a profile that calls itself otherwise", lambda: old_badge(
        jws(), school(i=school()[f"{SITE}/i"] | {"id": f"{SITE}/other"}))),
    ("not_issuer", "a key that the issuer doesn't list", lambda: old_badge(
        jws(), school(i=school()[f"{SITE}/i"] | {"publicKey": []}))),
    ("wrong_signature", "signed by somebody else, 2.0", lambda: old_badge(jws(OTHER_RSA), school())),
    ("alg_none", "alg none, 2.0", lambda: old_badge(jws(header={"alg": "none"}), school())),
    ("no_proof", "a signed badge without its signature", lambda: old_badge(assertion("SignedBadge"), school())),
    ("revoked", "revoked, 2.0", lambda: old_badge(
        jws(), school(r={"revokedAssertions": [{"id": f"{SITE}/a/1"}]}))),
    ("not_fetched", "a revocation list that can't be had", lambda: old_badge(jws(), school(r=None))),
    ("expired", "expired, 2.0", lambda: old_badge(jws(expires=proofs.wire_time(AT)), school())),
    # Records
    ("wrong_signature", "a record with another member", lambda: record(
        altered(clr(), "credentialSubject", "verifiableCredential", 0, to=signed(name="別")))),
    ("unsigned_terms", "a member with an unsigned word", lambda: record(
        altered(clr(), "credentialSubject", "verifiableCredential", 0, "grade", to="A"))),
    ("unsigned_terms", "an end that moved into a member", lambda: record(
        altered(clr(), "credentialSubject", "verifiableCredential", 0, "evidence", 0, "id", to=RECORD_ID))),
    ("not_json", "members that are none", lambda: record(
        altered(clr(), "credentialSubject", "verifiableCredential", to=[5]))),
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_the_same_things_unharmed_hold(name):
    assert GOOD[name]() == []


@pytest.mark.parametrize(("reason", "what", "look"), HOSTILE, ids=[f"{w}: {r}" for r, w, _ in HOSTILE])
def test_each_is_refused_for_its_own_reason(reason, what, look):
    assert look() == [reason]


def test_a_graph_made_to_cost_factorial_time_is_refused():
    names = [f"_:a{number}" for number in range(9)]
    document = unsigned()
    document["credentialSubject"]["achievement"]["related"] = [
        {"id": name, "type": ["Achievement"], "related": [{"id": other} for other in names if other != name]}
        for name in names
    ]
    with pytest.raises(canonical.NotCanonical, match="too_complex"):
        proofs.hash_data(document, {"type": "DataIntegrityProof"})


def test_only_web_addresses_are_ever_asked_for():
    for bad in (
        "file:///etc/passwd",
        "http://school.example/b",
        "gopher://x/",
        "https://",
        "https:///x",
        "//x",
    ):
        found = assertion("HostedBadge", id=bad, badge=bad)
        assert ob2.needed(found, {}) == []


def test_baking_refuses_what_is_baked_in_either_version():
    for carried in (png_with(ITXT + b"{}"), png_with(b"openbadges\0\0\0\0\0{}")):
        with pytest.raises(baking.BakingRefused, match="already_baked"):
            baking.bake_png(carried, "{}")
