"""What stands in a file, and what has become of it."""

from collections import Counter
from typing import Any

from sonjuku.rooms.calls.models import ImportBatch

HEADER = "タイムスタンプ,氏名,フリガナ,生年月日,郵便番号,メールアドレス"
KANA = "アイウエオカキクケコ"


def line(number: int, moment: str = "2026/11/18 9:00:00", **cells: str) -> str:
    kana = "".join(KANA[int(digit)] for digit in f"{number:04d}")
    row = {
        "at": moment, "name": f"見本 太郎{number}", "kana": f"ミホン {kana}", "born": "昭和60年4月1日", "postal": "758-0041",
        "email": f"p{number}@example.jp",
    }  # fmt: skip
    return ",".join({**row, **cells}.values())


def file_of(*lines: str, header: str = HEADER, encoding: str = "cp932") -> bytes:
    return "\r\n".join([header, *lines]).encode(encoding)


def codes(batch: ImportBatch) -> dict[int, list[tuple[int | None, str]]]:
    return {r.number: [(p["column"], p["code"]) for p in r.problems] for r in batch.rows.all() if r.problems}


def tally(call: Any) -> dict[str, int]:
    return dict(Counter(call.applications.values_list("state", flat=True)))
