import pytest

from sonjuku.toolbox.sealing import SealBroken, open_sealed, seal


def test_it_opens_with_the_same_secret_for_the_same_purpose():
    sealed = seal("合言葉", "a long secret", "webhook")
    assert "合言葉".encode() not in sealed
    assert open_sealed(sealed, "a long secret", "webhook") == "合言葉"


@pytest.mark.parametrize(("secret", "purpose"), [("another", "webhook"), ("a long secret", "mfa")])
def test_nothing_else_opens_it(secret, purpose):
    with pytest.raises(SealBroken):
        open_sealed(seal("x", "a long secret", "webhook"), secret, purpose)


def test_a_damaged_seal():
    with pytest.raises(SealBroken):
        open_sealed(b"x" + seal("x", "s", "p"), "s", "p")
