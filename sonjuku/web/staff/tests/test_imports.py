"""The desk's way from a file to applications, as a browser walks it without JavaScript."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from lxml import html

from sonjuku.flows import intake
from sonjuku.rooms.calls.models import Application, ImportBatch
from sonjuku.rooms.journal.models import Entry
from sonjuku.toolbox.dates import local
from sonjuku.web.jobs.tasks import check_file, take_file

pytestmark = pytest.mark.django_db
HEADER = "タイムスタンプ,氏名,フリガナ,メールアドレス,備考"


def lines(now: Any, *names: str) -> bytes:
    moment = local(now - dt.timedelta(days=1)).strftime("%Y/%m/%d %H:%M:%S")
    rows = [
        f"{moment},見本 {name},ミホン {name},{number}@example.jp,メモ" for number, name in enumerate(names)
    ]
    return "\r\n".join([HEADER, *rows]).encode("cp932")


@pytest.fixture
def call(running: Any) -> Any:
    return running()


@pytest.fixture
def upload(desk: Any, council: Any, call: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Send a file and the proposed mapping; gives the batch, checked when `check`."""

    def make(data: bytes, check: bool = True) -> ImportBatch:
        file = SimpleUploadedFile("名簿.csv", data)
        answer = desk.post(reverse("staff:imports", args=[council.slug, call.code]), {"file": file})
        batch = ImportBatch.objects.get()
        assert answer["Location"] == reverse("staff:import_mapping", args=[council.slug, batch.id])
        chosen = {f"c{number}": target for number, target in batch.mapping.items()}
        with django_capture_on_commit_callbacks(execute=True):
            answer = desk.post(answer["Location"], chosen)
        assert answer["Location"] == page(batch)
        if check:
            check_file.call(str(batch.id))
        batch.refresh_from_db()
        return batch

    return make


def page(batch: ImportBatch, name: str = "import_batch", *more: Any) -> str:
    return reverse(f"staff:{name}", args=[batch.council.slug, batch.id, *more])


def shown(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def test_from_the_file_to_the_applications(
    desk, upload, now, council, call, django_capture_on_commit_callbacks
):
    batch = upload(lines(now, "アア", "見イ"), check=False)
    queued = DBTaskResult.objects.get()
    assert queued.args_kwargs == {"args": [], "kwargs": {"batch_id": str(batch.id)}}
    waiting = html.fromstring(desk.get(page(batch)).content.decode())
    [bar] = waiting.xpath("//progress")
    assert (bar.get("value"), bar.get("max")) == ("0", "2")
    assert waiting.xpath("//label[@for=$id]", id=bar.get("id"))
    assert waiting.xpath("//a[@href='']")  # reads the page again without JavaScript
    check_file.call(str(batch.id))
    report = desk.get(page(batch))
    assert "フリガナに使えない文字があります。" in shown(report)
    assert desk.get(page(batch, "import_confirm")).status_code == 302
    row = batch.rows.get(number=3)
    form = html.fromstring(desk.get(page(batch, "import_row", row.id)).content.decode()).forms[-2]
    fields = {**dict(form.fields), "c2": "ミホン イイ"}
    del fields["csrfmiddlewaretoken"]
    assert "c4" not in fields  # 備考 is not taken
    answer = desk.post(page(batch, "import_row", row.id), fields)
    assert answer["Location"] == page(batch)
    refused = desk.post(page(batch, "import_confirm"), {})
    assert "確かめてから、印を付けてください。" in shown(refused)
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(page(batch, "import_confirm"), {"consented": "on"})
    assert "登録しています" in shown(desk.get(answer["Location"]))
    queued = DBTaskResult.objects.exclude(pk=queued.pk).get()
    assert set(queued.args_kwargs["kwargs"]) == {"batch_id", "role_id"}
    take_file.call(**queued.args_kwargs["kwargs"])
    assert "2 件を登録しました。" in shown(desk.get(page(batch)))
    assert (
        list(Application.objects.values_list("channel", "entered_by__email"))
        == [("import", "desk@hagi.example.jp")] * 2
    )
    assert "取込み" in shown(desk.get(reverse("staff:applications_of", args=[council.slug, call.code])))


def test_a_row_that_is_still_wrong_is_kept_as_typed(desk, upload, now):
    batch = upload(lines(now, "見"))
    row = batch.rows.get()
    answer = desk.post(
        page(batch, "import_row", row.id), {"c0": row.values[0], "c1": "見本見本", "c2": "ミホン", "c3": "x"}
    )
    text = shown(answer)
    assert "ここまでの直しは保存しました。" in text
    assert "姓と名の間に空白がありません。" in text
    row.refresh_from_db()
    assert row.values == [row.values[0], "見本見本", "ミホン", "x", "メモ"]


def test_rows_are_left_out_taken_back_and_filtered(desk, upload, now):
    batch = upload(lines(now, "アア", "見", "本"))
    report = desk.get(page(batch))
    assert [str(line["row"].number) for line in report.context["lines"]] == ["3", "4"]
    assert len(desk.get(page(batch) + "?show=all").context["lines"]) == 3
    assert len(desk.get(page(batch) + "?show=kana").context["lines"]) == 2
    third = batch.rows.get(number=3)
    desk.post(page(batch, "import_leave_out"), {"ids": [str(third.id), "nonsense"], "out": "1"})
    desk.post(page(batch, "import_leave_out"), {"all": "1", "out": "1"})
    batch.refresh_from_db()
    assert batch.rows_wrong == 0
    assert [line["row"].number for line in desk.get(page(batch) + "?show=out").context["lines"]] == [3, 4]
    desk.post(page(batch, "import_leave_out"), {"ids": [str(third.id)], "out": "0"})
    batch.refresh_from_db()
    assert batch.rows_wrong == 1


def test_the_report_is_a_sheet_that_runs_nothing(desk, upload, now):
    batch = upload(lines(now, "アア", "=1+1"))
    answer = desk.get(page(batch, "import_report"))
    told = answer.content.decode("utf-8-sig").splitlines()
    assert told[0] == "行,列,値,直すところ"
    assert told[1].startswith("3,フリガナ,ミホン =1+1,")
    assert Entry.objects.filter(verb="batch.report_read").count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x89PNG\r\n\x1a\n" + bytes(500), "表として読めないファイルです。"), (b"x" * 10_500_000, "このファイルは大きすぎます。"),
     (HEADER.encode(), "見出しの行だけで")],
)  # fmt: skip
def test_what_is_no_table_is_told_beside_the_form(desk, council, call, data, words):
    file = SimpleUploadedFile("x.csv", data)
    answer = desk.post(reverse("staff:imports", args=[council.slug, call.code]), {"file": file})
    assert words in shown(answer)
    assert not ImportBatch.objects.exists()


def test_a_call_that_takes_nothing_says_so_instead_of_a_form(desk, council, running):
    call = running(state="draft")
    answer = desk.get(reverse("staff:imports", args=[council.slug, call.code]))
    assert "この募集はまだ受け付けていません。" in shown(answer)
    assert not html.fromstring(answer.content.decode()).xpath("//input[@type='file']")


def test_another_body_finds_nothing(upload, now, council, make_staff, log_in):
    from sonjuku.rooms.people.models import Body

    batch = upload(lines(now, "アア"))
    body = Body.objects.create(council=council, type="company", name="ほかの会社")
    other = log_in(make_staff(council, "other@example.jp", "body_staff", body=body))
    names = [
        "import_batch",
        "import_mapping",
        "import_progress",
        "import_report",
        "import_confirm",
        "import_cancel",
    ]
    assert [other.get(page(batch, name)).status_code for name in names] == [404] * 6
    assert other.get(page(batch, "import_row", batch.rows.get().id)).status_code == 404
    assert other.post(page(batch, "import_leave_out"), {"all": "1", "out": "1"}).status_code == 404
    assert other.post(page(batch, "import_resume")).status_code == 404


def test_cancelling_asks_first_and_erases(desk, upload, now, council, call):
    batch = upload(lines(now, "アア"))
    assert "取込みを取りやめますか" in shown(desk.get(page(batch, "import_cancel")))
    desk.post(page(batch, "import_cancel"))
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("cancelled", 0)
    assert "取りやめました" in shown(desk.get(page(batch)))


def test_the_bar_refreshes_itself_and_then_the_page(desk, upload, now):
    batch = upload(lines(now, "アア"), check=False)
    htmx = {"HX-Request": "true"}
    part = desk.get(page(batch, "import_progress"), headers=htmx)
    assert "<html" not in part.content.decode()
    assert b"<progress" in part.content
    check_file.call(str(batch.id))
    assert desk.get(page(batch, "import_progress"), headers=htmx)["HX-Refresh"] == "true"
    assert desk.get(page(batch, "import_progress")).status_code == 302


def test_the_pages_cost_the_same_for_three_rows(desk, upload, now, django_assert_num_queries, council, call):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get(address)
        return len(found)

    batch = upload(lines(now, "見"))
    listed = reverse("staff:imports", args=[council.slug, call.code])
    queries(page(batch))
    one = (queries(page(batch) + "?show=all"), queries(listed))
    for number in (5, 6):
        batch.rows.create(
            number=number,
            values=["", "", "", "", ""],
            problems=[{"column": 1, "code": "missing"}],
            codes=" missing ",
        )
        ImportBatch.objects.create(
            council=council, call=call, file_name="x", account=batch.account, created_at=now, state="done"
        )
    assert (queries(page(batch) + "?show=all"), queries(listed)) == one


def test_the_page_is_the_same_in_english(desk, upload, now):
    batch = upload(lines(now, "見"))
    text = shown(desk.get("/en" + page(batch)))
    assert "フリガナに使えない文字があります。" not in text
    assert "katakana" in text
    assert intake.tally(batch)[0][0] == "kana"


def test_a_file_of_one_option_is_told_so_once(desk, upload, now, call):
    call.seat_pools.update(option="会場")
    call.seat_pools.create(option="オンライン", capacity=5)
    batch = upload(lines(now, "アア", "イイ"))
    assert set(batch.rows.values_list("codes", flat=True)) == {" option "}
    form = html.fromstring(desk.get(page(batch, "import_mapping")).content.decode()).forms[-1]
    assert list(form.inputs["option"].value_options) == ["", "会場", "オンライン"]
    desk.post(page(batch, "import_mapping"), {**dict(form.fields), "option": "会場"})
    check_file.call(str(batch.id))
    batch.refresh_from_db()
    assert (batch.rows_wrong, batch.mapping["option"]) == (0, "会場")
    assert "2 行をまとめて登録しますか" in shown(desk.get(page(batch, "import_confirm")))
