"""One Japanese word, one code name, and each name really used."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| ([^|]+?) \| ([a-z_]+) \| ([a-z]+) \|", re.M)
ROWS = [row for row in ROW.findall((ROOT / "docs" / "glossary.md").read_text()) if row[0] != "日本語"]


def test_the_table_is_read():
    assert len(ROWS) > 60


def test_no_word_and_no_name_stands_twice():
    words = Counter(word for cell, _, _ in ROWS for word in cell.split("・"))
    names = Counter(name for _, name, _ in ROWS)
    assert [w for w, n in (words + names).items() if n > 1] == []


def test_each_name_is_used_in_its_room():
    for word, name, room in ROWS:
        source = "".join(p.read_text() for p in (ROOT / "sonjuku" / "rooms" / room).rglob("*.py"))
        camel = "".join(part.title() for part in name.split("_"))
        assert re.search(rf"\b{name}|class {camel}\b", source), f"{word}: {name} is not in {room}"
