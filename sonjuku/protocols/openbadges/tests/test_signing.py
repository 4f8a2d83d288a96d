"""Signers outside of this process, and issuers named by a site."""

import sys

import pytest

from sonjuku.protocols.openbadges import controllers, dids, keys
from sonjuku.protocols.openbadges.signing import Named, Program, SigningFailed


def program(tmp_path, body):
    file = tmp_path / "signer.py"
    file.write_text(f"import sys\n{body}\n")
    return [sys.executable, str(file)]


def test_a_program_signs_and_is_believed_only_by_its_key(tmp_path):
    body = """
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
assert sys.argv[1].startswith("did:key:")
sys.stdout.buffer.write(Ed25519PrivateKey.from_private_bytes(bytes(32)).sign(sys.stdin.buffer.read()))"""
    command = program(tmp_path, body)
    public = keys.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    signer = Program(command, keys.did_key(public))
    assert keys.holds(public, signer.sign(b"x"), b"x")
    with pytest.raises(SigningFailed):
        Program(command, keys.new_key().did).sign(b"x")


@pytest.mark.parametrize("body", ["sys.exit(1)", "print('no')", "sys.stdout.buffer.write(bytes(64))"])
def test_what_a_broken_program_answers_is_no_signature(tmp_path, body):
    with pytest.raises(SigningFailed):
        Program(program(tmp_path, body), keys.new_key().did).sign(b"x")


def test_a_program_that_is_not_there_says_so():
    with pytest.raises(SigningFailed):
        Program(["/nonexistent/signer"], keys.new_key().did).sign(b"x")


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://example.jp", "did:web:example.jp"),
        ("https://example.jp/c/hagi/", "did:web:example.jp:c:hagi"),
        ("https://example.jp:8443/c/hagi", "did:web:example.jp%3A8443:c:hagi"),
    ],
)
def test_a_did_web_leads_back_to_its_address(url, did):
    assert dids.did_web(url) == did
    assert controllers.did_web_address(did).removesuffix("did.json").rstrip("/").removesuffix(
        ".well-known"
    ).rstrip("/") == url.rstrip("/")


def test_a_document_lists_keys_for_assertions():
    key = keys.new_key()
    named = Named(key, "did:web:example.jp")
    document = dids.document("did:web:example.jp", [key.did])
    found = controllers.find(named.verification_method, {"did:web:example.jp": document})
    assert keys.holds(found, named.sign(b"x"), b"x")
    with pytest.raises(controllers.NoKey):
        controllers.find(
            Named(keys.new_key(), "did:web:example.jp").verification_method, {"did:web:example.jp": document}
        )
