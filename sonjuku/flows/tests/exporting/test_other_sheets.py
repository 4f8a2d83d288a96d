"""Places, scores and letters out as files; and an office program opens them."""

import csv
import datetime as dt
import io
import subprocess
from decimal import Decimal
from typing import Any

import pytest

from sonjuku.flows.exporting.scores import Scores
from sonjuku.flows.tests.exporting.reading import keys, made, refused, sheet, table
from sonjuku.rooms.calls.models import Application, Criterion, EligibilityRule, Review, Score
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import CheckIn, Obligation, ObligationRule, Occasion, Participation
from tests import printing

# Places


@pytest.fixture
def placed(call: Any, applied: Any, at: dt.datetime) -> Any:
    duty = ObligationRule.objects.create(call=call, kind="upload", title="報告")
    waived = ObligationRule.objects.create(call=call, kind="upload", title="感想", ordinal=1)
    occasion = Occasion.objects.create(
        council=call.council, call=call, title="第1回", starts_at=at, ends_at=at + dt.timedelta(hours=2)
    )

    def make(**fields: Any) -> Participation:
        row = applied(state="accepted")
        place = Participation.objects.create(
            council=call.council, call=call, person=row.person, application=row, started_at=at, **fields
        )
        Obligation.objects.create(council=call.council, participation=place, rule=duty, done_at=at)
        Obligation.objects.create(council=call.council, participation=place, rule=waived, waived_at=at)
        CheckIn.objects.create(council=call.council, occasion=occasion, participation=place, at=at, how="qr")
        return place

    return make


def test_places_with_their_duties_and_arrivals(call, placed, secretariat):
    place = placed()
    file = made(
        secretariat, call, ["code", "capacity", "state", "duty.1", "duty.2", "occasion.1"], kind="places"
    )
    assert table(file) == [
        ["受付番号", "立場", "状態", "報告", "感想", "第1回 2026年11月20日（金）"],
        [place.application.code, "参加者", "参加中", "2026-11-20 12:00", "免除", "2026-11-20 12:00"],
    ]
    assert Entry.objects.filter(verb="applications.exported", for_person_id=place.person_id).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_for_places_do_not_grow(call, placed, secretariat, rows, django_assert_num_queries):
    for _ in range(rows):
        placed()
    chosen = keys(secretariat, call, "places")
    with django_assert_num_queries(9):
        made(secretariat, call, chosen, kind="places")


# Scores


@pytest.fixture
def reviewed(call: Any, applied: Any, make_account: Any, at: dt.datetime) -> Any:
    call.selection = "review"
    call.save()
    will = Criterion.objects.create(call=call, title="意欲", weight=3, maximum=5, ordinal=1)
    plan = Criterion.objects.create(call=call, title="計画", weight=2, maximum=10, ordinal=2)
    judges = [make_account(f"judge{n}@example.jp") for n in range(2)]

    def make(*points: tuple[int, int], conflict: bool = False) -> Application:
        row = applied(score=Decimal("20.00"))
        for judge, (one, two) in zip(judges, points, strict=False):
            sheet_ = Review.objects.create(
                application=row, reviewer=judge, conflict_declared_at=at, submitted_at=at, comment="=よい"
            )
            Score.objects.create(review=sheet_, criterion=will, points=one)
            Score.objects.create(review=sheet_, criterion=plan, points=two)
        if conflict:
            Review.objects.create(
                application=row,
                reviewer=judges[-1],
                conflict_declared_at=at,
                has_conflict=True,
                conflict_note="親族です",
            )
        return row

    return make


def test_scores_by_numbered_reviewers(call, reviewed, secretariat):
    first, second = reviewed((4, 7), (2, 9)), reviewed((5, 5), conflict=True)
    file = made(
        secretariat, call, ["code", "reviewer", "conflict", "criterion.1", "criterion.2", "total", "score", "comment"],
        kind="scores", file_format="xlsx",
    )  # fmt: skip
    found = [[cell.value for cell in row] for row in sheet(file).rows]
    assert found[0] == [
        "受付番号",
        "審査員",
        "利害関係",
        "意欲 ×3 (0–5)",
        "計画 ×2 (0–10)",
        "重みを掛けた合計",
        "総合点",
        "講評",
    ]
    assert sorted(found[1:]) == sorted([
        [first.code, "審査員1", "なし", 4, 7, 26, 20, "'=よい"],
        [first.code, "審査員2", "なし", 2, 9, 24, 20, "'=よい"],
        [second.code, "審査員1", "なし", 5, 5, 25, 20, "'=よい"],
        [second.code, "審査員2", "あり", None, None, None, 20, None],
    ])  # fmt: skip
    assert "親族です" not in str(found)
    assert "judge" not in str(found)


def test_scores_only_where_there_is_a_review(call, applied, secretariat):
    applied()
    assert keys(secretariat, call, "scores") == []
    refused("no_columns", by=secretariat, call=call, kind="scores", columns=[])


# Letters


def test_letters_without_their_text(call, applied, secretariat, council, at, make_call):
    row = applied()
    base = {
        "council": council,
        "person": row.person,
        "to_address": "a@example.jp",
        "body": "秘密の本文",
        "due_at": at,
    }
    Letter.objects.create(
        **base, kind="receipt", subject="受け付けました", key="1", about_id=row.id, state="sent", sent_at=at
    )
    other = Application.objects.create(
        council=council, call=make_call(council), person=row.person, state="submitted"
    )
    Letter.objects.create(**base, kind="receipt", subject="よその募集", key="2", about_id=other.id)
    file = made(
        secretariat, call, ["code", "recipient", "to_address", "subject", "state", "sent_at"], kind="letters"
    )
    assert table(file)[1:] == [
        [row.code, row.person.full_name, "a@example.jp", "受け付けました", "送信済み", "2026-11-20 12:00"]
    ]
    assert "本文" not in file.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_for_letters_do_not_grow(call, applied, secretariat, at, rows, django_assert_num_queries):
    for number in range(rows):
        row = applied()
        Letter.objects.create(
            council=call.council,
            person=row.person,
            kind="receipt",
            subject="受付",
            body="",
            key=str(number),
            due_at=at,
            about_id=row.id,
        )
    chosen = keys(secretariat, call, "letters")
    with django_assert_num_queries(5):
        made(secretariat, call, chosen, kind="letters")


# An office program opens it


@pytest.mark.skipif(not printing.has_office(), reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_words(call, applied, secretariat, tmp_path):
    applied({"why": "=1+1"}, {"family_name": "𠮷田", "phone": "0838000000"})
    applied({"why": '改行\nと,と"引用'}, {"family_name": "髙橋", "phone": "+81 838"})
    chosen = ["family_name", "phone", "date_of_birth", "received_at", "q.why", "q.count"]
    (tmp_path / "list.xlsx").write_bytes(made(secretariat, call, chosen, file_format="xlsx").content)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true", "--outdir", str(tmp_path), str(tmp_path / "list.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = (tmp_path / "list.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == table(made(secretariat, call, chosen))


def test_sheets_of_a_draw_that_asks_for_points_are_written(
    reviewed: Any, call: Any, secretariat: Any
) -> None:
    reviewed((5, 10))
    call.selection = "lottery"
    call.save()
    assert not Scores(secretariat, call).columns()
    EligibilityRule.objects.create(call=call, kind="score", minimum=1)
    assert Scores(secretariat, call).count() == 1
