"""Staff write a form in the browser; whoever may not, finds nothing there."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sonjuku.rooms.calls.models import CallBody
from sonjuku.rooms.forms import actions, queries
from sonjuku.rooms.forms.models import Form, FormVersion, Question
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Body
from sonjuku.web.actors import DEMO_CAST
from sonjuku.web.tests.test_questions import Page

OPTIONS = [
    {"value": "yes", "title": "はい", "title_en": "Yes"},
    {"value": "no", "title": "いいえ", "title_en": ""},
]
HTMX = {"HX-Request": "true"}


def logged_in(account: Any) -> Client:
    client = Client()
    client.force_login(account)
    session = client.session
    session[DEMO_CAST] = "staff"
    session.save()
    return client


@pytest.fixture
def desk(staff_account: Any) -> Client:
    return logged_in(staff_account)


@pytest.fixture
def form(council: Any, secretariat: Actor) -> Form:
    return actions.create_form(by=secretariat, council=council, title="申込書")


@pytest.fixture
def version(form: Form) -> FormVersion:
    return queries.latest(form)


@pytest.fixture
def ask(version: FormVersion, secretariat: Actor) -> Any:
    def add(kind: str = "text", title: str = "質問", **fields: Any) -> Question:
        return actions.add_question(by=secretariat, version=version, kind=kind, title=title, **fields)

    return add


def url(name: str, key: Any = None) -> str:
    return reverse(f"staff:{name}", args=["hagi", key] if key else ["hagi"])


def edited(question: Question, **fields: Any) -> dict[str, Any]:
    return {f"edit-{name}": value for name, value in {"title": question.title, **fields}.items()}


def titles(version: FormVersion) -> list[str]:
    return list(version.questions.values_list("title", flat=True))


def test_a_form_is_written_from_nothing(desk: Client) -> None:
    made = desk.post(url("forms"), {"form-title": "体験会の申込書"})
    form = Form.objects.get()
    assert made.headers["Location"] == url("form", form.id)
    added = desk.post(
        url("question_add", form.id), {"add-kind": "single", "add-title": "萩市にお住まいですか"}
    )
    where = Question.objects.get()
    assert added.headers["Location"] == url("question_edit", where.id)
    desk.post(
        url("question_edit", where.id),
        edited(where, title_en="Do you live in Hagi?", options="はい | Yes\nいいえ | No", required="on"),
    )
    desk.post(url("question_add", form.id), {"add-kind": "text", "add-title": "どちらから来られますか"})
    origin = Question.objects.get(ordinal=2)
    saved = desk.post(
        url("question_edit", origin.id), edited(origin, condition=f"{where.id}|is|o2"), follow=True
    )
    assert saved.status_code == 200
    where.refresh_from_db()
    origin.refresh_from_db()
    assert where.required
    assert [(o["title"], o["title_en"]) for o in where.options] == [("はい", "Yes"), ("いいえ", "No")]
    assert (origin.show_if_question, origin.show_if_op, origin.show_if_value) == (where, "is", "o2")
    page = saved.content.decode()
    assert "「萩市にお住まいですか」が「いいえ」のとき" in page
    assert f'data-show-if-question="q_{where.key}"' in page


def test_a_condition_on_a_number_takes_the_number_typed(desk: Client, ask: Any) -> None:
    age, consent = ask("number", "年齢"), ask("text", "職業")
    condition = f"{age.id}|at_least|"
    missing = desk.post(url("question_edit", consent.id), edited(consent, condition=condition))
    assert missing.status_code == 422
    desk.post(url("question_edit", consent.id), edited(consent, condition=condition, condition_number="18"))
    consent.refresh_from_db()
    assert (consent.show_if_op, consent.show_if_value) == ("at_least", "18")
    assert 'value="18"' in desk.get(url("question_edit", consent.id)).content.decode()


def test_a_condition_may_not_ask_a_later_or_foreign_question(desk: Client, ask: Any) -> None:
    first, later = ask("single", options=OPTIONS), ask("single", options=OPTIONS)
    for key in (later.id, uuid.uuid4()):
        answer = desk.post(
            url("question_edit", first.id), edited(first, condition=f"{key}|is|yes", options="甲\n乙")
        )
        first.refresh_from_db()
        assert first.show_if_question_id is None
        assert answer.status_code in {302, 422}


def test_an_unfinished_question_comes_back_with_what_was_typed(desk: Client, ask: Any) -> None:
    question = ask("single", "色")
    answer = desk.post(
        url("question_edit", question.id), edited(question, options="赤だけ", help_text="一つだけ")
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "選択肢が足りません" in page
    assert "赤だけ" in page
    assert "一つだけ" in page
    question.refresh_from_db()
    assert question.options == []


def test_viewers_of_a_sensitive_question_are_colleagues(
    desk: Client, ask: Any, staff_account: Any, make_account: Any
) -> None:
    question = ask("text", "配慮")
    outsider = make_account("outsider@example.jp")
    desk.post(
        url("question_edit", question.id), edited(question, is_sensitive="on", viewers=[str(outsider.id)])
    )
    assert not question.viewers.exists()
    desk.post(
        url("question_edit", question.id),
        edited(question, is_sensitive="on", viewers=[str(staff_account.id)]),
    )
    question.refresh_from_db()
    assert question.is_sensitive
    assert list(question.viewers.all()) == [staff_account]


def test_moving_draws_only_the_builder_and_keeps_the_buttons_id(
    desk: Client, ask: Any, version: FormVersion
) -> None:
    ask("text", "一")
    second = ask("text", "二")
    answer = desk.post(url("question_move", second.id), {"direction": "up"}, headers=HTMX)
    assert titles(version) == ["二", "一"]
    page = answer.content.decode()
    assert "<html" not in page
    assert f'id="up-{second.id}"' in page
    assert "「二」を動かしました。" in page
    plain = desk.post(url("question_move", second.id), {"direction": "down"})
    assert plain.status_code == 302
    assert titles(version) == ["一", "二"]


def test_a_refusal_is_said_in_words(desk: Client, ask: Any, version: FormVersion) -> None:
    target = ask("single", "参加", options=OPTIONS)
    ask("text", "理由", show_if_question=target, show_if_op="is", show_if_value="yes")
    for headers in ({}, HTMX):
        answer = desk.post(url("question_remove", target.id), headers=headers, follow=not headers)
        assert answer.status_code == 200
        assert "先にその質問の条件を外してください。" in answer.content.decode()
    assert len(titles(version)) == 2


def test_the_preview_shows_what_is_being_typed_and_saves_nothing(desk: Client, ask: Any, form: Form) -> None:
    question = ask("single", "色", options=OPTIONS)
    sent = {
        "question": str(question.id),
        **edited(question, title="好きな色", options="赤\n青", help_text="一つ"),
    }
    page = desk.post(url("form_preview", form.id), sent).content.decode()
    assert "好きな色" in page
    assert "赤" in page
    question.refresh_from_db()
    assert question.title == "色"
    assert question.options == OPTIONS
    assert "好きな色" not in desk.get(url("form_preview", form.id)).content.decode()


def test_a_frozen_form_offers_only_a_new_version(
    desk: Client, ask: Any, form: Form, version: FormVersion, secretariat: Actor
) -> None:
    question = ask("text", "固定")
    actions.freeze(by=secretariat, version=version)
    page = desk.get(url("form", form.id)).content.decode()
    assert "この版の文言は固定されています" in page
    assert url("question_add", form.id) not in page
    assert url("question_edit", question.id) not in page
    desk.post(url("question_edit", question.id), edited(question, title="変えた"))
    desk.post(url("question_remove", question.id))
    desk.post(url("question_add", form.id), {"add-kind": "text", "add-title": "足した"})
    assert titles(version) == ["固定"]
    desk.post(url("form_new_version", form.id))
    desk.post(url("question_add", form.id), {"add-kind": "text", "add-title": "足した"})
    assert titles(version) == ["固定"]
    assert titles(queries.latest(form)) == ["固定", "足した"]


def every_address(form: Form, question: Question) -> list[tuple[str, str]]:
    by_form = ["form", "form_title", "form_new_version", "form_copy", "form_preview", "question_add"]
    by_question = ["question_edit", "question_move", "question_remove"]
    found = [url("forms"), *[url(n, form.id) for n in by_form], *[url(n, question.id) for n in by_question]]
    return [(method, address) for address in found for method in ("get", "post")]


def test_whoever_has_no_right_here_finds_nothing(
    ask: Any, form: Form, council: Any, other_council: Any, make_staff: Any, make_account: Any
) -> None:
    question = ask()
    strangers = [
        make_account("member@example.jp"),
        make_staff(council, "reviewer@example.jp", "reviewer"),
        make_staff(council, "school@example.jp", "school_contact"),
        make_staff(other_council, "aomori@example.jp", "secretariat"),
    ]
    for account in strangers:
        client = logged_in(account)
        for method, address in every_address(form, question):
            assert getattr(client, method)(address).status_code == 404, (account.email, address)
    for method, address in every_address(form, question):
        answer = getattr(Client(), method)(address)
        assert answer.status_code == 302
        assert "login" in answer.headers["Location"]
    assert Form.objects.count() == 1
    assert Question.objects.count() == 1


def test_another_councils_form_is_not_found_under_our_own_address(
    ask: Any, form: Form, other_council: Any, make_staff: Any
) -> None:
    client = logged_in(make_staff(other_council, "aomori@example.jp", "secretariat"))
    for name, key in (("form", form.id), ("question_edit", ask().id)):
        assert client.get(reverse(f"staff:{name}", args=["aomori", key])).status_code == 404


def test_a_bodys_staff_edit_forms_of_their_own_calls_only(
    ask: Any, form: Form, version: FormVersion, council: Any, make_call: Any, make_staff: Any
) -> None:
    body = Body.objects.create(council=council, type=Body.Type.COMPANY, name="見本商事")
    client = logged_in(make_staff(council, "firm@example.jp", "body_staff", body=body))
    assert client.get(url("form", form.id)).status_code == 200
    call = make_call(council, form_version=version)
    assert client.get(url("form", form.id)).status_code == 404
    assert client.post(url("question_remove", ask().id)).status_code == 404
    CallBody.objects.create(call=call, body=body, role=CallBody.Role.CO_HOST)
    assert client.get(url("form", form.id)).status_code == 200


def test_unknown_ids_are_not_found(desk: Client) -> None:
    assert desk.get(url("form", uuid.uuid4())).status_code == 404
    assert desk.get(url("question_edit", uuid.uuid4())).status_code == 404


def test_the_builder_needs_no_more_queries_for_more_questions(desk: Client, ask: Any, form: Form) -> None:
    def queries_now(address: str) -> int:
        desk.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(address).status_code == 200
        return len(seen)

    first = ask("single", options=OPTIONS)
    one = [
        queries_now(url("form", form.id)),
        queries_now(url("question_edit", first.id)),
        queries_now(url("forms")),
    ]
    ask("text", show_if_question=first, show_if_op="is", show_if_value="yes")
    last = ask("scale")
    three = [
        queries_now(url("form", form.id)),
        queries_now(url("question_edit", last.id)),
        queries_now(url("forms")),
    ]
    assert three == one


def test_staff_words_are_escaped(desk: Client, ask: Any, form: Form) -> None:
    bad = "<script>x()</script>"
    first = ask(
        "single", bad, help_text=bad, options=[{"value": "a", "title": bad, "title_en": ""}, OPTIONS[0]]
    )
    second = ask("text", bad, show_if_question=first, show_if_op="is", show_if_value="a")
    for address in (url("form", form.id), url("question_edit", second.id)):
        assert "<script>x" not in desk.get(address).content.decode()


def test_in_english_the_builder_is_english_but_for_what_staff_wrote_in_japanese(
    desk: Client, ask: Any, form: Form
) -> None:
    first = ask("single", "参加", options=OPTIONS, help_text="補足")
    second = ask(
        "text", "理由", show_if_question=first, show_if_op="is", show_if_value="no", is_sensitive=True
    )
    addresses = [
        url("forms"),
        url("form", form.id),
        url("question_edit", first.id),
        url("question_edit", second.id),
    ]
    for address in addresses:
        html = desk.get(f"/en{address}").content.decode()
        words = Page(html[html.index("<main") : html.index("</main>")]).words
        assert not re.search(r"[ぁ-んァ-ヶ一-龠]", words), (address, words)
