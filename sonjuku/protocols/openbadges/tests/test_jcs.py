"""RFC 8785 by its own examples, and the W3C's vectors of eddsa-jcs-2022, byte for byte."""

import hashlib
import json
import struct
from datetime import UTC, datetime

import pytest

from sonjuku.protocols.openbadges import canonical, jcs, multibase, proofs

# RFC 8785, appendix B: the bits of a double, and how it is written.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "text"), NUMBERS)
def test_numbers_are_written_as_the_rfc_says(bits, text):
    assert jcs.encode(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


def test_the_rfcs_examples():
    # 3.2.2 and 3.2.3.
    source = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    )
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert jcs.encode(source) == expected
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    sorted_names = list(json.loads(jcs.encode(dict.fromkeys(names))))
    assert sorted_names == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_a_number_that_readers_disagree_on_is_refused():
    with pytest.raises(canonical.NotCanonical):
        jcs.encode(2**53)


@pytest.fixture
def w3c(vectors):
    def get(name):
        text = (vectors / "vc-di-eddsa" / name).read_text()
        return json.loads(text) if name.endswith(".json") else text

    return get


@pytest.fixture
def extra(w3c):
    return {"https://www.w3.org/ns/credentials/examples/v2": w3c("credentials-examples-v2.json")}


def test_canonical_forms_and_hashes_are_the_published_ones(w3c):
    for source, form, digest in (
        ("unsigned.json", "canonDocJCS.txt", "docHashJCS.txt"),
        ("eddsa-jcs-2022/proofConfigJCS.json", "proofCanonJCS.txt", "proofHashJCS.txt"),
    ):
        found = jcs.encode(w3c(source))
        assert found == w3c(f"eddsa-jcs-2022/{form}")
        assert hashlib.sha256(found.encode()).hexdigest() == w3c(f"eddsa-jcs-2022/{digest}")


def test_the_published_proof_holds_byte_for_byte(w3c, extra):
    signed = w3c("eddsa-jcs-2022/signedJCS.json")
    data = proofs.hash_data(signed, signed["proof"], extra)
    assert data.hex() == w3c("eddsa-jcs-2022/combinedHashJCS.txt")
    assert multibase.decode(signed["proof"]["proofValue"]).hex() == w3c("eddsa-jcs-2022/sigHexJCS.txt")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    found = {check.name: check.reason for check in proofs.verify(signed, at, extra).checks}
    assert (found["form"], found["proof"]) == ("", "")
    other = {**signed, "description": "x"}
    assert {c.name: c.reason for c in proofs.verify(other, at, extra).checks}["proof"] == "wrong_signature"


def test_a_context_added_after_signing_is_refused(w3c, extra):
    signed = w3c("eddsa-jcs-2022/signedJCS.json")
    signed["@context"] = [*signed["@context"], "https://w3id.org/security/data-integrity/v2"]
    found = proofs.verify(signed, datetime(2026, 1, 1, tzinfo=UTC), extra)
    assert {check.name: check.reason for check in found.checks}["form"] == "other_context"
