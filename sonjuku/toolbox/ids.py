"""Keys of rows (UUIDv7) and the short codes that people read aloud, print and type."""

import secrets
import time
import unicodedata
import uuid
from collections.abc import Callable

# Crockford's base 32: no I, L, O (they look like 1, 1, 0) and no U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_LOOK_ALIKES = str.maketrans("OIL", "011")
_ASKED_AT_ONCE = 500


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 5.7) whose order follows this machine's clock to about 250 ns.

    Two made within one clock tick may sort either way; never read a business order out of it.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000  # RFC 9562 6.2, method 3
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def receipt_code() -> str:
    """A random public code such as `7F3K-22QX` (40 bits). Nothing here makes it unique: retry on a clash."""
    return f"{_random(4)}-{_random(4)}"


def short_code() -> str:
    """Six random characters (30 bits) to type from a letter: the door that takes it must limit attempts."""
    return _random(6)


def fresh_codes(number: int, make: Callable[[], str], taken: Callable[[list[str]], set[str]]) -> list[str]:
    """So many different codes from `make`, none of which exists; `taken` tells which of at most 500 do.

    Nothing here keeps another from taking one of them before they are written.
    """
    found: set[str] = set()
    while len(found) < number:
        made = list({make() for _ in range(number - len(found))} - found)
        for start in range(0, len(made), _ASKED_AT_ONCE):
            asked = made[start : start + _ASKED_AT_ONCE]
            found |= set(asked) - taken(asked)
    return list(found)


def normalise_code(text: str) -> str:
    """What a person typed, in the form of `receipt_code` or `short_code`.

    Takes wide letters, lower case, spaces, any kind of dash, and O, I, L for 0, 1, 1.
    Eight characters get their dash back; text of another length comes back joined and will match no code.
    """
    wide_folded = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    # The long-vowel mark ー is what a Japanese keyboard gives for a dash.
    kept = "".join(
        c for c in wide_folded if c != "ー" and unicodedata.category(c) not in {"Pd", "Zs", "Cc", "Cf", "Sm"}
    )
    return f"{kept[:4]}-{kept[4:]}" if len(kept) == 8 else kept


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
