"""Status lists: the specification's own example, another library's reading, and the places."""

import gzip
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from sonjuku.protocols.openbadges import proofs, status, vcjwt

URL = "https://council.example/status/1"
# Bitstring Status List v1.0, example 2: 131,072 entries, none set.
PUBLISHED = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"


def test_the_specifications_example_is_read():
    assert status.decode(PUBLISHED) == bytes(16_384)
    assert status.decode(status.encode([])) == bytes(16_384)


@settings(max_examples=25, deadline=None)
@given(marked=st.sets(st.integers(0, status.ENTRIES - 1), max_size=50))
def test_another_library_reads_the_same_places(marked):
    text = status.encode(marked)
    assert set_indices(decode_encoded_list(text)) == marked
    assert text == status.encode(sorted(marked, reverse=True))


def test_place_0_is_the_first_bit_of_the_first_byte():
    bits = gzip.decompress(urlsafe_b64decode(status.encode([0, 9])[1:] + "=="))
    assert bits[:2] == b"\x80\x40"


@pytest.mark.parametrize(
    ("marked", "size"), [([-1], 131_072), ([131_072], 131_072), ([], 131_064), ([], 131_073)]
)
def test_a_place_outside_or_a_short_list_is_not_made(marked, size):
    with pytest.raises(ValueError):
        status.encode(marked, size)


@pytest.mark.parametrize("seal", ["proof", "token"])
def test_one_of_two_is_revoked(badge, key, at, seal):
    document = status.list_credential(URL, key.did, [7], valid_from=at, valid_until=at + timedelta(days=1))
    sealed = (
        proofs.sign(document, key, at)
        if seal == "proof"
        else vcjwt.sign(document, vcjwt.SoftwareSigner(key.private, key.verification_method))
    )
    for index, found in ((7, "revoked"), (8, "")):
        listed = {**badge, "credentialStatus": status.entry(URL, index)}
        assert status.status_of(listed, {URL: sealed}, at) == found


def test_a_badge_without_an_entry_has_nothing_against_it(badge, at):
    assert status.status_of(badge, {}, at) == ""


def test_revoked_weighs_more_than_suspended_and_both_are_looked_at(badge, key, at):
    lists = {
        f"{URL}{purpose}": proofs.sign(
            status.list_credential(f"{URL}{purpose}", key.did, [3], valid_from=at, purpose=purpose), key, at
        )
        for purpose in status.PURPOSES
    }
    entries = [status.entry(url, 3, url.removeprefix(URL)) for url in lists]
    assert status.status_of({**badge, "credentialStatus": entries}, lists, at) == "revoked"
    assert status.status_of({**badge, "credentialStatus": entries[1:]}, lists, at) == "suspended"
    entries[0]["statusListIndex"] = "4"
    assert status.status_of({**badge, "credentialStatus": entries}, lists, at) == "suspended"
    with pytest.raises(status.StatusRefused, match="no_list"):
        status.status_of(
            {**badge, "credentialStatus": entries},
            {entries[0]["statusListCredential"]: lists[f"{URL}revocation"]},
            at,
        )


def test_a_signed_badge_with_an_entry_holds_but_for_its_status(badge, key, at):
    badge["credentialStatus"] = status.entry(URL, 131_071)
    found = proofs.verify(proofs.sign(badge, key, at), at)
    assert [check.reason for check in found.checks if not check.ok] == ["status_unsupported"]


def test_places_are_free_random_and_end():
    taken = set(range(100))
    found = {status.free_index(taken, 131_072) for _ in range(200)}
    assert not found & taken
    assert len(found) > 150
    assert status.free_index({0, 1, 3}, 4) == 2
    with pytest.raises(OverflowError):
        status.free_index(range(4), 4)
