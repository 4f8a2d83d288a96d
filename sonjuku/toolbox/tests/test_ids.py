import re
import time

from hypothesis import given
from hypothesis import strategies as st

from sonjuku.toolbox.ids import ALPHABET, normalise_code, receipt_code, short_code, uuid7


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
