import re
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.programmes.models import Programme
from sonjuku.web.staff import events_in

pytestmark = pytest.mark.django_db
LIST = "NO,イベント名,開始日,開始時間,終了時間,料金(基本)\r\n1,体験会,R8.12.5,13時半,15時,無料\r\n2,講演会,R8.12.6,,,大人500円\r\n"
WRONG = LIST.replace("R8.12.6", "いつか")


@pytest.fixture
def programme(council: Any, make_call: Any) -> Programme:
    make_call(council, code="standing")
    return Programme.objects.get()


def choose(desk: Any, programme: Any, text: str = LIST, encoding: str = "cp932") -> Any:
    file = SimpleUploadedFile("一覧.csv", text.encode(encoding))
    return desk.post("/c/hagi/desk/events-import/", {"file": file, "programme": programme.pk})


def press(desk: Any, answer: Any, **fields: str) -> Any:
    found = {
        name: re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]
        for name in ("carried", "programme")
    }
    return desk.post("/c/hagi/desk/events-import/", found | fields)


def drafts() -> list[str]:
    return sorted(Call.objects.exclude(source_key="").values_list("title", flat=True))


def test_the_list_is_shown_before_anything_is_made(desk, council, programme):
    answer = choose(desk, programme)
    words = answer.content.decode()
    assert answer.status_code == 200
    for text in (
        "CP932",
        "体験会",
        "2 件を取り込む",
        "下書きをつくる",
        "3 行目",
        "金額を一つに決められません",
    ):
        assert text in words
    assert drafts() == []
    done = press(desk, answer)
    assert done["Location"] == "/c/hagi/desk/calls/"
    assert drafts() == ["体験会", "講演会"]
    assert {call.state for call in Call.objects.exclude(source_key="")} == {"draft"}
    assert "下書きをつくる 2" in desk.get(done["Location"]).content.decode()
    again = choose(desk, programme)
    assert "新しく取り込むものはありません" in again.content.decode()


def test_a_doubled_press_makes_nothing_twice(desk, council, programme):
    answer = choose(desk, programme)
    press(desk, answer)
    press(desk, answer)
    assert drafts() == ["体験会", "講演会"]


def test_a_wrong_row_offers_no_press_and_a_forged_one_is_refused(desk, council, programme):
    answer = choose(desk, programme, WRONG)
    words = answer.content.decode()
    assert "直すところが 1 か所あります" in words
    assert "「いつか」を日付として読めません" in words
    assert "を取り込む</button>" not in words
    forged = {"carried": events_in.carry(council, WRONG.encode()), "programme": programme.pk}
    assert desk.post("/c/hagi/desk/events-import/", forged).status_code == 302
    assert (
        desk.post("/c/hagi/desk/events-import/", {"carried": "x:y:z", "programme": programme.pk}).status_code
        == 302
    )
    assert drafts() == []


def test_what_one_council_signed_is_nothing_to_another(council, other_council):
    text = events_in.carry(council, b"x")
    assert events_in.carried(council, text) == b"x"
    with pytest.raises(events_in.Refused):
        events_in.carried(other_council, text)


def test_a_file_that_is_no_list_says_what_to_do(desk, council, programme):
    answer = choose(desk, programme, "氏名,電話\r\n山田,090\r\n")
    assert answer.status_code == 400
    assert "見出しの行が見つかりません" in answer.content.decode()
    assert desk.post("/c/hagi/desk/events-import/", {"programme": programme.pk}).status_code == 400


def test_a_council_without_programmes_is_told_the_way(desk, council):
    words = desk.get("/c/hagi/desk/events-import/").content.decode()
    assert "まだ事業がありません" in words
    assert 'href="/c/hagi/desk/calls/new/"' in words


def test_too_big_a_file_is_not_carried(council, monkeypatch):
    monkeypatch.setattr(events_in, "MOST_CARRIED", 10)
    with pytest.raises(events_in.Refused) as refused:
        events_in.carry(council, b"x" * 100)
    assert refused.value.code == "too_big"


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow_with_rows(desk, council, programme, django_assert_max_num_queries, rows):
    text = "NO,イベント名,開始日\r\n" + "".join(f"{n},会,2026-12-05\r\n" for n in range(rows))
    with django_assert_max_num_queries(15):
        choose(desk, programme, text)


# The command


@pytest.fixture
def command(tmp_path: Any) -> Any:
    def run(text: str, *options: str) -> str:
        path = tmp_path / "list.csv"
        path.write_bytes(text.encode("cp932"))
        out = StringIO()
        call_command("import", "events", str(path), *options, stdout=out)
        return out.getvalue()

    return run


def test_the_command_tells_then_makes(council, programme, staff_account, command):
    told = command(LIST, "--council", "hagi", "--dry-run")
    assert "・ 3行目「料金(基本)」：" in told
    assert "下書きをつくる: 2" in told
    assert "何も書き込んでいません" in told
    assert drafts() == []
    assert "公開はしていません" in command(LIST, "--council", "hagi", "--programme", programme.slug)
    assert drafts() == ["体験会", "講演会"]
    assert Call.objects.get(title="体験会").bodies.get().body == council.host
    assert "同じ内容（変えない）: 2" in command(LIST, "--council", "hagi")


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (WRONG, ("--council", "hagi"), "1 件の間違いがあります"),
        (LIST, ("--council", "nowhere"), "協議会 nowhere はありません"),
        (LIST, ("--council", "hagi", "--programme", "none"), "--programme"),
        ("", ("--council", "hagi"), "空です"),
    ],
)
def test_the_command_says_why_it_did_nothing(council, programme, staff_account, command, text, options, said):
    with pytest.raises(CommandError, match=re.escape(said)):
        command(text, *options)
    assert drafts() == []


def test_nobody_would_see_what_has_no_secretariat(council, programme, command):
    with pytest.raises(CommandError, match="役割"):
        command(LIST, "--council", "hagi")
