"""The questions of a form as people meet them: drawn, sent, sent back, in both languages."""

import datetime as dt
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from sonjuku.rooms.forms import actions, queries
from sonjuku.rooms.forms.models import FormVersion, Question
from sonjuku.rooms.journal.models import Actor
from sonjuku.web.questions import QuestionForm

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
OPTIONS = [
    {"value": "yes", "title": "はい", "title_en": "Yes"},
    {"value": "no", "title": "いいえ", "title_en": ""},
]


@pytest.fixture
def version(council: Any, secretariat: Actor) -> FormVersion:
    return queries.latest(actions.create_form(by=secretariat, council=council, title="申込書"))


@pytest.fixture
def ask(version: FormVersion, secretariat: Actor) -> Any:
    def add(kind: str, key: str, title: str = "質問", **fields: Any) -> Question:
        return actions.add_question(
            by=secretariat, version=version, kind=kind, key=key, title=title, **fields
        )

    return add


@pytest.fixture
def every_kind(ask: Any) -> None:
    for kind in Question.Kind.values:
        ask(kind, f"{kind}-key", title=f"{kind}の質問", help_text="補足です", options=OPTIONS, required=True)


def form_of(version: FormVersion, query: str | None = None, files: Any = None, **kwargs: Any) -> QuestionForm:
    fresh = FormVersion.objects.get(pk=version.pk)
    return QuestionForm(fresh, None if query is None else QueryDict(query), files, **kwargs)


def drawn(form: QuestionForm) -> str:
    return render_to_string("parts/question_errors.html", {"form": form}) + render_to_string(
        "parts/questions.html", {"form": form}
    )


class Page(HTMLParser):
    """Ids, references to ids, and the words outside lang="ja"."""

    VOID = {
        "input",
        "br",
        "path",
        "circle",
        "rect",
        "line",
        "img",
        "meta",
        "link",
        "polyline",
        "ellipse",
        "use",
    }

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refs: list[str] = []
        self.names: set[str] = set()
        self.words = ""
        self._langs: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        self.refs += [given["for"]] if "for" in given else []
        self.refs += given.get("aria-describedby", "").split()
        self.refs += [given["href"][1:]] if given.get("href", "").startswith("#") else []
        if "name" in given:
            self.names.add(given["name"])
        if tag not in self.VOID:
            self._langs.append(given.get("lang"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self._langs:
            self._langs.pop()

    def handle_data(self, data: str) -> None:
        if "ja" not in self._langs:
            self.words += data


def test_every_kind_is_drawn_with_labels_that_lead_somewhere(version: FormVersion, every_kind: None) -> None:
    for form in (form_of(version), form_of(version, "")):
        html = drawn(form)
        page = Page(html)
        assert len(page.ids) == len(set(page.ids))
        assert set(page.refs) <= set(page.ids)
        asked = {f"q_{kind}-key" for kind in Question.Kind.values} - {"q_heading-key", "q_address-key"}
        assert asked <= page.names
        assert "style=" not in html
        assert not re.search(r"\son\w+=", html)


def test_an_english_page_marks_what_is_only_there_in_japanese(version: FormVersion, every_kind: None) -> None:
    with translation.override("en"):
        page = Page(drawn(form_of(version)))
    assert not re.search(r"[ぁ-んァ-ヶ一-龠]", page.words), page.words


def test_what_was_typed_is_still_there_when_a_form_comes_back(version: FormVersion, ask: Any) -> None:
    ask("text", "name", required=True)
    ask("number", "age")
    ask("multiple", "days", options=OPTIONS)
    form = form_of(version, "q_age=なし&q_days=no&q_name=")
    assert not form.is_valid()
    html = drawn(form)
    assert set(form.errors_by_key) == {"name", "age"}
    assert 'value="なし"' in html
    assert re.search(r'value="no" checked', html)
    assert html.count('role="alert"') == 1


def test_a_good_form_gives_values_and_files(version: FormVersion, ask: Any) -> None:
    ask("text", "name", required=True)
    ask("file", "card", required=True)
    files = MultiValueDict({"q_card": [SimpleUploadedFile("card.png", PNG, "application/x-evil")]})
    form = form_of(version, "q_name=花子&forged=1", files)
    assert form.is_valid()
    assert form.cleaned.values == {"name": "花子"}
    assert [(f.name, f.mime) for f in form.cleaned.uploads["card"]] == [("card.png", "image/png")]


def test_a_good_file_beside_a_bad_field_must_be_chosen_again_and_says_so(
    version: FormVersion, ask: Any
) -> None:
    ask("text", "name", required=True)
    ask("file", "card")
    files = MultiValueDict({"q_card": [SimpleUploadedFile("card.png", PNG)]})
    assert set(form_of(version, "q_name=", files).errors_by_key) == {"name", "card"}
    good = form_of(version, "q_name=花子", files)
    assert good.is_valid()
    good.remind_of_files()
    assert set(good.errors_by_key) == {"card"}


def test_a_disguised_program_is_refused_with_what_to_do(version: FormVersion, ask: Any) -> None:
    ask("file", "card")
    files = MultiValueDict({"q_card": [SimpleUploadedFile("報告.pdf", b"MZ\x90\x00")]})
    form = form_of(version, "", files)
    assert not form.is_valid()
    assert "PDF" in form.errors_by_key["card"][0]
    assert form.cleaned.uploads == {}


def test_a_stored_file_need_not_be_sent_again(version: FormVersion, ask: Any) -> None:
    ask("file", "card", required=True)
    assert form_of(version, "", initial={"card": ["an-upload-id"]}).is_valid()
    assert not form_of(version, "").is_valid()


def test_branching_is_told_to_the_page_in_the_servers_words(version: FormVersion, ask: Any) -> None:
    target = ask("single", "join", "参加しますか", options=OPTIONS)
    ask("text", "why", show_if_question=target, show_if_op="is", show_if_value="yes")
    html = drawn(form_of(version))
    for attribute in ('question="q_join"', 'op="is"', 'value="yes"'):
        assert f"data-show-if-{attribute}" in html
    assert "「参加しますか」が「はい」のとき" in html
    form = form_of(version, "q_join=no&q_why=隠れた")
    assert form.is_valid()
    assert form.cleaned.values == {"join": "no"}


def test_a_sensitive_question_asks_for_consent_beside_it(version: FormVersion, ask: Any) -> None:
    ask("text", "care", is_sensitive=True)
    assert 'name="q_care.consent"' in drawn(form_of(version))
    assert set(form_of(version, "q_care=車いす").errors_by_key) == {"care"}
    assert form_of(version, "q_care=車いす&q_care.consent=yes").is_valid()


def test_words_of_staff_and_people_are_escaped(version: FormVersion, ask: Any) -> None:
    bad = "<script>x()</script>"
    target = ask(
        "single", "a", bad, options=[{"value": "1", "title": bad, "title_en": ""}, OPTIONS[0]], help_text=bad
    )
    ask("long_text", "b", show_if_question=target, show_if_op="is", show_if_value="1")
    html = drawn(form_of(version, "q_a=1&q_b=" + "</textarea><script>x()</script>"))
    assert "<script" not in html


def test_one_query_draws_a_form_of_any_length(
    version: FormVersion, every_kind: None, django_assert_num_queries: Any
) -> None:
    fresh = FormVersion.objects.get(pk=version.pk)
    with django_assert_num_queries(1):
        drawn(QuestionForm(fresh))


def test_no_more_than_the_limit_of_a_huge_upload_is_written(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    request = RequestFactory().post("/", {"q_card": io.BytesIO(b"%PDF-" + b"0" * 1_000_000)})
    file = request.FILES["q_card"]
    assert file.size == 1_000_005
    assert len(file.read()) < 300_000  # the limit, and at most one chunk of 64 KiB more


@pytest.mark.django_db
def test_a_postal_code_fills_the_area(client: Any) -> None:
    url = reverse("public:postal")
    found = client.get(url, {"postal": "〒７５８−００４１"}).json()
    assert found["area"].startswith("山口県萩市")
    assert found["lg_code"] == "352047"
    assert client.get(url, {"postal": "0000000"}).status_code == 404
    assert client.get(url, {"postal": "' OR 1=1"}).status_code == 404
    assert client.post(url).status_code == 405


def test_dates_are_kept_as_iso(version: FormVersion, ask: Any) -> None:
    ask("date", "day")
    form = form_of(version, "q_day=令和8年11月30日")
    assert form.is_valid()
    assert form.cleaned.values == {"day": dt.date(2026, 11, 30).isoformat()}
