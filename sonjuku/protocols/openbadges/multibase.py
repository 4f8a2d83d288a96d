"""Base58 with its multibase sign "z", as did:key and proofValue write bytes."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_TEN_DIGITS = 58**10
# Decoding is quadratic; a key has 34 bytes and a signature 64.
_LONGEST = 128


def encode(data: bytes) -> str:
    """`data` as "z" and base58 (the Bitcoin alphabet); leading zero bytes are kept."""
    number, digits = int.from_bytes(data), ""
    # Ten digits at a time: long division costs more than the digits themselves.
    while number:
        number, rest = divmod(number, _TEN_DIGITS)
        for _ in range(5):
            rest, pair = divmod(rest, 3364)
            digits = _PAIRS[pair] + digits
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + digits.lstrip("1")


def decode(text: object) -> bytes:
    """The bytes of a multibase base58 text of at most 128 characters. Raises ValueError."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("not multibase base58")
    digits = text[1:]
    number = 0
    for digit in digits:
        number = number * 58 + _ALPHABET.index(digit)
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)
