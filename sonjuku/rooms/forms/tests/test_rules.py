"""What counts as an answer, and which questions are asked."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonjuku.rooms.forms import rules
from sonjuku.rooms.forms.models import Question
from sonjuku.toolbox.refusals import Refused

Kind = Question.Kind
TEN_MB = 10 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
YES_NO = [
    {"value": "yes", "title": "はい", "title_en": "Yes"},
    {"value": "no", "title": "いいえ", "title_en": ""},
]


def ask(kind: str, key: str = "q", **fields: Any) -> Question:
    return Question(kind=kind, key=key, title="質問", **fields)


def shown_if(question: Question, target: Question, op: str = "is", value: str = "yes") -> Question:
    question.show_if_question_id, question.show_if_op, question.show_if_value = target.id, op, value
    return question


def incoming(name: str, data: bytes, size: int | None = None) -> rules.IncomingFile:
    return rules.IncomingFile(name=name, size=len(data) if size is None else size, file=io.BytesIO(data))


def clean(questions: Any, sent: dict[str, Any], files: Any = None, kept: Any = ()) -> rules.Cleaned:
    questions = questions if isinstance(questions, list) else [questions]
    data = {f"q_{k}": v if isinstance(v, list) else [v] for k, v in sent.items()}
    return rules.clean(
        questions, data, {f"q_{k}": v for k, v in (files or {}).items()}, max_bytes=TEN_MB, kept=kept
    )


@pytest.mark.parametrize(
    ("kind", "fields", "sent", "value"),
    [
        ("text", {}, "  名前\r\nです ", "名前 です"),
        ("text", {}, "a\x00b", "ab"),
        ("long_text", {}, "一行\r\n二行", "一行\n二行"),
        ("number", {"minimum": 1, "maximum": 20}, "１２", 12),
        ("number", {}, "0", 0),
        ("number", {}, "1,500", 1500),
        ("date", {}, "2026-11-30", "2026-11-30"),
        ("date", {}, "令和8年11月30日", "2026-11-30"),
        ("email", {}, "ｈａｎａ@example.jp", "hana@example.jp"),
        ("phone", {}, "０８３８−２５−００００", "0838-25-0000"),
        ("phone", {}, "+81 838 25 0000", "+81 838 25 0000"),
        ("single", {"options": YES_NO}, "no", "no"),
        ("scale", {}, "5", 5),
        ("scale", {"minimum": 0, "maximum": 10}, "0", 0),
        ("consent", {}, "yes", True),
    ],
)
def test_a_good_answer_becomes_its_json_value(kind: str, fields: Any, sent: str, value: Any) -> None:
    cleaned = clean(ask(kind, **fields), {"q": sent})
    assert (cleaned.values, cleaned.errors) == ({"q": value}, {})


@pytest.mark.parametrize(
    ("kind", "fields", "sent"),
    [
        ("text", {"maximum": 3}, "四文字だ"),
        ("text", {"minimum": 3}, "二字"),
        ("text", {}, "長" * 401),
        ("number", {}, "たくさん"),
        ("number", {}, "1.5"),
        ("number", {}, "9" * 400),
        ("number", {"minimum": 1}, "0"),
        ("number", {"maximum": 20}, "21"),
        ("date", {}, "2026-02-30"),
        ("email", {}, "hana"),
        ("phone", {}, "110"),
        ("phone", {}, "電話なし"),
        ("single", {"options": YES_NO}, "maybe"),
        ("scale", {}, "6"),
        ("scale", {}, "0"),
    ],
)
def test_a_bad_answer_is_kept_out_and_explained(kind: str, fields: Any, sent: str) -> None:
    cleaned = clean(ask(kind, **fields), {"q": sent})
    assert cleaned.values == {}
    assert list(cleaned.errors) == ["q"]


def test_several_choices_come_in_the_order_of_the_options_and_once() -> None:
    assert clean(ask("multiple", options=YES_NO), {"q": ["no", "yes", "no"]}).values == {"q": ["yes", "no"]}


@pytest.mark.parametrize(
    ("fields", "sent"), [({"minimum": 2}, ["yes"]), ({"maximum": 1}, ["yes", "no"]), ({}, ["yes", "forged"])]
)
def test_too_few_too_many_or_forged_choices_are_refused(fields: Any, sent: list[str]) -> None:
    assert "q" in clean(ask("multiple", options=YES_NO, **fields), {"q": sent}).errors


@pytest.mark.parametrize("kind", [k for k in Kind.values if k != Kind.HEADING])
def test_a_required_question_without_answer_is_an_error_and_an_optional_one_is_not(kind: str) -> None:
    assert "q" in clean(ask(kind, required=True, options=YES_NO), {}).errors
    optional = clean(ask(kind, options=YES_NO), {"q": "  "} if kind != Kind.MULTIPLE else {})
    assert (optional.values, optional.errors) == ({}, {})


def test_a_heading_takes_no_answer() -> None:
    assert clean(ask("heading", required=True), {"q": "forged"}) == rules.Cleaned()


def test_forged_keys_are_dropped() -> None:
    assert clean(ask("text"), {"q": "答え", "person_id": "1", "other": "x"}).values == {"q": "答え"}


def test_an_address_needs_all_its_parts() -> None:
    parts = {"q.postal_code": "７５８００４１", "q.area": "山口県萩市江向", "q.street": "510"}
    assert clean(ask("address"), parts).values == {
        "q": {"postal_code": "758-0041", "area": "山口県萩市江向", "street": "510"}
    }
    assert "q" in clean(ask("address"), {**parts, "q.street": ""}).errors
    assert "q" in clean(ask("address"), {**parts, "q.postal_code": "75800"}).errors


def test_a_sensitive_answer_is_taken_only_with_its_own_consent() -> None:
    question = ask("text", is_sensitive=True)
    assert clean(question, {"q": "車いす"}).values == {}
    assert "q" in clean(question, {"q": "車いす"}).errors
    assert clean(question, {"q": "車いす", "q.consent": "yes"}).values == {"q": "車いす"}
    assert clean(question, {"q": ""}).errors == {}


def test_files_are_known_by_their_content() -> None:
    taken = clean(ask("file"), {}, {"q": [incoming("card.png", PNG)]})
    assert [file.mime for file in taken.uploads["q"]] == ["image/png"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (incoming("report.pdf", b"MZ\x90\x00 an exe renamed"), "file_type"),
        (incoming("page.svg", b"<svg onload='x()'/>"), "file_type"),
        (incoming("notes.txt", b"<script>x()</script>"), "file_type"),
        (incoming("empty.pdf", b""), "file_empty"),
        (incoming("huge.png", PNG, size=TEN_MB + 1), "file_too_big"),
    ],
)
def test_a_wrong_file_is_refused_with_words(file: rules.IncomingFile, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_file(file, max_bytes=TEN_MB)
    assert refused.value.code == code
    assert refused.value.next_step
    assert clean(ask("file"), {}, {"q": [file]}).uploads == {}


def test_a_huge_file_is_never_read() -> None:
    class Unreadable(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

    huge = rules.IncomingFile(name="a.pdf", size=TEN_MB + 1, file=Unreadable())
    assert "q" in clean(ask("file"), {}, {"q": [huge]}).errors


def test_more_files_than_asked_for_are_refused() -> None:
    two = {"q": [incoming("a.png", PNG), incoming("b.png", PNG)]}
    assert "q" in clean(ask("file"), {}, two).errors
    assert len(clean(ask("file", maximum=2), {}, two).uploads["q"]) == 2


def test_a_stored_file_satisfies_a_required_question_and_its_conditions() -> None:
    file = ask("file", "f", required=True)
    follow = shown_if(ask("text", "t"), file, "answered", "")
    assert clean([file, follow], {"t": "説明"}, kept={"f"}).values == {"t": "説明"}
    assert "f" in clean([file, follow], {"t": "説明"}).errors


@pytest.mark.parametrize(
    ("op", "wanted", "value", "expected"),
    [
        ("is", "yes", "yes", True),
        ("is", "yes", "no", False),
        ("is", "0", 0, True),
        ("is_not", "yes", "no", True),
        ("is_not", "yes", "yes", False),
        ("is_not", "yes", None, False),
        ("includes", "a", ["b", "a"], True),
        ("includes", "a", ["b"], False),
        ("at_least", "10", 9, False),
        ("at_least", "10", 10, True),
        ("answered", "", 0, True),
        ("answered", "", True, True),
        ("answered", "", [], False),
        ("answered", "", None, False),
    ],
)
def test_conditions(op: str, wanted: str, value: Any, expected: bool) -> None:
    assert rules.holds(op, wanted, value) is expected


def test_what_hangs_on_a_hidden_question_is_hidden_too() -> None:
    first = ask("single", "a", options=YES_NO)
    second = shown_if(ask("single", "b", options=YES_NO, required=True), first)
    third = shown_if(ask("text", "c", required=True), second)
    questions = [first, second, third]
    assert clean(questions, {"a": "yes", "b": "yes", "c": "見える"}).values == {
        "a": "yes",
        "b": "yes",
        "c": "見える",
    }
    hidden = clean(questions, {"a": "no", "b": "yes", "c": "隠れた"})
    assert (hidden.values, hidden.errors) == ({"a": "no"}, {})


def test_an_answer_that_is_refused_counts_as_none_for_conditions() -> None:
    first = ask("single", "a", options=YES_NO)
    second = shown_if(ask("text", "b"), first, "is_not", "yes")
    assert clean([first, second], {"a": "forged", "b": "x"}).values == {}


@st.composite
def branching_forms(draw: st.DrawFn) -> tuple[list[Question], dict[str, Any]]:
    """Forms of yes/no questions where any may depend on any earlier one, and answers to all of them."""
    questions: list[Question] = []
    sent: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 8))):
        question = ask(Kind.SINGLE, f"k{number}", options=YES_NO, required=draw(st.booleans()))
        if questions and draw(st.booleans()):
            op = draw(st.sampled_from(["is", "is_not", "answered"]))
            shown_if(question, draw(st.sampled_from(questions)), op, draw(st.sampled_from(["yes", "no"])))
        questions.append(question)
        sent[question.key] = draw(st.sampled_from(["yes", "no", "", "forged"]))
    return questions, sent


@settings(deadline=None)  # the first message loads a catalogue
@given(branching_forms())
def test_no_hidden_answer_survives_and_no_shown_one_is_lost(
    form: tuple[list[Question], dict[str, Any]],
) -> None:
    questions, sent = form
    cleaned = clean(questions, sent)
    by_id = {question.id: question for question in questions}

    def is_asked(question: Question) -> bool:
        target = by_id.get(question.show_if_question_id)
        if target is None:
            return True
        given_answer = sent[target.key]
        answered = given_answer in {"yes", "no"}
        met = {
            "is": given_answer == question.show_if_value,
            "is_not": given_answer != question.show_if_value,
            "answered": True,
        }[question.show_if_op]
        return answered and met and is_asked(target)

    expected = {q.key: sent[q.key] for q in questions if is_asked(q) and sent[q.key] in {"yes", "no"}}
    assert cleaned.values == expected
    assert set(cleaned.errors) <= {q.key for q in questions if is_asked(q)}
    shown = {q.key for q in rules.visible_questions(questions, cleaned.values)}
    assert set(cleaned.values) <= shown


# Building


def test_a_reworded_or_moved_option_keeps_its_value() -> None:
    before = rules.parse_options("萩市内 | In Hagi\n萩市の外")
    assert before == [
        {"value": "o1", "title": "萩市内", "title_en": "In Hagi"},
        {"value": "o2", "title": "萩市の外", "title_en": ""},
    ]
    moved = rules.parse_options("萩市の外\n萩市内\n海外", before)
    assert [(o["title"], o["value"]) for o in moved] == [("萩市の外", "o2"), ("萩市内", "o1"), ("海外", "o3")]
    reworded = rules.parse_options("萩市に住んでいる\n萩市の外", before)
    assert [o["value"] for o in reworded] == ["o1", "o2"]


def test_a_removed_options_value_is_not_given_to_a_new_one() -> None:
    before = rules.parse_options("甲\n乙\n丙")
    after = rules.parse_options("甲\n丙\n丁\n戊", before)
    assert [o["value"] for o in after] == ["o1", "o3", "o4", "o5"]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_options_survive_being_edited_without_a_change(text: str) -> None:
    options = rules.parse_options(text)
    assert rules.parse_options(rules.options_text(options), options) == options
    assert len({o["value"] for o in options}) == len(options)


def test_problems_name_what_keeps_a_question_from_being_asked() -> None:
    choice = ask("single", "a", options=YES_NO)
    assert rules.problems(choice, []) == []
    assert rules.problems(ask("single", options=YES_NO[:1]), [])
    assert rules.problems(ask("number", minimum=5, maximum=1), [])
    assert rules.problems(ask("scale", minimum=0, maximum=100), [])
    assert rules.problems(shown_if(ask("text"), choice), [])  # its condition asks a later question
    assert rules.problems(shown_if(ask("text"), choice, "at_least", "3"), [choice])
    assert rules.problems(shown_if(ask("text"), choice, "is", "gone"), [choice])
    assert rules.problems(shown_if(ask("text"), choice, "is", "no"), [choice]) == []


def test_answers_read_in_the_readers_language() -> None:
    question = ask("multiple", options=YES_NO)
    assert rules.display(question, ["yes", "no"], "ja") == "はい、いいえ"
    assert rules.display(question, ["yes"], "en") == "Yes"
    assert rules.display(ask("date"), "2026-11-30", "ja") == "2026年11月30日（月）"
