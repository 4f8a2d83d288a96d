"""Forms are written, frozen, answered and erased."""

import datetime as dt
import io
import uuid
from typing import Any

import pytest
from django.db import transaction

from sonjuku.rooms.forms import actions, queries, rules
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload, private_storage
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
YES_NO = [
    {"value": "yes", "title": "はい", "title_en": "Yes"},
    {"value": "no", "title": "いいえ", "title_en": "No"},
]


def picture(name: str = "card.png", mime: str = "image/png") -> rules.IncomingFile:
    return rules.IncomingFile(name=name, size=len(PNG), file=io.BytesIO(PNG), mime=mime)


def stored_files() -> list[str]:
    storage = private_storage()
    if not storage.exists(""):
        return []
    return [f"{folder}/{name}" for folder in storage.listdir("")[0] for name in storage.listdir(folder)[1]]


@pytest.fixture
def version(council: Any, secretariat: Actor) -> FormVersion:
    return queries.latest(actions.create_form(by=secretariat, council=council, title="申込書"))


@pytest.fixture
def ask(version: FormVersion, secretariat: Actor) -> Any:
    def add(kind: str, title: str = "質問", **fields: Any) -> Question:
        return actions.add_question(by=secretariat, version=version, kind=kind, title=title, **fields)

    return add


@pytest.fixture
def member(make_account: Any, at: dt.datetime) -> Actor:
    return Actor(at=at, role="member", account_id=make_account("me@example.jp").id)


@pytest.fixture
def person(council: Any, make_person: Any, member: Actor) -> Any:
    return make_person(council, account_id=member.account_id)


@pytest.fixture
def save(version: FormVersion, person: Any, member: Actor) -> Any:
    def run(values: Any, uploads: Any = None, about_id: Any = None, **fields: Any) -> Response:
        return actions.save_response(
            by=member,
            version=version,
            person=person,
            about_id=about_id,
            values=values,
            uploads=uploads or {},
            **fields,
        )

    return run


def titles(version: FormVersion) -> list[str]:
    return list(version.questions.values_list("title", flat=True))


# Building


def test_questions_are_appended_moved_and_removed(version: FormVersion, ask: Any, secretariat: Actor) -> None:
    first, _second, third = ask("text", "一"), ask("text", "二"), ask("text", "三")
    actions.move_question(by=secretariat, question=third, up=True)
    assert titles(version) == ["一", "三", "二"]
    actions.move_question(by=secretariat, question=first, up=True)
    assert titles(version) == ["一", "三", "二"]
    actions.remove_question(by=secretariat, question=first)
    assert titles(version) == ["三", "二"]
    assert ask("text", "四").key not in {"", third.key}


def test_a_question_never_comes_before_the_one_its_condition_asks(ask: Any, secretariat: Actor) -> None:
    target = ask("single", options=YES_NO)
    follow = ask("text", show_if_question=target, show_if_op="is", show_if_value="yes")
    for question, up in ((follow, True), (target, False)):
        with pytest.raises(Refused) as refused:
            actions.move_question(by=secretariat, question=question, up=up)
        assert refused.value.code == "condition_order"
    with pytest.raises(Refused) as refused:
        actions.remove_question(by=secretariat, question=target)
    assert refused.value.code == "question_in_use"
    with pytest.raises(Refused) as refused:
        actions.change_question(
            by=secretariat, question=target, options=[YES_NO[1], {"value": "x", "title": "x"}]
        )
    assert refused.value.code == "option_in_use"


def test_changes_are_journalled_by_field_name_only(ask: Any, secretariat: Actor) -> None:
    question = ask("text", "古い文")
    actions.change_question(by=secretariat, question=question, title="新しい文", required=False)
    entry = Entry.objects.get(verb="question.changed")
    assert entry.field_names == ["title"]
    assert entry.council_id == secretariat.council_id


def test_a_frozen_version_takes_no_change(version: FormVersion, ask: Any, secretariat: Actor) -> None:
    question = ask("text", "固定")
    actions.freeze(by=secretariat, version=version)
    frozen_at = FormVersion.objects.get(pk=version.pk).frozen_at
    later = secretariat.now(secretariat.at + dt.timedelta(days=1))
    assert actions.freeze(by=later, version=version).frozen_at == frozen_at
    for change in (
        lambda: ask("text"),
        lambda: actions.change_question(by=secretariat, question=question, title="別"),
        lambda: actions.move_question(by=secretariat, question=question, up=True),
        lambda: actions.remove_question(by=secretariat, question=question),
    ):
        with pytest.raises(Refused) as refused:
            change()
        assert refused.value.code == "form_frozen"
    assert titles(version) == ["固定"]


def test_an_incomplete_form_is_not_frozen(version: FormVersion, ask: Any, secretariat: Actor) -> None:
    ask("single", "選択肢のない質問")
    with pytest.raises(Refused) as refused:
        actions.freeze(by=secretariat, version=version)
    assert refused.value.code == "form_incomplete"
    assert "選択肢のない質問" in str(refused.value.message)


def test_a_correction_is_a_new_version_and_old_answers_keep_their_wording(
    version: FormVersion, ask: Any, secretariat: Actor, save: Any, member: Actor
) -> None:
    target = ask("single", "参加しますか", options=YES_NO, key="join")
    follow = ask("text", "理由", key="why", show_if_question=target, show_if_op="is", show_if_value="yes")
    response = save({"join": "yes", "why": "学びたい"})
    actions.freeze(by=secretariat, version=version)
    second = actions.new_version(by=secretariat, form=version.form)
    assert second.number == 2
    assert actions.new_version(by=secretariat, form=version.form).pk == second.pk
    copied = second.questions.get(key="why")
    assert copied.show_if_question == second.questions.get(key="join")
    assert copied.pk != follow.pk
    actions.change_question(by=secretariat, question=second.questions.get(key="join"), title="来ますか")
    assert [(a.question.title, a.text) for a in queries.answers(response, member)] == [
        ("参加しますか", "はい"),
        ("理由", "学びたい"),
    ]


def test_a_copied_form_stands_alone(version: FormVersion, ask: Any, secretariat: Actor) -> None:
    ask("text", "一")
    actions.freeze(by=secretariat, version=version)
    copy = queries.latest(actions.copy_form(by=secretariat, form=version.form))
    assert (copy.number, copy.frozen_at, titles(copy)) == (1, None, ["一"])


# Answering


def test_a_doubled_submit_gives_one_response(ask: Any, save: Any) -> None:
    ask("text", key="why")
    about = uuid.uuid4()
    first = save({"why": "学びたい"}, about_id=about)
    assert save({"why": "学びたい"}, about_id=about).pk == first.pk
    assert Answer.objects.count() == 1
    with pytest.raises(Refused) as refused:
        save({"why": "別の理由"}, about_id=about)
    assert refused.value.code == "response_submitted"
    assert Answer.objects.get().value == "学びたい"


def test_until_it_is_submitted_answers_are_replaced(ask: Any, save: Any, at: dt.datetime) -> None:
    ask("text", key="why")
    ask("text", key="more")
    save({"why": "一", "more": "消える"}, submit=False)
    response = save({"why": "二"})
    assert queries.values_of(response) == {"why": "二"}
    assert response.submitted_at == at
    assert Response.objects.count() == 1


def test_hidden_and_unknown_answers_are_dropped(ask: Any, save: Any) -> None:
    target = ask("single", options=YES_NO, key="join")
    ask("text", key="why", show_if_question=target, show_if_op="is", show_if_value="yes")
    response = save({"join": "no", "why": "隠れた答え", "forged": "x"})
    assert queries.values_of(response) == {"join": "no"}


def test_another_councils_form_is_refused(
    version: FormVersion, member: Actor, make_person: Any, other_council: Any
) -> None:
    stranger = make_person(other_council)
    with pytest.raises(Refused) as refused:
        actions.save_response(
            by=member, version=version, person=stranger, about_id=None, values={}, uploads={}
        )
    assert refused.value.code == "other_council"
    assert not Response.objects.exists()


def test_a_file_is_stored_under_a_random_key_and_named_in_the_answer(
    ask: Any, save: Any, member: Actor
) -> None:
    ask("file", "学生証", key="card")
    response = save({}, {"card": [picture("学生証.png")]})
    upload = Upload.objects.get()
    assert (upload.name, upload.mime, upload.size) == ("学生証.png", "image/png", len(PNG))
    assert upload.file.name == f"{upload.id.hex[-2:]}/{upload.id.hex}"
    with upload.file.open("rb") as stored:
        assert stored.read() == PNG
    assert queries.answers(response, member)[0].text == "学生証.png"
    assert queries.answers(response, member)[0].value == [str(upload.id)]


def test_a_new_file_replaces_the_old_one_and_none_keeps_it(
    ask: Any, save: Any, django_capture_on_commit_callbacks: Any
) -> None:
    ask("file", key="card")
    save({}, {"card": [picture("a.png")]}, submit=False)
    save({}, submit=False)
    assert Upload.objects.get().name == "a.png"
    with django_capture_on_commit_callbacks(execute=True):
        save({}, {"card": [picture("b.png")]})
    assert Upload.objects.get().name == "b.png"
    assert stored_files() == [Upload.objects.get().file.name]


def test_a_bad_file_leaves_nothing_half_done(ask: Any, save: Any) -> None:
    ask("text", key="why")
    ask("file", key="card")
    exe = rules.IncomingFile(name="a.pdf", size=4, file=io.BytesIO(b"MZ\x90\x00"))
    with pytest.raises(Refused) as refused, transaction.atomic():
        save({"why": "x"}, {"card": [exe]})
    assert refused.value.code == "file_type"
    assert not Response.objects.exists()


def test_orphans_are_swept_after_a_day_and_nothing_else(ask: Any, save: Any) -> None:
    assert actions.sweep_orphans(dt.datetime.now(dt.UTC)) == 0  # before the first file ever came
    ask("file", key="card")
    save({}, {"card": [picture()]})
    kept = Upload.objects.get().file.name
    with transaction.atomic():
        save({}, {"card": [picture()]}, about_id=uuid.uuid4())
        transaction.set_rollback(True)
    assert len(stored_files()) == 2
    now = dt.datetime.now(dt.UTC)
    assert actions.sweep_orphans(now) == 0
    assert actions.sweep_orphans(now + dt.timedelta(days=2)) == 1
    assert stored_files() == [kept]


# Sensitive answers


@pytest.fixture
def sensitive(ask: Any, save: Any, staff_account: Any) -> Response:
    ask("text", "配慮が必要なこと", key="care", is_sensitive=True, viewers=[staff_account])
    ask("text", "動機", key="why")
    return save({"care": "車いす", "why": "学びたい"})


def read(response: Response, actor: Actor | None) -> list[tuple[str, Any]]:
    return [(answer.question.key, answer.value) for answer in queries.answers(response, actor)]


def test_only_the_person_and_named_viewers_read_a_sensitive_answer(
    sensitive: Response, member: Actor, secretariat: Actor, make_staff: Any, council: Any
) -> None:
    all_of_it = [("care", "車いす"), ("why", "学びたい")]
    assert read(sensitive, member) == all_of_it
    assert read(sensitive, secretariat) == all_of_it
    colleague = make_staff(council, "other@hagi.example.jp", "secretariat")
    other = Actor(at=secretariat.at, role="secretariat", council_id=council.id, account_id=colleague.id)
    assert read(sensitive, other) == [("care", None), ("why", "学びたい")]
    assert "車いす" not in str(queries.answers(sensitive, other))
    assert read(sensitive, None) == [("why", "学びたい")]


def test_a_sensitive_answer_has_a_consent_of_its_own(sensitive: Response) -> None:
    answer = Answer.objects.get(question__key="care")
    consent = Consent.objects.get(purpose=Consent.Purpose.SENSITIVE)
    assert consent.about_id == answer.id
    assert consent.holds
    assert consent.text == rules.sensitive_notice()
    assert consent.items == ["配慮が必要なこと"]


def test_sensitive_answers_are_erased_for_good_and_once(
    sensitive: Response, version: FormVersion, system: Actor, member: Actor
) -> None:
    assert actions.erase_sensitive(by=system, version=version) == 1
    assert actions.erase_sensitive(by=system, version=version) == 0
    assert read(sensitive, member) == [("care", None), ("why", "学びたい")]
    assert Answer.objects.get(question__key="care").erased_at == system.at
    assert queries.values_of(sensitive) == {"why": "学びたい"}


def test_sensitive_files_are_deleted_from_the_storage(
    ask: Any, save: Any, version: FormVersion, system: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    ask("file", key="note", is_sensitive=True)
    save({}, {"note": [picture()]})
    assert len(stored_files()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_sensitive(by=system, version=version)
    assert stored_files() == []


# Who sees what


def test_forms_are_seen_by_their_own_staff_only(
    version: FormVersion, secretariat: Actor, member: Actor, other_council: Any, system: Actor
) -> None:
    assert list(queries.forms_visible_to(secretariat)) == [version.form]
    stranger = Actor(at=secretariat.at, role="secretariat", council_id=other_council.id)
    reviewer = Actor(at=secretariat.at, role="reviewer", council_id=secretariat.council_id)
    for actor in (stranger, reviewer, member, Actor(at=secretariat.at)):
        assert not queries.forms_visible_to(actor).exists()
    assert list(queries.forms_visible_to(system)) == list(Form.objects.all())


def test_files_are_seen_by_their_owner_and_by_staff_who_see_the_row(
    ask: Any, save: Any, secretariat: Actor, member: Actor, other_council: Any
) -> None:
    ask("file", key="card")
    about = uuid.uuid4()
    save({}, {"card": [picture()]}, about_id=about)
    upload = Upload.objects.get()
    assert list(queries.uploads_visible_to(member)) == [upload]
    assert list(queries.uploads_visible_to(secretariat, about=[about])) == [upload]
    assert list(queries.uploads_visible_to(secretariat, ids=[upload.id])) == [upload]
    stranger = Actor(at=secretariat.at, role="secretariat", council_id=other_council.id)
    other_member = Actor(at=secretariat.at, role="member", account_id=uuid.uuid4())
    assert not queries.uploads_visible_to(secretariat).exists()
    assert not queries.uploads_visible_to(stranger, about=[about], ids=[upload.id]).exists()
    assert not queries.uploads_visible_to(other_member).exists()
    assert not queries.uploads_visible_to(Actor(at=secretariat.at)).exists()


def test_a_sensitive_file_is_for_named_viewers(
    ask: Any, save: Any, secretariat: Actor, staff_account: Any, make_staff: Any, council: Any
) -> None:
    ask("file", key="note", is_sensitive=True, viewers=[staff_account])
    about = uuid.uuid4()
    save({}, {"note": [picture()]}, about_id=about)
    colleague = make_staff(council, "other@hagi.example.jp", "secretariat")
    other = Actor(at=secretariat.at, role="secretariat", council_id=council.id, account_id=colleague.id)
    assert queries.uploads_visible_to(secretariat, about=[about]).count() == 1
    assert not queries.uploads_visible_to(other, about=[about]).exists()


def test_many_responses_are_read_in_a_fixed_number_of_queries(
    ask: Any,
    version: FormVersion,
    member: Actor,
    council: Any,
    make_person: Any,
    django_assert_max_num_queries: Any,
) -> None:
    ask("text", key="why")
    ask("text", key="care", is_sensitive=True)
    responses = [
        actions.save_response(
            by=member,
            version=version,
            person=make_person(council),
            about_id=None,
            values={"why": "x", "care": "y"},
            uploads={},
        )
        for _ in range(3)
    ]
    with django_assert_max_num_queries(3):
        found = queries.answers_of(responses, member)
    assert {key: len(rows) for key, rows in found.items()} == {response.id: 2 for response in responses}
