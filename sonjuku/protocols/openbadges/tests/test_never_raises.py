"""Whatever stands anywhere in a credential, what looks at it answers: with reasons, never with a traceback."""

import contextlib
import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonjuku.protocols.openbadges import controllers, ob2, proofs, records, status, vcjwt
from sonjuku.protocols.openbadges.tests.hostile import (
    AT,
    DID,
    KEY,
    LIST,
    RSA_SIGNER,
    SITE,
    altered,
    assertion,
    clr,
    entry,
    jws,
    listing,
    part,
    school,
    signed,
    unsigned,
    web,
)

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["\ud800", DID, SITE, KEY.did, "did:key:", "#", "urn:uuid:1", "_:b0", "https://[", "x" * 300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def places(value, path=()):
    if path:
        yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, inner in members:
        yield from places(inner, (*path, name))


def odd(data, value):
    """The value with something odd at one place."""
    return altered(value, *data.draw(st.sampled_from(list(places(value)))), to=data.draw(ODD))


def checked(verification):
    assert all(isinstance(check.reason, str) for check in verification.checks)


@MANY
@given(st.data())
def test_badges(data):
    checked(proofs.verify(odd(data, signed()), AT, dids=odd(data, web())))


@MANY
@given(st.data())
def test_tokens(data):
    for at_fault in (0, 1):
        parts = list(vcjwt.read(vcjwt.sign(unsigned(DID), RSA_SIGNER)))
        parts[at_fault] = odd(data, parts[at_fault])
        token = b".".join([*map(part, parts), b"AAAA"]).decode()
        checked(vcjwt.verify(token, AT, dids=odd(data, web()), jwks={SITE: {"k": data.draw(ODD)}})[0])


@MANY
@given(st.text() | st.text("eyJ.A-_=\ud800", max_size=40))
def test_any_text_for_a_token(text):
    checked(vcjwt.verify(text, AT)[0])
    checked(ob2.verify(text, {}, AT)[0])


@MANY
@given(st.data())
def test_status_lists(data):
    badge, lists = unsigned() | entry(), {LIST: listing([7])}
    try:
        found = status.status_of(odd(data, badge), odd(data, lists), AT)
    except status.StatusRefused as refused:
        found = refused.reason
    assert isinstance(found, str)


@MANY
@given(st.data())
def test_open_badges_2_0(data):
    documents = odd(data, school())
    for found in (odd(data, assertion("HostedBadge")), odd(data, assertion("SignedBadge")), jws()):
        checked(ob2.verify(found, documents, AT)[0])
        assert isinstance(ob2.needed(found, documents), list)


RECORD = clr()


@MANY
@given(st.data())
def test_records(data):
    checked(records.verify(odd(data, copy.deepcopy(RECORD)), AT))


@MANY
@given(st.text() | st.text("did:web.%3A/@#\\", max_size=30).map("did:web:".__add__))
def test_addresses(text):
    with contextlib.suppress(controllers.NoKey):
        assert controllers.did_web_address(text).startswith("https://")


def test_a_purpose_that_is_a_list_is_refused():
    with pytest.raises(status.StatusRefused):
        status.status_of(unsigned() | entry(statusPurpose=["revocation"]), {LIST: listing()}, AT)
