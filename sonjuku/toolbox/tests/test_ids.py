import re
import time

from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.ids import ALPHABET, fresh_codes, normalise_code, receipt_code, short_code, uuid7


def test_uuid7_has_version_variant_and_the_time_in_milliseconds():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after


def test_uuid7_sorts_by_time_and_does_not_repeat():
    made = []
    for _ in range(50):
        made.append(uuid7())
        time.sleep(0.0001)
    assert made == sorted(made)
    assert len({uuid7() for _ in range(5000)}) == 5000


def test_codes_use_no_look_alikes():
    assert not set("ILOU") & set(ALPHABET)
    assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", receipt_code())
    assert re.fullmatch(f"[{ALPHABET}]{{6}}", short_code())
    assert len({receipt_code() for _ in range(1000)}) == 1000


def test_fresh_codes_are_different_and_replace_what_exists():
    drawn = iter(["A", "A", "B", "C", "A", "D", "D", "E"])
    asked: list[set[str]] = []

    def taken(codes):
        asked.append(set(codes))
        return {"B", "C"} & set(codes)

    assert sorted(fresh_codes(3, lambda: next(drawn), taken)) == ["A", "D", "E"]
    assert [len(codes) for codes in asked] == [2, 1, 1, 1]


def test_fresh_codes_ask_for_five_hundred_at_a_time():
    numbers = iter(range(2000))
    asked: list[int] = []

    def taken(codes):
        asked.append(len(codes))
        return {"7", "1003"} & set(codes)

    made = fresh_codes(1100, lambda: str(next(numbers)), taken)
    assert len(made) == len(set(made)) == 1100
    assert not {"7", "1003"} & set(made)
    assert asked == [500, 500, 100, 2]
    assert fresh_codes(0, short_code, taken) == []


def test_a_typed_code_is_read_as_it_was_meant():
    for typed in ("7F3K-22QX", "7f3k22qx", " ７Ｆ３Ｋ－２２ＱＸ　", "7F3K ー 22QX", "7f3k–22qx", "7F3K−22QX"):
        assert normalise_code(typed) == "7F3K-22QX"
    assert normalise_code("oil o1l") == "011011"
    assert normalise_code("") == ""


@given(st.text(ALPHABET, min_size=8, max_size=8), st.booleans())
def test_normalising_keeps_a_good_code(body, lower):
    code = f"{body[:4]}-{body[4:]}"
    assert normalise_code(code.lower() if lower else code) == code
    assert normalise_code(normalise_code(body)) == code
