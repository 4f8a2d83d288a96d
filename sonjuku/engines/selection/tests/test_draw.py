import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonjuku.engines.selection.__main__ import main
from sonjuku.engines.selection.draw import (
    draw,
    draw_order,
    list_bytes,
    list_hash,
    make_proof,
    recompute,
    seed_from,
)

# Each digest was made with `printf '00ff:CODE' | sha256sum`.
SEED = "00ff"
BY_DIGEST = [
    "AAAA-AAAA",  # 4abc56a0…
    "7F3K-22QX",  # 8c69dfdf…
    "ZZZZ-ZZZZ",  # 95e5ef5b…
    "0000-0001",  # a080b977…
]
# printf 'AAAA-AAAA\t1\nZZZZ-ZZZZ\t2\n' | sha256sum
TWO_ENTRIES_HASH = "58b0536e93b83d7f13499316bcb32693ef047067c5f7fbf3a38a534a146ce2b7"

CODES = st.lists(
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ-", min_size=1, max_size=9), unique=True, max_size=30
)
ENTRIES = CODES.flatmap(
    lambda codes: st.tuples(*(st.tuples(st.just(code), st.integers(1, 3)) for code in codes)).map(list)
)
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=64)


def test_the_order_is_that_of_sha256sum():
    assert draw_order(sorted(BY_DIGEST), SEED) == BY_DIGEST


def test_the_list_is_hashed_as_published():
    entries = [("ZZZZ-ZZZZ", 2), ("AAAA-AAAA", 1)]
    assert list_bytes(entries) == b"AAAA-AAAA\t1\nZZZZ-ZZZZ\t2\n"
    assert list_hash(entries) == TWO_ENTRIES_HASH


def test_a_smaller_class_goes_first_and_the_rest_waits_in_order():
    entries = [(code, 2) for code in BY_DIGEST[:3]] + [(BY_DIGEST[3], 1)]
    drawn = draw(entries, SEED, 2)
    assert drawn.winners == (BY_DIGEST[3], BY_DIGEST[0])
    assert drawn.waiting == (BY_DIGEST[1], BY_DIGEST[2])
    assert drawn.order == drawn.winners + drawn.waiting


@given(ENTRIES, SEEDS, st.integers(0, 40), st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_matters(entries, seed, seats, random):
    shuffled = random.sample(entries, len(entries))
    assert draw(shuffled, seed, seats) == draw(entries, seed, seats)
    assert list_hash(shuffled) == list_hash(entries)


@given(ENTRIES, SEEDS, st.integers(0, 40))
def test_everyone_is_drawn_once_and_no_place_is_kept_back(entries, seed, seats):
    drawn = draw(entries, seed, seats)
    assert sorted(drawn.order) == sorted(code for code, _ in entries)
    assert len(drawn.winners) == min(seats, len(entries))
    classes = dict(entries)
    ranks = [classes[code] for code in drawn.order]
    assert ranks == sorted(ranks)


@given(ENTRIES.filter(lambda entries: len(entries) > 1), SEEDS, st.integers(0, 40), st.data())
def test_one_who_leaves_changes_nobody_elses_order(entries, seed, seats, data):
    gone = data.draw(st.sampled_from(entries))
    left = draw([entry for entry in entries if entry != gone], seed, seats).order
    assert list(left) == [code for code in draw(entries, seed, seats).order if code != gone[0]]


@given(ENTRIES, st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), st.integers(0, 40))
def test_a_proof_survives_json_and_holds(entries, public_value, seats):
    assert recompute(json.loads(json.dumps(make_proof(entries, public_value, seats)))) == []


PROOF = make_proof([("A", 1), ("B", 1), ("C", 2)], "round-1", 1)


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"entries": [["A", 1], ["B", 1], ["C", 1]]}, ["list_hash_differs"]),
        ({"entries": [["A", 1], ["B", 1]]}, ["list_hash_differs", "order_differs"]),
        ({"public_value": "round-2"}, ["seed_differs"]),
        ({"order": PROOF["order"][::-1]}, ["order_differs"]),
        ({"list_hash": "0" * 64}, ["list_hash_differs", "seed_differs"]),
        ({"seats": -1}, ["bad_seats"]),
        ({"seats": True}, ["malformed"]),
        ({"seed": "XYZ"}, ["bad_seed"]),
        ({"entries": [["A", 1], ["A", 1]]}, ["duplicate_code"]),
        ({"entries": [["萩", 1]]}, ["bad_code"]),
        ({"entries": 5}, ["malformed"]),
        ({"order": None}, ["malformed"]),
        ({"list_hash": None}, ["malformed"]),
    ],
)
def test_a_changed_proof_is_found_out(change, problems):
    found = recompute(PROOF | change)
    assert set(problems) <= set(found)
    assert found


def test_a_missing_part_is_malformed():
    for key in PROOF:
        assert recompute({name: value for name, value in PROOF.items() if name != key}) == ["malformed"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: draw_order(["A"], ""), "bad_seed"),
        (lambda: draw_order(["A"], "AB"), "bad_seed"),
        (lambda: draw_order(["A\n"], "ab"), "bad_code"),
        (lambda: draw_order(["A B"], "ab"), "bad_code"),
        (lambda: draw([("A", 1), ("A", 2)], "ab", 1), "duplicate_code"),
        (lambda: list_bytes([("A", True)]), "bad_class"),
        (lambda: seed_from("ab", "x"), "bad_hash"),
        (lambda: seed_from("a" * 64, "値"), "bad_public_value"),
        (lambda: seed_from("a" * 64, ""), "bad_public_value"),
    ],
)
def test_what_breaks_the_format_is_refused(call, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        call()


def test_the_command_tells_a_true_draw_from_a_false_one(tmp_path, capsys):
    good, bad, broken = (tmp_path / name for name in ("good.json", "bad.json", "broken.json"))
    good.write_text(json.dumps(PROOF))
    bad.write_text(json.dumps(PROOF | {"order": PROOF["order"][::-1]}))
    broken.write_text("{")
    assert main(["verify", str(good)]) == 0
    assert "3 entries, 1 places" in capsys.readouterr().out
    assert main(["verify", str(bad)]) == 1
    assert "order_differs" in capsys.readouterr().out
    assert main(["verify", str(broken)]) == main(["verify", str(tmp_path / "none")]) == main([]) == 2


def test_the_command_runs_without_django(tmp_path):
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(PROOF))
    script = (
        "import sys; from sonjuku.engines.selection.__main__ import main\n"
        "sys.exit(main(['verify', sys.argv[1]]) or 'django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script, file], check=False).returncode == 0
    command = [sys.executable, "-m", "sonjuku.engines.selection", "verify", file]
    assert subprocess.run(command, check=False).returncode == 0
