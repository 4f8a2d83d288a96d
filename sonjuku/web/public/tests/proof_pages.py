"""Reading the public record of a draw as its visitors do."""

import html
import re
from typing import Any

from django.urls import reverse
from lxml.html import fromstring

from sonjuku.rooms.calls.models import Application, SelectionRun


def look(client: Any, call: Any, language: str = "", **query: str) -> Any:
    return client.get(f"{language}{reverse('public:proof', args=['hagi', call.code])}", query)


def look_at(client: Any, run: SelectionRun, **query: str) -> Any:
    return client.get(reverse("public:selection", args=["hagi", run.code]), query)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    main = fromstring(answer.content.decode()).xpath("//main")[0]
    return " ".join(part.strip() for part in main.itertext() if part.strip())


def codes(call: Any) -> list[str]:
    return list(Application.objects.filter(call=call).values_list("code", flat=True))


def printed_recipe(answer: Any) -> str:
    found = re.search(r'<code id="recipe">(.*?)</code>', answer.content.decode(), re.DOTALL)
    assert found
    return html.unescape(found[1])


def rows(answer: Any) -> list[list[str]]:
    found = fromstring(answer.content.decode()).xpath('//tr[starts-with(@id, "c-")]')
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("td|th")] for row in found]


def notes(answer: Any) -> list[Any]:
    page = fromstring(answer.content.decode())
    return list(page.xpath('//*[@role="status"][ancestor::main][not(@data-verdict)]'))


def own(answer: Any) -> str:
    [note] = notes(answer)
    return re.sub(r"\s+", " ", note.text_content())
