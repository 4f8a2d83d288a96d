"""From a file to a staged batch, and from a call to what reading its rows needs to know."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Call, ColumnMapping, ImportBatch
from sonjuku.rooms.calls.rules.columns import (
    QUESTION,
    WHOLE_FILE,
    header_hash,
    headings,
    propose,
    unasked,
    usable,
)
from sonjuku.rooms.calls.rules.intake import Sheet
from sonjuku.rooms.forms import queries as forms
from sonjuku.rooms.forms.models import Question
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.vocabulary import queries as vocabulary
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.toolbox.tables import Table, TableError, read_table
from sonjuku.toolbox.text import search_text

# What happened, and what to do.
TABLE_WORDS: dict[str, tuple[Any, Any]] = {
    "empty": (_("このファイルは中身が空です。"), _("もとの画面から、もう一度書き出してください。")),
    "too_big": (
        _("このファイルは大きすぎます。"),
        _("10 MBまでのファイルにしてください。ブックに写真などがあるときは、表だけをCSVで保存してください。"),
    ),
    "unreadable": (
        _("表として読めないファイルです。"),
        _("CSVか、Excelのブック（.xlsx）を選んでください。古い形式（.xls）は、開いて .xlsx で保存し直してください。"),
    ),
    "no_rows": (_("見出しの行だけで、申込みの行がありません。"), _("申込みが入ったファイルを選んでください。")),
    "too_many_rows": (_("行が多すぎます。"), _("一度に取り込めるのは 20,000 行までです。ファイルを分けてください。")),
    "too_many_columns": (_("列が多すぎます。"), _("200 列までにしてください。要らない列は消してから保存します。")),
    "cell_too_long": (
        _("長すぎる文が入っているか、引用符（\"）が閉じていません。"),
        _("1つのセルは 10,000 文字までです。表計算ソフトで開き、CSVで保存し直してください。"),
    ),
}  # fmt: skip


def refused_code(code: str) -> Refused:
    """The words for a file that can't be read; `code` is a TableError's."""
    message, next_step = TABLE_WORDS[code]
    return Refused(f"table_{code}", message, next_step)


def refused_table(error: TableError) -> Refused:
    """The words for what `read_table` could not read."""
    return refused_code(error.code)


def read_upload(data: bytes) -> Table:
    """A sheet of applications. Raises Refused("table_…")."""
    try:
        return read_table(data, headings=list(headings()))
    except TableError as error:
        raise refused_table(error) from None


def questions_of(call: Call) -> list[Question]:
    return forms.questions(call.form_version) if call.form_version else []


def useless_for(call: Call) -> frozenset[str]:
    """The targets that no column of a file for this call has."""
    return unasked(
        is_ranked=call.selection == Call.Selection.RANKED, is_together=len(queries.drawn_together(call)) > 1
    )


def proposed(call: Call, header: Sequence[str]) -> dict[str, str]:
    """What each column probably is: as this council said for the same header before, else from its words."""
    asked = questions_of(call)
    useless = useless_for(call)
    guess = propose(header, asked)
    guess = {column: target for column, target in guess.items() if target not in useless}
    before = ColumnMapping.objects.filter(council_id=call.council_id, header_hash=header_hash(header)).first()
    if before is None:
        return guess
    # Another call's questions are other columns: they are proposed anew.
    known = usable(before.mapping, header, asked)
    known = {column: target for column, target in known.items() if target not in useless}
    mine = {column: target for column, target in guess.items() if target.startswith(QUESTION)}
    return {**mine, **known}


def open_file(*, by: Actor, call: Call, file_name: str, data: bytes) -> ImportBatch:
    """Read a file and stage its rows with a proposed mapping. Refused: table_…, and as calls.actions.stage."""
    table = read_upload(data)
    return actions.stage(
        by=by,
        call=call,
        file_name=file_name,
        table=table,
        mapping=proposed(call, table.header),
        questions=questions_of(call),
    )


def sheet_of(batch: ImportBatch, by: Actor) -> Sheet:
    """What reading the rows of this batch needs to know, as the call stands now (a fixed number of queries)."""
    call = batch.call
    rules = list(call.eligibility_rules.all())
    audiences = {audience.code: audience for audience in vocabulary.audiences()}
    guardian = people.guardian_rule(call.council, day_of(by.at))
    return Sheet(
        call=call,
        at=by.at,
        mapping=[batch.mapping.get(str(number), "") for number in range(len(batch.header))],
        questions=questions_of(call),
        rules=rules,
        names=queries.names_in(rules, get_language() or "ja"),
        options={
            search_text(words): pool.option
            for pool in queries.pools(call)
            for words in {pool.option, pool.option_en} - {""} or {""}
        },
        default_option=batch.mapping.get(WHOLE_FILE, ""),
        audiences={
            search_text(words): audience.code
            for audience in audiences.values()
            for words in (audience.code, audience.title, audience.title_en)
        },
        above={code: frozenset(_above(code, audiences)) for code in audiences},
        schools={search_text(school.name): school.id for school in people.schools(call.council)},
        under=guardian.required_under,
        stages=guardian.required_stages,
        together=len(queries.drawn_together(call)),
    )


def _above(code: str, audiences: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    at: str | None = code
    while at is not None and at in audiences and at not in found:
        found.add(at)
        at = audiences[at].parent_id
    return found
