"""What is wrong in a file, row by row and column by column, in the reader's words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions.batches import IN_SETS
from sonjuku.rooms.calls.models import ImportBatch, ImportRow
from sonjuku.rooms.calls.rules.cells import FAULTS
from sonjuku.rooms.calls.rules.intake import Fault, Sheet, read_row

# Short names of faults, to count and to filter by.
KINDS: dict[str, Any] = {
    "broken": _("文字が壊れている"),
    "missing": _("必ず要る項目が空"),
    "not_split": _("姓と名が分かれていない"),
    "kana": _("フリガナ"),
    "date": _("日付として読めない"),
    "instant": _("日時として読めない"),
    "birth": _("生年月日"),
    "email": _("メールアドレス"),
    "phone": _("電話番号"),
    "postal_code": _("郵便番号"),
    "school_stage": _("在学の状況"),
    "school": _("学校"),
    "audience": _("当てはまる立場"),
    "option": _("選んだ区分"),
    "wish_twice": _("同じ希望が二度"),
    "wish_rank": _("希望の順"),
    "rank_taken": _("希望の順が重なる"),
    "too_long": _("長すぎる"),
    "in_future": _("届いた日時がいまより後"),
    "not_in_time": _("受付の期間の外"),
    "guardian": _("保護者がいない"),
    "same_address": _("保護者と本人のアドレスが同じ"),
    "answer": _("質問への回答"),
    "ineligible": _("応募資格"),
    "in_file": _("ファイルの中で二重"),
    "already": _("すでに申込みがある"),
}


class Line(NamedTuple):
    """One row of the file with what is wrong in it; `faults` is empty when it may be taken."""

    row: ImportRow
    faults: list[Fault]


def lines_of(rows: Iterable[ImportRow], sheet: Sheet) -> Iterator[Line]:
    """The rows with their faults in words: read anew, so that they come in the reader's language."""
    for row in rows:
        own = read_row(sheet, row.values).faults if row.codes else []
        yield Line(row, own + [_in_set(problem) for problem in row.problems if problem["code"] in IN_SETS])


def _in_set(problem: dict[str, Any]) -> Fault:
    code = problem["code"]
    if problem.get("row"):
        words = format_lazy(_("{row} 行目と同じ人です。どちらかの行を除いてください。"), row=problem["row"])
        return Fault(None, code, words)
    return Fault(None, code, FAULTS[code])


def tally(batch: ImportBatch) -> list[tuple[str, Any, int]]:
    """How many rows have each kind of fault: (code, words, rows), most first; rows left out are not counted."""
    texts = batch.rows.filter(is_left_out=False).exclude(codes="").order_by().values_list("codes", flat=True)
    counted = Counter(code for text in texts for code in text.split())
    return [(code, KINDS[code], number) for code, number in counted.most_common()]
