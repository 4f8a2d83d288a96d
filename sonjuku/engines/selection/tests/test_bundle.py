import json
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.engines.selection import wire, wire_draw
from sonjuku.engines.selection.__main__ import main
from sonjuku.engines.selection.bundle import Known, Problem, make_bundle, make_list, make_rules, verify
from sonjuku.engines.selection.draw import make_proof
from sonjuku.engines.selection.tests.bundles import SOURCE, again_from, bundles, one, tampered
from sonjuku.engines.selection.wire_draw import Unit

ALL = bundles()
TAMPERED = tampered()

# printf 'format\tsonjuku-selection-2\nengine\t1\nmethod\tdraw\nrun\tspring\nsource\tdrand quicknet 1000\nseats\t1\n' | sha256sum
RULES_HASH = "5a3b24420ca9b44248cd3769aba3d89d0e6f206369812fed21f22d3b95fc750f"
# printf 'rules\t%s\nAAAA-AAAA\t2\nZZZZ-ZZZZ\t1\n' "$rules_hash" | sha256sum
LIST_HASH = "dfc27e7c304cadf094988f94dd2317ea90b705872ad1189d4213f6fb81aeeb3e"
# printf '%s:4711' "$list_hash" | sha256sum
SEED = "5b7ee72d073d9addda8197480fc9cb364bcde88113df44e47a04330004dcaaf9"


def test_the_bytes_are_those_of_a_shell():
    rules = make_rules("draw", "spring", "drand quicknet 1000", wire_draw.rules_lines(1))
    frozen = make_list(rules, wire_draw.list_lines([Unit("ZZZZ-ZZZZ", 1), Unit("AAAA-AAAA", 2)]))
    bundle = make_bundle(rules, frozen, "4711")
    assert (bundle["rules_hash"], bundle["list_hash"], bundle["seed"]) == (RULES_HASH, LIST_HASH, SEED)
    assert bundle["result"] == "ZZZZ-ZZZZ\tin\nAAAA-AAAA\twaiting\n"
    assert bundle["check"] == []


def test_sixty_bundles_hold():
    assert Counter(bundle["rules"].split("\n")[2] for bundle in ALL) == {
        "method\tdraw": 20, "method\tassign": 20, "method\tmatch": 20,
    }  # fmt: skip
    for bundle in ALL:
        assert verify(json.loads(json.dumps(bundle))) == []
        assert bundle["check"] == []


def test_the_bundles_are_not_trivial():
    """Somebody is refused, released seats occur, and minimums take seats away."""
    results = "".join(bundle["result"] for bundle in ALL)
    for word in ("\twaiting", "\t-\t-", "\treleased", "\tin\n"):
        assert word in results
    cut = [b for b in ALL if "method\tmatch" in b["rules"] and ceilings(b) != most(b)]
    assert len(cut) >= 3


def ceilings(bundle):
    return {
        line.split("\t")[1]: line.split("\t")[2]
        for line in bundle["result"].splitlines()
        if line[:8] == "ceiling\t"
    }


def most(bundle):
    return {
        line.split("\t")[1]: line.split("\t")[3]
        for line in bundle["rules"].splitlines()
        if line[:6] == "right\t"
    }


@pytest.mark.parametrize(("name", "bundle", "problem"), TAMPERED, ids=[name for name, _, _ in TAMPERED])
def test_a_tampered_bundle_is_refused_by_name(name, bundle, problem):
    assert problem in [found.kind for found in verify(bundle)]


def test_a_moved_line_is_pointed_at():
    (found,) = verify(next(b for name, b, _ in TAMPERED if name == "draw: one line of the order moved"))
    assert found.detail.startswith("line 1: computed ")


def test_a_whole_new_draw_is_caught_by_what_the_reader_has_in_hand():
    """It is consistent in itself: only the notice on the board and the public draw can tell."""
    honest = one("draw")
    notice = Known(honest["rules_hash"], honest["list_hash"], honest["public_value"])
    forged = again_from(honest, frozen="".join(honest["list"].splitlines(keepends=True)[:-1]))
    assert verify(forged) == []
    assert [p.kind for p in verify(forged, notice)] == ["not_the_printed_list"]
    late = again_from(honest, value="4711")
    assert [p.kind for p in verify(late, notice)] == ["not_the_public_value"]
    assert verify(honest, notice) == []


def test_a_draw_of_the_first_format_still_holds():
    proof = make_proof([("AAAA-AAAA", 1), ("ZZZZ-ZZZZ", 1)], "4711", 1)
    assert verify(proof) == []
    assert verify(proof | {"seed": "00"}) != []
    assert verify(proof, Known(list_hash="0" * 64)) == [
        Problem("not_the_printed_list", "you have " + "0" * 64)
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(ALL), st.sampled_from(sorted(ALL[0])), VALUES)
def test_no_value_breaks_the_verifier(bundle, key, value):
    found = verify(bundle | {key: value})
    assert found or value == bundle[key]


@given(st.sampled_from(ALL), st.sampled_from(("rules", "list", "order", "result")), st.data())
def test_any_other_sign_is_noticed(bundle, key, data):
    text = bundle[key]
    if not text:
        return
    at = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign != text[at]))
    assert verify(bundle | {key: text[:at] + sign + text[at + 1 :]})


def test_a_text_that_is_no_utf8_is_refused():
    bundle = json.loads(json.dumps(one("draw")).replace("500", "\\ud800"))
    assert "rules_hash_differs" in [found.kind for found in verify(bundle)]


def test_a_unit_is_never_split_and_the_next_that_fits_goes_in():
    units = [Unit("a", 1, 2), Unit("b", 2, 2), Unit("c", 3, 1), Unit("d", 4, 1)]
    rules = make_rules("draw", "tour", SOURCE, wire_draw.rules_lines(3))
    result = make_bundle(rules, make_list(rules, wire_draw.list_lines(units)), "1")["result"]
    assert result == "a\tin\nb\twaiting\nc\tin\nd\twaiting\n"


@pytest.mark.parametrize(
    "line", ["a\t1\t1", "a\t0", "a\t01", "a\t+1", "a", "a\t1\t2\t3", "-a\t1", "a b\t1", "a\t1\n\nb\t1", "あ\t1", "a\t１"]
)  # fmt: skip
def test_there_is_one_way_to_write_an_entry(line):
    rules = make_rules("draw", "x", SOURCE, wire_draw.rules_lines(1))
    with pytest.raises(wire.Wrong, match="bad_list"):
        make_bundle(rules, make_list(rules, [line]), "1")


def test_a_billion_seats_under_a_cap_are_not_counted_one_by_one():
    """Anybody may be handed a bundle to verify; it must come to an end."""
    lines = ["region\tnorth\t1", "programme\tweb\tnorth\t0", "seats\t*\t1000000000", "seats\t*\t1000000000"]
    rules = make_rules("assign", "x", SOURCE, lines)
    bundle = make_bundle(rules, make_list(rules, ["a\t-\tweb:1", "b\t-\tweb:1"]), "1")
    assert bundle["result"].count("web") == 1
    assert verify(bundle) == []


def told(capsys, tmp_path, bundle, *more):
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle))
    status = main(["verify", str(path), *more])
    return status, capsys.readouterr().out


def test_the_command_says_what_is_wrong(capsys, tmp_path):
    bundle = one("assign")
    assert told(capsys, tmp_path, bundle) == (0, "holds: 25 codes, same order, same result, no complaint\n")
    status, said = told(capsys, tmp_path, bundle | {"seed": "ab" * 32})
    assert status == 1
    assert said.startswith("does not hold: seed_differs, order_differs")
    status, said = told(capsys, tmp_path, bundle, "--list-hash", "0" * 64)
    assert status == 1
    assert "not_the_printed_list" in said


def test_the_command_needs_no_more_than_numpy(tmp_path):
    """With everything else of the environment out of reach."""
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(one("match")))
    program = (
        "import sys, runpy\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'django', 'ninja', 'yaml', 'cryptography', 'PIL', 'psycopg', 'hypothesis'}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        f"sys.argv = ['selection', 'verify', {str(path)!r}]\n"
        "runpy.run_module('sonjuku.engines.selection', run_name='__main__')\n"
    )
    root = Path(__file__).resolve().parents[4]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("holds: 14 codes")


# Round 1000 of drand's quicknet, as its network published it.
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
BEACON = {"round": 1000, "signature": SIGNATURE, "randomness": RANDOMNESS}


def test_a_bundle_with_its_beacon_holds():
    assert verify(again_from(one("draw"), value=RANDOMNESS) | {"beacon": BEACON}) == []
    assert verify(one("draw") | {"beacon": None}) == []


@pytest.mark.parametrize(
    ("beacon", "problem"),
    [
        (BEACON | {"signature": SIGNATURE.replace("b446", "b447")}, Problem("beacon_differs", f"computed {sha256(bytes.fromhex('b447' + SIGNATURE[4:])).hexdigest()}")),
        (BEACON | {"round": 0}, Problem("bad_beacon", "round")),
        (BEACON | {"round": True}, Problem("bad_beacon", "round")),
        (BEACON | {"signature": SIGNATURE.upper()}, Problem("bad_beacon", "signature")),
        (BEACON | {"signature": SIGNATURE[2:]}, Problem("bad_beacon", "signature")),
        (BEACON | {"randomness": 7}, Problem("bad_beacon", "randomness")),
        ([], Problem("bad_beacon", "round")),
    ],
)  # fmt: skip
def test_a_wrong_beacon_is_named(beacon, problem):
    assert verify(again_from(one("draw"), value=RANDOMNESS) | {"beacon": beacon}) == [problem]


def test_a_beacon_that_is_not_the_public_value_is_named():
    assert verify(one("draw") | {"beacon": BEACON}) == [Problem("beacon_differs", "public_value")]
    proof = make_proof([("AAAA-AAAA", 1)], "4711", 1)
    assert verify(proof | {"beacon": BEACON}) == [Problem("beacon_differs", "public_value")]
