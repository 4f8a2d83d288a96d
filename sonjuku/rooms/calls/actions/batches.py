"""Files of applications: staged row by row, checked in chunks, repaired, and let go when they are taken or not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries
from sonjuku.rooms.calls.actions._shared import lock, own, refuse_if
from sonjuku.rooms.calls.actions.applications import check_takes_paper
from sonjuku.rooms.calls.models import Application, Call, ColumnMapping, ImportBatch, ImportRow
from sonjuku.rooms.calls.rules import REAPPLY_FROM
from sonjuku.rooms.calls.rules.columns import doubled, header_hash, missing, of_columns, usable
from sonjuku.rooms.calls.rules.intake import Reading, Sheet, read_identity, read_rank, read_row, same_person
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.tables import Table

S = ImportBatch.State
CHUNK = 500
IN_SETS = frozenset(["in_file", "already", "rank_taken"])


def lock_batch(batch: ImportBatch) -> ImportBatch:
    """The batch as it stands, locked until the transaction ends: whoever checks, repairs or takes it holds this."""
    return (
        ImportBatch.objects.select_for_update(of=("self",)).select_related("call__council").get(pk=batch.pk)
    )


def must_be(batch: ImportBatch, *states: str) -> None:
    refuse_if(
        batch.state not in states,
        "stale",
        _("このファイルの取込みは、ほかの人がすでに先へ進めています。"),
        _("ページを読み直して、いまの状態を確かめてください。"),
    )


@writes
def stage(
    *,
    by: Actor,
    call: Call,
    file_name: str,
    table: Table,
    mapping: Mapping[str, str],
    questions: Sequence[Any],
) -> ImportBatch:
    """Keep the rows of a file, to be mapped and checked; nothing of them counts yet. The file itself is not kept.

    Refused: not_open, closed, list_frozen, invitation_only, other_council.
    """
    own(by, call.council_id)
    check_takes_paper(call)
    batch = ImportBatch.objects.create(
        council_id=call.council_id,
        call=call,
        account_id=by.account_id,
        file_name=file_name[-200:],
        encoding=table.encoding,
        header=table.header,
        mapping=usable(mapping, table.header, questions),
        rows_total=len(table.rows),
        created_at=by.at,
    )
    ImportRow.objects.bulk_create(
        (ImportRow(batch=batch, number=line.number, values=line.cells) for line in table.rows),
        batch_size=CHUNK,
    )
    record(by=by, verb="batch.staged", subject=batch)
    return batch


@writes
def set_mapping(
    *, by: Actor, batch: ImportBatch, mapping: Mapping[str, str], questions: Sequence[Any]
) -> ImportBatch:
    """Say what each column is; checking begins anew, and the council's next file with this header starts from here.

    Refused: name_missing, target_twice, stale.
    """
    batch = lock_batch(batch)
    own(by, batch.council_id)
    must_be(batch, S.UPLOADED, S.CHECKING, S.CHECKED)
    batch.mapping = usable(mapping, batch.header, questions)
    refuse_if(
        bool(missing(batch.mapping)),
        "name_missing",
        _("氏名とフリガナの列が選ばれていません。"),
        _("姓と名が一つの列のときは「氏名」と「フリガナ」を、分かれているときは四つの列を選んでください。"),
    )
    refuse_if(
        bool(doubled(batch.mapping)),
        "target_twice",
        _("同じ内容を、二つの列に選んでいます。"),
        _("どちらか一つを「取り込まない」にしてください。"),
    )
    ColumnMapping.objects.update_or_create(
        council_id=batch.council_id,
        header_hash=header_hash(batch.header),
        defaults={"mapping": of_columns(batch.mapping), "used_at": by.at},
    )
    batch.state, batch.rows_checked, batch.rows_wrong = S.CHECKING, 0, 0
    batch.save(update_fields=["mapping", "state", "rows_checked", "rows_wrong"])
    record(by=by, verb="batch.mapped", subject=batch)
    return batch


@writes
def check_next(*, by: Actor, batch: ImportBatch, sheet: Sheet, size: int = CHUNK) -> ImportBatch:
    """Check the next rows in one transaction; the last chunk also looks for persons who are there twice.

    Whoever calls it again after a crash goes on where the last committed chunk ended. Nothing happens unless CHECKING.
    """
    batch = lock_batch(batch)
    own(by, batch.council_id)
    if batch.state != S.CHECKING:
        return batch
    rows = list(batch.rows.order_by("number")[batch.rows_checked : batch.rows_checked + size])
    for row in rows:
        _note(row, _told(read_row(sheet, row.values)))
    ImportRow.objects.bulk_update(rows, ["problems", "codes"], batch_size=CHUNK)
    batch.rows_checked += len(rows)
    if not rows or batch.rows_checked >= batch.rows_total:
        batch.rows_checked, batch.state = batch.rows_total, S.CHECKED
        _look_for_doubles(batch, sheet)
    batch.rows_wrong = _wrong(batch)
    batch.save(update_fields=["rows_checked", "rows_wrong", "state"])
    return batch


@writes
def edit_row(
    *, by: Actor, batch: ImportBatch, row: ImportRow, values: Sequence[str], sheet: Sheet
) -> ImportRow:
    """Correct the cells of one row and check it anew, with the rows it may be confused with. Refused: stale."""
    batch = lock_batch(batch)
    own(by, batch.council_id)
    must_be(batch, S.CHECKED)
    row = batch.rows.get(pk=row.pk)
    changed = [number for number, value in enumerate(values) if value != row.values[number]]
    row.values = list(values)
    _note(row, _told(read_row(sheet, row.values)))
    row.save(update_fields=["values", "problems", "codes"])
    _look_for_doubles(batch, sheet)
    _count(batch)
    record(by=by, verb="batch.row_repaired", subject=batch, field_names=[f"column_{n + 1}" for n in changed])
    row.refresh_from_db()
    return row


@writes
def leave_out(
    *, by: Actor, batch: ImportBatch, row_ids: Collection[UUID] | None, out: bool, sheet: Sheet
) -> int:
    """Leave rows out of the import, or take them back; None: all that are wrong. Returns how many. Refused: stale."""
    batch = lock_batch(batch)
    own(by, batch.council_id)
    must_be(batch, S.CHECKED)
    rows = batch.rows.exclude(codes="") if row_ids is None else batch.rows.filter(pk__in=row_ids)
    number = rows.filter(is_left_out=not out).update(is_left_out=out)
    if number:
        _look_for_doubles(batch, sheet)
        _count(batch)
        record(by=by, verb="batch.rows_left_out" if out else "batch.rows_taken_back", subject=batch)
    return number


@writes
def cancel(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """Give the file up: its rows are deleted. A second time changes nothing. Refused: stale once it was taken."""
    batch = lock_batch(batch)
    own(by, batch.council_id)
    if batch.state == S.CANCELLED:
        return batch
    must_be(batch, S.UPLOADED, S.CHECKING, S.CHECKED, S.PROMOTING, S.FAILED)
    batch.rows.all().delete()
    batch.state, batch.finished_at = S.CANCELLED, by.at
    batch.header, batch.mapping = [], {}
    batch.save(update_fields=["state", "finished_at", "header", "mapping"])
    record(by=by, verb="batch.cancelled", subject=batch)
    return batch


@writes
def ask_to_promote(
    *, by: Actor, batch: ImportBatch, sends_receipts: bool = False, guardian_paper: bool = False
) -> ImportBatch:
    """The operator has confirmed: a worker will take the rows. A second press changes nothing.

    Refused: rows_wrong, no_rows, stale, and what keeps the call from taking applications.
    """
    lock(batch.call)
    batch = lock_batch(batch)
    own(by, batch.council_id)
    if batch.state in {S.PROMOTING, S.DONE}:
        return batch
    must_be(batch, S.CHECKED)
    check_takes_paper(batch.call)
    must_be_right(batch)
    batch.state = S.PROMOTING
    batch.sends_receipts, batch.guardian_paper = sends_receipts, guardian_paper
    batch.save(update_fields=["state", "sends_receipts", "guardian_paper"])
    return batch


@writes
def give_back_batch(*, by: Actor, batch: ImportBatch) -> ImportBatch:
    """The rows could not be taken: the file is on the desk again, as it was before the operator confirmed."""
    batch = lock_batch(batch)
    if batch.state == S.PROMOTING:
        batch.state = S.CHECKED
        batch.save(update_fields=["state"])
        record(by=by, verb="batch.given_back", subject=batch)
    return batch


@writes
def note_report(*, by: Actor, batch: ImportBatch) -> None:
    """Somebody has downloaded the cells that are wrong."""
    own(by, batch.council_id)
    record(by=by, verb="batch.report_read", subject=batch)


def must_be_right(batch: ImportBatch) -> None:
    refuse_if(
        batch.rows_wrong > 0,
        "rows_wrong",
        _("直していない行があるため、まだ取り込めません。"),
        _("行を直すか、取り込まない行として除いてください。"),
    )
    refuse_if(
        not batch.rows.filter(is_left_out=False).exists(),
        "no_rows",
        _("取り込む行がありません。"),
        _("除いた行を戻すか、この取込みを取りやめてください。"),
    )


def rows_to_take(batch: ImportBatch, sheet: Sheet) -> list[tuple[ImportRow, Reading]]:
    """Read all rows once more under the lock, as the call stands now; in the order of arrival, then of the sheet.

    Gives [] when a row is wrong by now: then the faults are noted, and the batch is CHECKED again.
    """
    read = [(row, read_row(sheet, row.values)) for row in batch.rows.filter(is_left_out=False)]
    doubles, elsewhere = _doubles(batch, sheet, [row for row, _reading in read])
    wrong = [(row, _told(each) + doubles.get(row.pk, [])) for row, each in read]
    wrong = [(row, found) for row, found in wrong if found]
    if not wrong:
        for row, reading in read:
            reading.person_id = elsewhere.get(row.pk)
        return sorted(read, key=lambda pair: (pair[1].received_at, pair[0].number))
    for row, found in wrong:
        _note(row, found)
    ImportRow.objects.bulk_update([row for row, _found in wrong], ["problems", "codes"], batch_size=CHUNK)
    batch.state = S.CHECKED
    _count(batch, "state")
    return []


def settle(by: Actor, batch: ImportBatch, *, taken: int, waiting_rows: Iterable[ImportRow]) -> None:
    """The rows are taken. Their values are deleted; `waiting_rows` stay, empty, until their letters are written."""
    waiting = list(waiting_rows)
    for row in waiting:
        row.values, row.problems, row.codes = [], [], ""
    ImportRow.objects.bulk_update(waiting, ["values", "problems", "codes", "application"], batch_size=CHUNK)
    batch.rows.filter(application__isnull=True).delete()
    batch.state, batch.rows_promoted, batch.finished_at, batch.header = S.DONE, taken, by.at, []
    batch.save(update_fields=["state", "rows_promoted", "finished_at", "header"])
    record(by=by, verb="batch.promoted", subject=batch)


def _told(reading: Reading) -> list[dict[str, Any]]:
    return [{"column": fault.column, "code": fault.code} for fault in reading.faults]


def _note(row: ImportRow, problems: list[dict[str, Any]]) -> None:
    row.problems = problems
    row.codes = "".join(f" {code}" for code in sorted({p["code"] for p in problems})) + (
        " " if problems else ""
    )


def _wrong(batch: ImportBatch) -> int:
    return batch.rows.filter(is_left_out=False).exclude(codes="").count()


def _count(batch: ImportBatch, *fields: str) -> None:
    batch.rows_wrong = _wrong(batch)
    batch.save(update_fields=["rows_wrong", *fields])


def _look_for_doubles(batch: ImportBatch, sheet: Sheet) -> None:
    """Note anew which persons stand in the file twice, or have applied already."""
    rows = list(batch.rows.filter(is_left_out=False))
    doubles, _elsewhere = _doubles(batch, sheet, rows)
    changed = []
    for row in rows:
        before = row.codes
        own_problems = [problem for problem in row.problems if problem["code"] not in IN_SETS]
        _note(row, own_problems + doubles.get(row.pk, []))
        if row.codes != before or doubles.get(row.pk):
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["problems", "codes"], batch_size=CHUNK)


def _doubles(
    batch: ImportBatch, sheet: Sheet, rows: Iterable[ImportRow]
) -> tuple[dict[UUID, list[dict[str, Any]]], dict[UUID, UUID]]:
    """What is wrong with rows whose person stands in an earlier row or has applied already, by row; and the persons of
    the rows of those who have applied to another call of the run."""
    there = _applied(batch.call)
    elsewhere = queries.applied_elsewhere(batch.call) if sheet.together else {}
    first: dict[str, int] = {}
    found: dict[UUID, list[dict[str, Any]]] = {}
    persons: dict[UUID, UUID] = {}
    for row in rows:
        keys = read_identity(sheet, row.values)
        known = {elsewhere[key].person_id: elsewhere[key] for key in keys if key in elsewhere}
        who = next(iter(known.values())) if len(known) == 1 else None
        # Two rows may be one person by different keys.
        keys |= {str(who.person_id)} if who else set()
        seen = min((first[key] for key in keys if key in first), default=None)
        if keys & there:
            found[row.pk] = [{"column": None, "code": "already"}]
        elif seen is not None:
            found[row.pk] = [{"column": None, "code": "in_file", "row": seen}]
        elif who is not None:
            persons[row.pk] = who.person_id
            if read_rank(sheet, row.values) in who.ranks:
                found[row.pk] = [{"column": None, "code": "rank_taken"}]
        for key in keys:
            first.setdefault(key, row.number)
    return found, persons


def _applied(call: Call) -> set[str]:
    """The keys (see `same_person`) of everyone whose application to this call stands."""
    rows = Application.objects.filter(call=call).exclude(state__in=REAPPLY_FROM).order_by()
    told = rows.values_list(
        "person__family_name_kana",
        "person__given_name_kana",
        "person__date_of_birth",
        "person__phone",
        "person__email",
    )
    return {
        key
        for family, given, born, phone, email in told
        for key in same_person(
            family_kana=family, given_kana=given, date_of_birth=born, phone=phone, email=email
        )
    }
