import pytest

from sonjuku.toolbox import parcels

PASSPHRASE, PURPOSE = "sixteen signs or more", b"test-1\n"


def test_it_opens_with_the_same_words_alone():
    parcel = parcels.wrap(b"keys", PASSPHRASE, PURPOSE)
    assert b"keys" not in parcel
    assert parcels.unwrap(parcel, PASSPHRASE, PURPOSE) == b"keys"
    assert parcels.wrap(b"keys", PASSPHRASE, PURPOSE) != parcel
    for broken in (
        parcel[:-1],
        parcel + b"x",
        parcel[:-1] + bytes([parcel[-1] ^ 1]),
        parcel[:20],
        b"",
        PURPOSE,
    ):
        with pytest.raises(parcels.ParcelBroken):
            parcels.unwrap(broken, PASSPHRASE, PURPOSE)
    with pytest.raises(parcels.ParcelBroken):
        parcels.unwrap(parcel, "another phrase of some length", PURPOSE)
    with pytest.raises(parcels.ParcelBroken):
        parcels.unwrap(b"test-2\n" + parcel.removeprefix(PURPOSE), PASSPHRASE, b"test-2\n")


def test_a_short_passphrase_is_none():
    with pytest.raises(ValueError, match="16"):
        parcels.wrap(b"keys", "fifteen letters", PURPOSE)
