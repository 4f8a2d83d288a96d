"""Beacons that the network published (drand_quicknet.json), and what somebody could make of them.

Five tests compute a pairing, a fifth of a second each; the others are refused before it.
"""

import hashlib
import json
import re
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.protocols import drand
from sonjuku.protocols.drand import BeaconRefused, read, round_at, time_of, verify

KNOWN = json.loads((Path(__file__).parent / "drand_quicknet.json").read_text())
FIRST, SECOND = KNOWN["beacons"]
PAGES = Path(__file__).resolve().parents[3] / "docs" / "algorithms"
# How many points the group has; the curve has about 2^126 times as many.
ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001


def sha256(digits):
    return hashlib.sha256(bytes.fromhex(digits)).hexdigest()


@pytest.fixture
def curves():
    """For tests that use py_ecc themselves: its import must not change the limit of this process either."""
    drand._load_curves()


def with_own_randomness(round, signature):
    """Whoever forges a signature computes the randomness that belongs to it."""
    return verify(round, signature, sha256(signature))


# The network and its clock


def test_the_chain_hash_is_that_of_these_constants():
    """drand: SHA-256 of period, genesis, key, genesis seed, name. So one wrong digit in any of them shows here."""
    facts = struct.pack(">Iq", drand.PERIOD.seconds, int(drand.GENESIS.timestamp()))
    key = bytes.fromhex(drand.PUBLIC_KEY)
    seed = bytes.fromhex(KNOWN["genesis_seed"])
    assert hashlib.sha256(facts + key + seed + b"quicknet").hexdigest() == drand.CHAIN_HASH


def test_the_key_is_a_point_of_the_group(curves):
    from py_ecc.bls.point_compression import decompress_G2
    from py_ecc.optimized_bls12_381 import is_inf, multiply

    key = decompress_G2((int(drand.PUBLIC_KEY[:96], 16), int(drand.PUBLIC_KEY[96:], 16)))
    assert not is_inf(key)
    assert is_inf(multiply(key, ORDER))


@pytest.mark.parametrize(("number", "said"), [(int(n), said) for n, said in KNOWN["times"].items()])
def test_another_client_names_the_same_rounds(number, said):
    at = datetime.fromisoformat(said)
    assert (round_at(at), time_of(number)) == (number, at)
    assert round_at(at.astimezone(ZoneInfo("Asia/Tokyo"))) == number


def test_the_first_round_is_at_the_genesis_and_nothing_is_before():
    assert time_of(1) == drand.GENESIS == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    assert round_at(datetime(2000, 1, 1, tzinfo=UTC)) == 1
    for number in (0, -1, drand.LAST_ROUND + 1):
        with pytest.raises(ValueError):
            time_of(number)


@given(st.datetimes(drand.GENESIS.replace(tzinfo=None), timezones=st.just(UTC)))
def test_no_earlier_round_would_do(instant):
    number = round_at(instant)
    if number <= drand.LAST_ROUND:
        assert timedelta(0) <= time_of(number) - instant < drand.PERIOD


def test_a_time_without_a_zone_is_no_instant():
    with pytest.raises(ValueError):
        round_at(datetime(2026, 4, 20))  # noqa: DTZ001


# Verifying


@pytest.mark.parametrize("known", KNOWN["beacons"], ids=lambda known: known["round"])
def test_what_the_network_signed_holds(known):
    beacon = read(json.dumps(known))
    assert beacon.randomness == known.get("randomness", sha256(known["signature"]))
    assert verify(beacon.round, beacon.signature, beacon.randomness) is True


def test_the_signature_of_another_round_is_refused():
    assert not with_own_randomness(1001, FIRST["signature"])


def test_the_other_square_root_is_refused():
    """One flipped bit that leaves a point of the group: the sign of y."""
    flipped = f"{int(FIRST['signature'], 16) ^ 1 << 381:096x}"
    assert not with_own_randomness(1000, flipped)


@pytest.mark.parametrize("bit", [0, 7, 200, 379, 380, 382, 383])
def test_a_flipped_bit_is_refused(bit):
    flipped = f"{int(FIRST['signature'], 16) ^ 1 << bit:096x}"
    assert not verify(1000, flipped, FIRST["randomness"])
    assert not with_own_randomness(1000, flipped)


def test_the_randomness_is_no_free_choice():
    swapped = sha256(SECOND["signature"])
    off = f"{int(FIRST['randomness'], 16) ^ 1:064x}"
    for randomness in (swapped, off, "0" * 64, "", FIRST["randomness"].upper()):
        assert not verify(1000, FIRST["signature"], randomness)


def test_a_point_outside_the_group_added_to_a_true_signature_is_refused(curves, monkeypatch):
    """The pairing alone would take it, and whoever may add any such point chooses the randomness."""
    from py_ecc.bls import g2_primitives
    from py_ecc.bls.point_compression import compress_G1, decompress_G1
    from py_ecc.optimized_bls12_381 import add, is_inf, multiply

    stray = multiply(decompress_G1((1 << 383) + 4), ORDER)
    assert not is_inf(stray)
    forged = f"{compress_G1(add(decompress_G1(int(FIRST['signature'], 16)), stray)):096x}"
    assert not with_own_randomness(1000, forged)
    monkeypatch.setattr(g2_primitives, "subgroup_check", lambda point: True)
    assert with_own_randomness(1000, forged)


def test_the_point_at_infinity_is_refused():
    """It is a member of the group, but the signature of nobody."""
    assert not with_own_randomness(1000, "c0" + "00" * 47)


@pytest.mark.parametrize(
    "signature",
    [
        "80" + "00" * 46 + "01",  # x = 1: no point of the curve
        "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",  # x = p
        "00" * 48,
        "ff" * 48,
        "c0" + "00" * 46 + "01",
        FIRST["signature"][2:],
        FIRST["signature"] + "00",
        FIRST["signature"].upper(),
        " " + FIRST["signature"],
        "",
    ],
)
def test_what_is_no_signature_is_refused(signature):
    digits = re.sub("[^0-9a-f]", "", signature)
    assert not verify(1000, signature, sha256(digits[: len(digits) // 2 * 2]))


@pytest.mark.parametrize("round", [0, -1, 2**64, 1000.0, "1000", True, None])
def test_what_is_no_round_is_refused(round):
    assert not verify(round, FIRST["signature"], FIRST["randomness"])


def test_the_recursion_limit_stays_and_nothing_is_imported_before_it_is_needed():
    """In a process of its own: only the first import changes the limit."""
    program = f"""
import sys
from sonjuku.protocols import drand
assert "py_ecc" not in sys.modules
before = sys.getrecursionlimit()
assert not drand.verify(1000, "80" + "00" * 46 + "01", "{sha256("80" + "00" * 46 + "01")}")
assert "py_ecc" in sys.modules
assert sys.getrecursionlimit() == before
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PAGES.parent.parent)


# Reading what is pasted


def text(**changes):
    return json.dumps(FIRST | changes)


def test_a_pasted_text_may_be_untidy():
    plain = read(text())
    assert plain == drand.Beacon(FIRST["round"], FIRST["signature"], FIRST["randomness"])
    tidy = text(served_by="api.drand.sh", previous_signature="", more={"a": [1.5, None]})
    wide = text().translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}).replace(" ", "\u3000")
    broken = text().replace("b44679", "b44\r\n  679")
    capital = text(signature=FIRST["signature"].upper(), randomness=FIRST["randomness"].upper())
    for untidy in (tidy, wide, broken, capital, f"\ufeff\n \u00a0{text()}\n\n"):
        assert read(untidy) == plain


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("", "not_json"),
        ("fe290beca10872ef", "not_json"),
        (text() + text(), "not_json"),
        (text()[:-1], "not_json"),
        (text(more=float("nan")), "not_json"),
        ("[" * 3000, "not_json"),
        ("[" * 1900 + "]" * 1900, "not_json"),
        ('{"round":' + "9" * 3900 + "}", "not_a_beacon"),
        ("1000", "not_a_beacon"),
        ("null", "not_a_beacon"),
        ("[]", "not_a_beacon"),
        ("{}", "not_a_beacon"),
        (json.dumps({"round": 1000}), "not_a_beacon"),
        (json.dumps({"signature": FIRST["signature"]}), "not_a_beacon"),
        ('{"round": 7, ' + text()[1:], "twice"),
        ('{"more": {"a": 1, "a": 1}, ' + text()[1:], "twice"),
        (text(more="x" * 4000), "too_long"),
        (text(round=0), "bad_round"),
        (text(round=-1), "bad_round"),
        (text(round=2**64), "bad_round"),
        (text(round=True), "bad_round"),
        (text(round="1000"), "bad_round"),
        (text(round=1000.0), "bad_round"),
        (text(round=None), "bad_round"),
        (text(round=[1000]), "bad_round"),
        (text(signature=""), "bad_signature"),
        (text(signature=None), "bad_signature"),
        (text(signature=7), "bad_signature"),
        (text(signature=FIRST["signature"][:-1]), "bad_signature"),
        (text(signature="0x" + FIRST["signature"][2:]), "bad_signature"),
        (text(signature="٣" * 96), "bad_signature"),
        (text(signature="ab" * 96), "other_chain"),
        (text(randomness=""), "bad_randomness"),
        (text(randomness=None), "bad_randomness"),
        (text(randomness={"hex": FIRST["randomness"]}), "bad_randomness"),
        (text(randomness=FIRST["randomness"] + "\u0000"), "bad_randomness"),
    ],
)
def test_what_is_no_beacon_is_refused_with_its_reason(pasted, code):
    with pytest.raises(BeaconRefused) as refused:
        read(pasted)
    assert refused.value.code == code


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(list(FIRST.values())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["round", "signature", "randomness", "more"]), VALUES)
CODES = set(re.findall(r"`(\w+)`", BeaconRefused.__doc__)) - {"code"}


@given(st.text() | VALUES.map(json.dumps) | OBJECTS.map(json.dumps))
def test_every_text_is_a_beacon_or_refused_with_a_known_reason(pasted):
    try:
        beacon, code = read(pasted), None
    except BeaconRefused as refused:
        beacon, code = None, refused.code
    assert (code is None) != (code in CODES)
    if beacon:
        assert re.fullmatch("[0-9a-f]{96}", beacon.signature)
        assert re.fullmatch("[0-9a-f]{64}", beacon.randomness)
        assert time_of(beacon.round) >= drand.GENESIS


@given(
    st.integers(1, drand.LAST_ROUND), st.binary(min_size=48, max_size=48), st.binary(min_size=32, max_size=32)
)
def test_what_has_the_form_is_read_as_it_stands(round, signature, randomness):
    beacon = drand.Beacon(round, signature.hex(), randomness.hex())
    assert read(text(round=round, signature=signature.hex(), randomness=randomness.hex())) == beacon


# The page for readers


@pytest.fixture(params=["drand.md", "drand.ja.md"])
def page(request):
    return (PAGES / request.param).read_text()


def test_the_page_names_the_network_and_the_reasons(page):
    for fact in (drand.CHAIN_HASH, drand.PUBLIC_KEY, drand.SCHEME, drand.DST.decode(), *CODES):
        assert f"`{fact}`" in page
    assert f"`{drand.GENESIS.timestamp():.0f}`" in page


def test_the_named_round_of_the_page_is_that_of_its_time(page):
    number = int(re.search(r"drand quicknet round (\d+)", page)[1])
    assert round_at(datetime(2026, 12, 14, 10, tzinfo=ZoneInfo("Asia/Tokyo"))) == number
    assert set(re.findall(r"`(\d{8})`", page)) == {str(number)}


def test_the_example_of_the_page_is_round_1000(page):
    assert read(re.search(r"```json\n(.*?)```", page, re.S)[1]) == read(text())
    at = time_of(1000).astimezone(UTC if "UTC" in page else ZoneInfo("Asia/Tokyo"))
    assert f"{at:%H:%M:%S}" in page or f"{at.hour}時{at.minute}分{at.second}秒" in page
    assert f'"{FIRST["signature"]}"' in re.search(r"```js\n(.*?)```", page, re.S)[1]


def test_the_recipe_of_the_page_gives_the_randomness(page):
    recipe = re.search(r"```sh\npython3 -c '(.*?)'\n```", page, re.S)[1]
    done = subprocess.run([sys.executable, "-c", recipe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == FIRST["randomness"]
