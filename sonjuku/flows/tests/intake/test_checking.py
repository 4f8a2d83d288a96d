"""A file of applications is staged, checked, repaired, given up, and taken by command."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sonjuku.flows import applying, intake
from sonjuku.flows.tests.conftest import ADULT
from sonjuku.flows.tests.intake.files import codes, file_of, line, tally
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.actions import batches
from sonjuku.rooms.calls.models import Application, ColumnMapping, ImportBatch, ImportRow
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.models import Person, Role
from sonjuku.toolbox.refusals import Refused
from tests.drawing import run_of


def test_a_broken_cp932_file_is_repaired_row_by_row_and_taken(lottery, checked, promote, secretariat):
    call = lottery()
    wrong = ["2026/11/18 9:00:00,見本花子,ミホン ハナコ,昭和六十年,758-0041,x", line(2, kana="ミホン ■")]
    broken = file_of(line(1), *wrong).replace("太郎1".encode("cp932"), b"\x81\xff1")
    batch = intake.open_file(by=secretariat, call=call, file_name="x.csv", data=broken)
    actions.set_mapping(by=secretariat, batch=batch, mapping=batch.mapping, questions=[])
    intake.check(batch.id, secretariat.at)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_wrong, batch.rows_checked) == ("checked", 3, 3)
    assert codes(batch) == {
        2: [(1, "broken")], 3: [(1, "not_split"), (5, "email"), (3, "date")], 4: [(2, "kana")],
    }  # fmt: skip
    assert {code: number for code, _words, number in intake.tally(batch)} == {
        "broken": 1, "not_split": 1, "email": 1, "date": 1, "kana": 1,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        promote(batch)
    assert refused.value.code == "rows_wrong"
    sheet = intake.sheet_of(batch, secretariat)
    words = [
        str(fault.message)
        for each in intake.lines_of(batch.rows.filter(number=3), sheet)
        for fault in each.faults
    ]
    assert words[2] == "日付として読めません。「1985-04-01」か「昭和60年4月1日」のように入力してください。"

    def repair(number: int, **cells: str) -> ImportRow:
        row = batch.rows.get(number=number)
        values = [cells.get(f"c{n}", value) for n, value in enumerate(row.values)]
        return actions.edit_row(by=secretariat, batch=batch, row=row, values=values, sheet=sheet)

    assert repair(2, c1="見本 太郎1").codes == ""
    assert repair(3, c1="見本 花子", c3="昭和60年4月1日").codes == " email "
    assert repair(3, c5="hanako@example.jp").codes == ""
    actions.leave_out(by=secretariat, batch=batch, row_ids=None, out=True, sheet=sheet)
    batch.refresh_from_db()
    assert batch.rows_wrong == 0
    assert promote(batch).rows_promoted == 2
    assert set(Person.objects.values_list("given_name", flat=True)) == {"太郎1", "花子"}


def test_nobody_is_taken_twice(lottery, checked, secretariat, make_person):
    call = lottery()
    profile = {
        **ADULT,
        "family_name_kana": "ミホン",
        "given_name_kana": "アアアイ",
        "date_of_birth": dt.date(1985, 4, 1),
    }
    applying.enter(by=secretariat, call=call, profile=profile, channel="paper", received_at=secretariat.at)
    batch = checked(
        call, line(1), line(2), line(3), line(2, kana="みほん ｱｱｱｳ", born="S60.4.1", email="other@example.jp")
    )
    assert codes(batch) == {2: [(None, "already")], 5: [(None, "in_file")]}
    assert batch.rows.get(number=5).problems[0]["row"] == 3
    sheet = intake.sheet_of(batch, secretariat)
    third = batch.rows.get(number=3)
    actions.leave_out(by=secretariat, batch=batch, row_ids=[third.pk], out=True, sheet=sheet)
    assert codes(batch) == {2: [(None, "already")]}
    actions.leave_out(by=secretariat, batch=batch, row_ids=[third.pk], out=False, sheet=sheet)
    assert codes(batch) == {2: [(None, "already")], 5: [(None, "in_file")]}


def test_checking_goes_on_where_a_killed_worker_ended(lottery, stage, secretariat, monkeypatch):
    call = lottery()
    batch = stage(call, *[line(n) for n in range(1, 8)], line(3))
    actions.set_mapping(by=secretariat, batch=batch, mapping=batch.mapping, questions=[])
    batch.refresh_from_db()
    read: list[int] = []
    real = batches.read_row

    def counting(sheet: Any, values: Any) -> Any:
        read.append(1)
        if len(read) == 6:
            raise RuntimeError("killed")
        return real(sheet, values)

    monkeypatch.setattr(batches, "read_row", counting)
    sheet = intake.sheet_of(batch, secretariat)
    batch = actions.check_next(by=secretariat, batch=batch, sheet=sheet, size=3)
    assert (batch.rows_checked, batch.state) == (3, "checking")
    with pytest.raises(RuntimeError):
        actions.check_next(by=secretariat, batch=batch, sheet=sheet, size=3)
    batch.refresh_from_db()
    assert batch.rows_checked == 3
    read.clear()
    read.extend([1] * 10)
    assert intake.check(batch.id, secretariat.at) == 8
    assert len(read) - 10 == 5  # the three that were committed are not read again
    batch.refresh_from_db()
    assert (batch.state, codes(batch)) == ("checked", {9: [(None, "in_file")]})
    assert intake.check(batch.id, secretariat.at) == 8


def test_a_call_that_takes_none_says_why(lottery, checked, stage, promote, secretariat, make_call, council):
    with pytest.raises(Refused) as refused:
        stage(make_call(council), line(1))
    assert refused.value.code == "not_open"
    call = lottery()
    batch = checked(call, line(1))
    batch = actions.ask_to_promote(by=secretariat, batch=batch)
    late = secretariat.now(secretariat.at + dt.timedelta(days=6))
    actions.close_call(by=late, call=call)
    actions.freeze_list(by=late, run=run_of(call))
    role = Role.objects.get(account_id=secretariat.account_id, kind="secretariat")
    assert intake.take(batch.id, role.id, late.at) == 0
    batch.refresh_from_db()
    assert (batch.state, call.applications.count(), batch.rows.count()) == ("checked", 0, 1)


def test_a_role_that_has_ended_takes_nothing(lottery, checked, secretariat):
    batch = actions.ask_to_promote(by=secretariat, batch=checked(lottery(), line(1)))
    role = Role.objects.get(account_id=secretariat.account_id, kind="secretariat")
    Role.objects.filter(pk=role.pk).update(ends_on=dt.date(2026, 11, 19))
    assert intake.take(batch.id, role.id, secretariat.at) == 0
    assert not Application.objects.exists()
    Role.objects.filter(pk=role.pk).update(ends_on=None)
    actions.ask_to_promote(by=secretariat, batch=ImportBatch.objects.get())
    assert intake.take(batch.id, role.id, secretariat.at) == 1
    assert intake.take(batch.id, role.id, secretariat.at) == 1
    assert Application.objects.count() == 1


def test_a_cancelled_file_is_gone(lottery, checked, secretariat):
    batch = actions.cancel_batch(by=secretariat, batch=checked(lottery(), line(1)))
    assert (batch.state, batch.header, ImportRow.objects.count()) == ("cancelled", [], 0)
    with pytest.raises(Refused):
        actions.ask_to_promote(by=secretariat, batch=batch)


def test_the_council_s_choice_of_columns_is_remembered(lottery, stage, secretariat, system):
    header = "いつ,だれ,よみ"
    call = lottery()
    batch = stage(call, "2026/11/18,見本 太郎,ミホン タロウ", header=header)
    assert batch.mapping == {"2": "full_name_kana"}
    with pytest.raises(Refused) as refused:
        actions.set_mapping(by=secretariat, batch=batch, mapping=batch.mapping, questions=[])
    assert refused.value.code == "name_missing"
    chosen = {"0": "received_at", "1": "full_name", "2": "full_name_kana", "9": "phone", "1x": "email"}
    with pytest.raises(Refused) as refused:
        actions.set_mapping(by=secretariat, batch=batch, mapping={**chosen, "0": "full_name"}, questions=[])
    assert refused.value.code == "target_twice"
    actions.set_mapping(by=secretariat, batch=batch, mapping=chosen, questions=[])
    known = {"0": "received_at", "1": "full_name", "2": "full_name_kana"}
    assert ColumnMapping.objects.get().mapping == known
    assert stage(lottery(), "2026/11/18,見本 太郎,ミホン タロウ", header=header).mapping == known


def test_statements_do_not_grow_with_rows(lottery, checked, secretariat, stage):
    def statements(rows: int, first: int) -> tuple[int, int]:
        call = lottery()
        batch = stage(call, *[line(first + n) for n in range(rows)])
        actions.set_mapping(by=secretariat, batch=batch, mapping=batch.mapping, questions=[])
        with CaptureQueriesContext(connection) as checking:
            intake.check(batch.id, secretariat.at)
        batch = actions.ask_to_promote(by=secretariat, batch=ImportBatch.objects.get(pk=batch.pk))
        with CaptureQueriesContext(connection) as taking:
            assert intake.promote(by=secretariat, batch=batch).rows_promoted == rows
        return len(checking), len(taking)

    assert statements(2, 1) == statements(10, 100)


def run(*arguments: str) -> None:
    call_command("import", "applications", *arguments)


def test_the_command_reports_by_row_and_column_and_writes_nothing(lottery, tmp_path, capsys, monkeypatch, at):
    call = lottery()
    monkeypatch.setattr("sonjuku.web.management.importers.applications.timezone.now", lambda: at)
    path = tmp_path / "list.csv"
    path.write_bytes(file_of(line(1), line(2, born="むかし")))
    with pytest.raises(CommandError) as caught:
        run(str(path), "--call", f"hagi/{call.code}", "--consented")
    assert "3 行目「生年月日」：日付として読めません。" in str(caught.value)
    assert "むかし" not in str(caught.value)
    assert "見本" not in str(caught.value) + capsys.readouterr().out
    assert (ImportBatch.objects.count(), Application.objects.count(), ColumnMapping.objects.count()) == (
        0,
        0,
        0,
    )
    path.write_bytes(file_of(line(1), line(2)))
    with pytest.raises(CommandError):
        run(str(path), "--call", f"hagi/{call.code}")
    run(str(path), "--call", f"hagi/{call.code}", "--dry-run")
    assert not ImportBatch.objects.exists()
    run(str(path), "--call", f"hagi/{call.code}", "--consented", "--receipts")
    assert (tally(call), Letter.objects.count()) == ({"submitted": 2}, 2)
    with pytest.raises(CommandError):
        run(str(path), "--call", "hagi/none", "--consented")
    with pytest.raises(CommandError):
        run(str(tmp_path / "none.csv"), "--call", f"hagi/{call.code}", "--consented")
