"""What people do most, as requests through the whole stack: middleware, views, templates, database."""

import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from bench.data import APPLICANTS, SLUG, VISITORS
from sonjuku.flows.ticking import tick
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.forms.rules import input_name
from sonjuku.rooms.people.models import Account


@dataclass(frozen=True)
class Operation:
    """`run(n)` does it once; each n up to `runs` plus the warm-up may be used once."""

    name: str
    run: Callable[[int], Any]
    runs: int = 40
    warm: int = 5


def client(email: str = "") -> Client:
    browser = Client(SERVER_NAME="localhost", raise_request_exception=True)
    if email:
        browser.force_login(Account.objects.get(email=email))
        session = browser.session
        session["demo_cast"] = True  # stands in for the second factor that staff are asked for
        session.save()
    return browser


def get(browser: Client, path: str) -> Callable[[int], Any]:
    def run(_number: int) -> None:
        answer = browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        b"".join(answer) if answer.streaming else answer.content

    return run


def registration() -> Callable[[int], Any]:
    """Everything from opening the form to the receipt page and its queued letter; one visitor each time."""
    path = f"/c/{SLUG}/calls/event/apply/"
    browsers: dict[int, Client] = {}

    def run(number: int) -> None:
        browser = browsers[number]
        page = browser.get(path)
        assert page.status_code == 200, page.status_code
        answers = {"agree": "application", input_name("why"): "学びたい", input_name("pc"): "yes"}
        sent = browser.post(path, {**hidden(page.content.decode()), **answers})
        assert sent.status_code == 302, re.findall(
            r'class="[^"]*(?:error|problem)[^"]*".{0,300}', sent.content.decode(), re.S
        )
        receipt = browser.get(sent["Location"])
        assert receipt.status_code == 200

    for number in range(VISITORS):
        browsers[number] = client(f"visitor{number}@example.jp")
    return run


def import_file() -> Callable[[int], Any]:
    """Ten thousand rows of another tool's CSV: read, staged, checked and taken, with answers and consents."""
    kana = "アイウエオカキクケコ"
    lines = ["タイムスタンプ,氏名,フリガナ,生年月日,郵便番号,メールアドレス,理由,パソコン"]
    for n in range(APPLICANTS):
        name = "".join(kana[int(digit)] for digit in f"{n:05d}")
        lines.append(
            f"2026/11/18 9:00:00,見本 次郎{n},ミホン {name},昭和60年4月1日,758-0041,p{n}@example.jp,学びたい,ある"
        )

    def run(_number: int) -> None:
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write("\r\n".join(lines).encode("cp932"))
            file.flush()
            call_command(
                "import",
                "applications",
                file.name,
                call=f"{SLUG}/listed",
                consented=True,
                stdout=io.StringIO(),
            )
        assert Application.objects.filter(call__code="listed").count() == APPLICANTS

    return run


def export_file(browser: Client) -> Callable[[int], Any]:
    """All applicants with their answers, as the desk's form sends it."""
    path = f"/c/{SLUG}/desk/calls/course/exports/applicants/"

    def run(_number: int) -> None:
        page = browser.get(path).content.decode()
        columns = re.findall(r'name="columns" value="([^"]+)"', page)
        assert len(columns) > 10, path
        sent = browser.post(path, {"columns": columns, "purpose": "点検", "file_format": "xlsx", "save": "1"})
        assert sent.status_code == 200, sent.status_code
        assert len(b"".join(sent) if sent.streaming else sent.content) > 100_000

    return run


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def operations() -> list[Operation]:
    visitor, desk = client(), client("desk@hagi.example.jp")
    home = f"/c/{SLUG}/"
    one = Application.objects.filter(call__code="course").order_by("id")[5_000:5_001].get()
    return [
        Operation("event page", get(visitor, f"{home}calls/event/")),
        Operation("call page with a lottery", get(visitor, f"{home}calls/course/")),
        Operation("council's front page", get(visitor, home)),
        Operation("list of calls", get(visitor, f"{home}calls/")),
        Operation("free registration, all told", registration()),
        Operation("staff table of 10,000", get(desk, f"{home}desk/calls/course/applications/")),
        Operation("the same, a search", get(desk, f"{home}desk/calls/course/applications/?q=花子77")),
        Operation("one applicant's record", get(desk, f"{home}desk/applications/{one.id}/")),
        Operation("the desk's first page", get(desk, f"{home}desk/")),
        Operation("the map of talent", get(visitor, f"{home}map/")),
        Operation("the council's list of events for others", get(visitor, f"{home}events.json")),
        Operation("calls by the programming interface", get(visitor, f"/api/v1/councils/{SLUG}/calls")),
        Operation("export of 10,000 applicants", export_file(desk), runs=1, warm=0),
        Operation("import of 10,000 rows", import_file(), runs=1, warm=0),
        Operation("a tick with nothing to do", lambda _n: tick(timezone.now())),
    ]
