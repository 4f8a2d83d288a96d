import copy
import json
import socket
import time
from datetime import UTC, datetime, timedelta

import pyoxigraph
import pytest

from sonjuku.protocols.openbadges import build, canonical, contexts, keys, multibase, proofs


@pytest.fixture
def signed(badge, key, at):
    return proofs.sign(badge, key, at)


def reasons(document, at):
    return {check.name: check.reason for check in proofs.verify(document, at).checks if not check.ok}


def changed(document, path, value):
    document = copy.deepcopy(document)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from leaves(member, (*path, number))
    else:
        yield path, value


def test_a_signed_badge_holds(signed, key, at):
    found = proofs.verify(signed, at)
    assert found.ok
    assert found.issuer == key.did
    assert [check.name for check in found.checks] == ["kind", "form", "issuer", "proof", "dates", "status"]


def test_it_holds_after_the_journey_through_json_in_another_order(signed, at):
    turned = json.loads(json.dumps(dict(reversed(signed.items())), indent=3))
    assert proofs.verify(turned, at).ok


def test_signing_leaves_the_document_alone(badge, key, at):
    before = copy.deepcopy(badge)
    proofs.sign(badge, key, at)
    assert badge == before


def test_no_value_can_change_unseen(signed, at):
    for path, value in leaves(signed):
        other = not value if isinstance(value, bool) else value + "x"
        assert not proofs.verify(changed(signed, path, other), at).ok, path


def test_no_member_can_go_unseen(signed, at):
    for path, _ in leaves(signed):
        document = copy.deepcopy(signed)
        place = document
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        if path == ("proof", 0, "created"):
            assert reasons(document, at) == {"proof": "wrong_signature"}
        assert not proofs.verify(document, at).ok, path


@pytest.mark.parametrize("path", [("grade",), ("credentialSubject", "grade"), ("proof", 0, "grade")])
def test_an_undefined_term_is_refused_since_no_signature_covers_it(signed, badge, key, at, path):
    assert reasons(changed(signed, path, "A"), at) == {"form": "unsigned_terms", "proof": "not_checked"}


def test_an_undefined_term_is_not_signed(badge, key, at):
    with pytest.raises(proofs.Unsignable) as refused:
        proofs.sign({**badge, "grade": "A"}, key, at)
    assert refused.value.reason == "unsigned_terms"


def test_a_member_hidden_under_its_iri_is_refused(signed, at):
    signed["https://www.w3.org/2018/credentials#validUntil"] = {
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
        "@value": signed.pop("validUntil"),
    }
    assert reasons(signed, at)["form"] == "unsigned_terms"


@pytest.mark.parametrize(
    "foreign", ["https://example.org/context.json", {"grade": "https://example.org/grade"}, None, 3]
)
def test_an_unknown_context_is_refused_and_never_fetched(signed, at, monkeypatch, foreign):
    def no_network(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    signed["@context"] = [*signed["@context"], foreign]
    assert reasons(signed, at)["form"] == "unknown_context"
    with pytest.raises(contexts.UnknownContext):
        contexts.context("https://example.org/context.json")


@pytest.mark.parametrize("url", [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_3, contexts.DATA_INTEGRITY_V2,
                                 contexts.MULTIKEY_V1])  # fmt: skip
def test_the_frozen_contexts_are_installed_unchanged(url):
    assert "@context" in contexts.context(url)


def test_a_changed_wheel_is_noticed(monkeypatch):
    name, _ = contexts.FROZEN[contexts.MULTIKEY_V1]
    monkeypatch.setitem(contexts.FROZEN, contexts.MULTIKEY_V1, (name, "0" * 64))
    contexts.context.cache_clear()
    with pytest.raises(contexts.ChangedContext):
        contexts.context(contexts.MULTIKEY_V1)


def test_someone_elses_key_cannot_sign_for_the_issuer(badge, at):
    assert reasons(proofs.sign(badge, keys.new_key(), at), at) == {"issuer": "not_issuer"}


def test_a_method_that_names_another_key_is_refused(signed, at):
    other = keys.new_key()
    mixed = f"{signed['issuer']['id']}#{other.did[8:]}"
    found = reasons(changed(signed, ("proof", 0, "verificationMethod"), mixed), at)
    assert found == {"issuer": "not_issuer", "proof": "unsupported_proof"}


def test_an_issuer_without_a_did_key_is_refused(badge, key, at):
    badge["issuer"]["id"] = "https://sonjuku.example/c/hagi/"
    assert reasons(proofs.sign(badge, key, at), at) == {"issuer": "not_did_key"}


def test_all_proofs_must_hold(signed, key, at):
    twice = proofs.sign(signed, key, at + timedelta(days=1))
    assert len(twice["proof"]) == 2
    assert proofs.verify(twice, at).ok
    for number in (0, 1):
        value = twice["proof"][1 - number]["proofValue"]
        broken = changed(twice, ("proof", number, "proofValue"), value)
        assert reasons(broken, at) == {"proof": "wrong_signature"}


def test_a_proof_as_an_object_is_read_too(signed, at):
    assert proofs.verify({**signed, "proof": signed["proof"][0]}, at).ok


def test_too_many_proofs_are_refused(signed, at):
    assert reasons({**signed, "proof": signed["proof"] * 5}, at)["form"] == "too_many_proofs"


def test_no_proof_is_no_badge(badge, at):
    assert reasons(badge, at) == {"proof": "no_proof"}
    assert reasons({**badge, "proof": []}, at) == {"proof": "no_proof"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cryptosuite", "ecdsa-rdfc-2019"),
        ("type", "Ed25519Signature2020"),
        ("proofPurpose", "authentication"),
        ("previousProof", "urn:uuid:00000000-0000-0000-0000-000000000001"),
    ],
)
def test_other_proofs_are_refused(signed, at, name, value):
    assert reasons(changed(signed, ("proof", 0, name), value), at)["proof"] in (
        "unsupported_proof",
        "not_checked",
    )


@pytest.mark.parametrize("value", ["", "z", "z0", "u123", "z" + "1" * 64, None, 5, ["z1"]])
def test_a_broken_signature_is_refused(signed, at, value):
    assert not proofs.verify(changed(signed, ("proof", 0, "proofValue"), value), at).ok


def test_dates_are_half_open(signed, at):
    until = proofs.read_time(signed["validUntil"])
    second = timedelta(seconds=1)
    assert reasons(signed, at - second) == {"dates": "not_yet_valid"}
    assert reasons(signed, until - second) == {}
    assert reasons(signed, until) == {"dates": "expired"}


def test_a_proof_may_expire(badge, key, at):
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
        "expires": "2026-12-01T00:00:00Z",
    }
    value = multibase.encode(key.sign(proofs.hash_data(badge, proof)))
    signed = {**badge, "proof": [{**proof, "proofValue": value}]}
    expires = datetime(2026, 12, 1, tzinfo=UTC)
    assert proofs.verify(signed, expires - timedelta(seconds=1)).ok
    assert reasons(signed, expires) == {"proof": "proof_expired"}


def test_a_date_without_an_offset_is_refused(badge, key, at):
    signed = proofs.sign({**badge, "validFrom": "2026-11-01T03:00:00"}, key, at)
    assert reasons(signed, at) == {"dates": "bad_date"}


def test_a_revocation_list_is_not_passed_over(badge, key, at):
    status = {
        "id": "https://sonjuku.example/status/1#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": "https://sonjuku.example/status/1",
    }
    signed = proofs.sign({**badge, "credentialStatus": status}, key, at)
    assert reasons(signed, at) == {"status": "status_unsupported"}


def test_another_credential_is_not_a_badge(badge, key, at):
    badge["type"] = ["VerifiableCredential"]
    assert reasons(proofs.sign(badge, key, at), at) == {"kind": "not_a_badge"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"@context": 5},
        {"proof": [5]},
        {"@context": [contexts.CREDENTIALS_V2], "proof": "x", "issuer": 5, "type": 7},
        {"@context": contexts.CREDENTIALS_V2, "type": [["x"]], "issuer": {"id": []}, "validFrom": 1},
        {"@context": [contexts.CREDENTIALS_V2], "name": float("nan")},
        {"@context": [contexts.CREDENTIALS_V2], "name": "\ud800"},
    ],
)
def test_nonsense_is_answered_not_raised(document, at):
    assert not proofs.verify(document, at).ok


def test_a_hostile_graph_ends_soon(badge, key, at):
    # Nine achievements that each name all others: nodes that only trying every order can tell apart.
    names = [f"_:a{number}" for number in range(9)]
    badge["credentialSubject"]["achievement"]["related"] = [
        {"id": name, "type": ["Achievement"], "related": [{"id": other} for other in names if other != name]}
        for name in names
    ]
    start = time.process_time()
    with pytest.raises(proofs.Unsignable) as refused:
        proofs.sign(badge, key, at)
    assert refused.value.reason == "too_complex"
    assert time.process_time() - start < 10


def test_a_huge_document_is_refused(signed, at):
    assert reasons({**signed, "description": "長" * 100_000}, at)["form"] == "too_large"


def test_deep_nesting_is_refused(signed, at):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert reasons({**signed, "description": deep}, at)["form"] == "not_json"


def inlined(document):
    frozen = [contexts.context(url)["@context"] for url in document["@context"]]
    return {**document, "@context": frozen}


def test_an_independent_canonicaliser_agrees(badge):
    quads = pyoxigraph.parse(json.dumps(inlined(badge)), format=pyoxigraph.RdfFormat.JSON_LD)
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    theirs = sorted(f"{quad} .\n" for quad in dataset)
    assert canonical.canonical(badge).decode() == "".join(theirs)


@pytest.mark.parametrize("sign", [*'<>"{}|^`\\', "\x01", "\ufffe", "\uffff"])
def test_what_verifiers_write_in_different_ways_is_not_signed(badge, key, at, sign):
    badge["credentialSubject"]["achievement"]["image"]["id"] = f"https://sonjuku.example/{sign}.svg"
    with pytest.raises(proofs.Unsignable) as refused:
        proofs.sign(badge, key, at)
    assert refused.value.reason == "not_json"


def test_control_characters_are_escaped_as_an_independent_canonicaliser_does(badge):
    badge["description"] = "".join(map(chr, range(0x20))) + '\x7f\x85"\\𠮷\u2028'
    quads = pyoxigraph.parse(json.dumps(inlined(badge)), format=pyoxigraph.RdfFormat.JSON_LD)
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    assert canonical.canonical(badge).decode() == "".join(sorted(f"{quad} .\n" for quad in dataset))


def test_the_holder_is_known_by_the_address_only(signed):
    assert "yamada" not in json.dumps(signed)
    assert build.belongs_to(signed, " Yamada@Example.jp")
    assert not build.belongs_to(signed, "yamado@example.jp")
    assert not build.belongs_to({"credentialSubject": {"identifier": "x"}}, "yamada@example.jp")


def test_the_hash_is_the_standards_example():
    # Open Badges 3.0, IdentityHash: 'a@example.com' salted with 'Kosher'.
    expected = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    assert build.email_hash("a@example.com", "Kosher") == expected


def test_times_are_written_in_utc_and_read_with_offset(at):
    assert proofs.wire_time(at) == "2026-11-01T03:00:00Z"
    assert proofs.read_time("2026-11-01T12:00:00+09:00") == at
    with pytest.raises(ValueError):
        proofs.wire_time(at.replace(tzinfo=None))
