import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.protocols.openbadges import controllers, keys, multibase

SECRET = "a secret of the installation"
# Bitcoin's published base58 examples (base58_encode_decode.json).
BASE58 = (
    ("", ""),
    ("61", "2g"),
    ("626262", "a3gV"),
    ("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"),
    ("10c8511e", "Rt5zm"),
    ("00000000000000000000", "1111111111"),
)


def public_key(did):
    return controllers.find(keys.verification_method(did), {})


@pytest.mark.parametrize(("data", "digits"), BASE58)
def test_base58_is_bitcoins(data, digits):
    assert multibase.encode(bytes.fromhex(data)) == "z" + digits
    assert multibase.decode("z" + digits) == bytes.fromhex(data)


@given(st.binary(max_size=80))
def test_base58_comes_back(data):
    assert multibase.decode(multibase.encode(data)) == data


@pytest.mark.parametrize("text", [None, 5, "", "a3gV", "z0", "zO", "z l", "z" + "2" * 200])
def test_what_is_not_base58_is_refused(text):
    with pytest.raises(ValueError):
        multibase.decode(text)


def test_a_did_gives_back_its_key():
    key = keys.new_key()
    assert key.did.startswith("did:key:z6Mk")
    assert key.verification_method == f"{key.did}#{key.did[8:]}"
    signature = key.sign(b"data")
    assert keys.holds(public_key(key.did), signature, b"data")
    assert not keys.holds(public_key(key.did), signature, b"date")
    assert not keys.holds(public_key(keys.new_key().did), signature, b"data")


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:example.jp",
        "did:key:z6Mk0",
        "did:key:z6Mk",
    ],
)
def test_other_dids_are_refused(did):
    with pytest.raises(controllers.NoKey):
        public_key(did)


def test_a_sealed_key_opens_with_its_secret_only():
    key = keys.new_key()
    sealed = keys.seal(key, SECRET)
    assert keys.open_sealed(sealed, SECRET).did == key.did
    for wrong in ("another secret of the house", "", sealed):
        with pytest.raises(keys.KeyRefused):
            keys.open_sealed(sealed, wrong)
    with pytest.raises(keys.KeyRefused):
        keys.open_sealed(sealed[:60], SECRET)


def test_a_short_secret_seals_nothing():
    with pytest.raises(ValueError, match="16"):
        keys.seal(keys.new_key(), "short")


def test_another_kind_of_key_is_refused():
    pem = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(SECRET.encode()),
    )
    with pytest.raises(keys.KeyRefused, match="Ed25519"):
        keys.open_sealed(pem.decode(), SECRET)


def test_a_key_shows_no_secret():
    key = keys.new_key()
    assert repr(key) == f"IssuerKey(did='{key.did}')"
    raw = key.private.private_bytes_raw()
    sealed = keys.seal(key, SECRET)
    assert "ENCRYPTED" in sealed
    assert raw.hex() not in sealed
