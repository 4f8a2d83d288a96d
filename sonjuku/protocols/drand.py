"""A beacon of drand's quicknet, checked without asking anybody (docs/algorithms/drand.md).

Scheme bls-unchained-g1-rfc9380: the message is SHA-256 of the round as eight big-endian bytes, hashed to G1 as RFC 9380
says; the signature stands on G1, the key of the network on G2; the randomness is SHA-256 of the signature.
"""

import hashlib
import json
import re
import sys
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NoReturn

CHAIN_HASH = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
PUBLIC_KEY = (
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510"
    "d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
SCHEME = "bls-unchained-g1-rfc9380"
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
GENESIS = datetime.fromtimestamp(1692803367, UTC)
PERIOD = timedelta(seconds=3)
# Beyond it a round has no date that Python can say.
LAST_ROUND = (datetime.max.replace(tzinfo=UTC) - GENESIS) // PERIOD + 1

# A beacon has about 250 characters; the rest is room for what other relays add.
LONGEST_TEXT = 4_000
SIGNATURE = re.compile(r"[0-9a-f]{96}", re.ASCII)
RANDOMNESS = re.compile(r"[0-9a-f]{64}", re.ASCII)
# The older chain of drand signs on G2: twice as long.
OTHER_CHAIN = re.compile(r"[0-9a-f]{192}", re.ASCII)
LOADING = Lock()


class BeaconRefused(ValueError):
    """A text that is no beacon of quicknet. `code` says why:

    `too_long`, `not_json`, `not_a_beacon` (no object with a round and a signature), `twice` (one name, two values),
    `bad_round`, `bad_signature`, `bad_randomness`, `other_chain` (a signature as long as those of drand's older chain).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Beacon:
    """Well formed, not yet verified; both texts are hexadecimal in lower case, 96 and 64 digits."""

    round: int
    signature: str
    randomness: str


def round_at(instant: datetime) -> int:
    """The first round whose time is this instant or later. Raises ValueError for a time without a zone."""
    if instant.utcoffset() is None:
        raise ValueError("a round belongs to an instant: the time needs a zone")
    return max(1, 1 - (GENESIS - instant) // PERIOD)


def time_of(round: int) -> datetime:
    """When the network signs this round, in UTC. Raises ValueError for what is no round."""
    if not 1 <= round <= LAST_ROUND:
        raise ValueError(f"no round of quicknet: {round}")
    return GENESIS + (round - 1) * PERIOD


def read(text: str) -> Beacon:
    """What a person pastes from a relay: a JSON object with `round`, `signature` and, in the older form, `randomness`.

    Other names, white space, full-width signs and capital hexadecimal digits don't matter. Where a relay leaves the
    randomness out it is computed. Raises BeaconRefused. What is well formed is not therefore true: ask `verify`.
    """
    if len(text) > LONGEST_TEXT:
        raise BeaconRefused("too_long")
    found = _object(unicodedata.normalize("NFKC", text).lstrip("\ufeff"))
    if "round" not in found or "signature" not in found:
        raise BeaconRefused("not_a_beacon")
    number = found["round"]
    # True is an int to Python; 1000.0 is a way to write another number than the one that was signed.
    if type(number) is not int or not 1 <= number <= LAST_ROUND:
        raise BeaconRefused("bad_round")
    signature = _digits(found["signature"])
    if OTHER_CHAIN.fullmatch(signature):
        raise BeaconRefused("other_chain")
    if not SIGNATURE.fullmatch(signature):
        raise BeaconRefused("bad_signature")
    if "randomness" not in found:
        return Beacon(number, signature, _randomness_of(signature))
    randomness = _digits(found["randomness"])
    if not RANDOMNESS.fullmatch(randomness):
        raise BeaconRefused("bad_randomness")
    return Beacon(number, signature, randomness)


def verify(round: int, signature_hex: str, randomness_hex: str) -> bool:
    """True only if quicknet signed this round with this signature and the randomness is its SHA-256.

    Takes the forms of `Beacon` and says False to every other text. It costs about a quarter of a second of CPU, the first time
    in a process about a second: for a button of the secretariat, not for every visitor.
    """
    if type(round) is not int or not 1 <= round <= LAST_ROUND:
        return False
    if not SIGNATURE.fullmatch(signature_hex) or not RANDOMNESS.fullmatch(randomness_hex):
        return False
    if randomness_hex != _randomness_of(signature_hex):
        return False
    message = hashlib.sha256(round.to_bytes(8, "big")).digest()
    return _signed(message, int(signature_hex, 16))


def _load_curves() -> None:
    """Import py_ecc and nothing else of it: its importing lifts Python's recursion limit to 100,000.

    That holds for the whole process: a deep JSON from outside, which ends in a RecursionError now, could overflow the
    stack and take the server with it. One thread at a time, or the second would put back what the first one's import set.
    """
    with LOADING:
        limit = sys.getrecursionlimit()
        try:
            # Only when it is needed: with its modules it takes half a second, which every start would pay.
            import py_ecc  # noqa: F401, PLC0415
        finally:
            sys.setrecursionlimit(limit)


def _signed(message: bytes, signature: int) -> bool:
    """The pairing e(H(m), key) = e(signature, G2), after the signature was found to be a point of the group."""
    # Not at the top of the file, for the reasons that stand in `_load_curves`.
    _load_curves()
    from py_ecc.bls.g2_primitives import subgroup_check  # noqa: PLC0415
    from py_ecc.bls.hash_to_curve import hash_to_G1  # noqa: PLC0415
    from py_ecc.bls.point_compression import decompress_G1, decompress_G2  # noqa: PLC0415
    from py_ecc.bls.typing import G1Compressed, G2Compressed  # noqa: PLC0415
    from py_ecc.optimized_bls12_381 import FQ12, G2, final_exponentiate, is_inf, neg, pairing  # noqa: PLC0415

    try:
        point = decompress_G1(G1Compressed(signature))
    except ValueError:
        return False
    # Without the second test anybody could make other signatures from a true one: adding a point whose order divides
    # the cofactor doesn't change the pairing, but gives another randomness each time.
    if is_inf(point) or not subgroup_check(point):
        return False
    key = decompress_G2(G2Compressed((int(PUBLIC_KEY[:96], 16), int(PUBLIC_KEY[96:], 16))))
    hashed = hash_to_G1(message, DST, hashlib.sha256)  # type: ignore[arg-type]  # their annotation is of its result
    product = pairing(key, hashed, False) * pairing(neg(G2), point, False)
    return bool(final_exponentiate(product) == FQ12.one())


def _randomness_of(signature: str) -> str:
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest()


def _object(text: str) -> dict[str, Any]:
    try:
        # Not strict: a mail may have broken a long line in the middle of the digits.
        found = json.loads(text, strict=False, object_pairs_hook=_once, parse_constant=_no_number)
    except BeaconRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise BeaconRefused("not_json") from error
    if not isinstance(found, dict):
        raise BeaconRefused("not_a_beacon")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BeaconRefused("twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise BeaconRefused("not_json")


def _digits(value: object) -> str:
    """Without white space, in lower case; empty for what is no text."""
    return "".join(value.split()).lower() if isinstance(value, str) else ""
