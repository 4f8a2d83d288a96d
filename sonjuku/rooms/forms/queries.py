"""Shared reads of forms, answers and files."""

import uuid
from collections.abc import Collection, Iterable
from copy import copy
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from sonjuku.rooms.forms import rules
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload, private_storage
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import rules as people_rules


class Answered(NamedTuple):
    """One answer as a reader may see it; `value` is None where it is hidden from this reader or was erased."""

    question: Question
    value: Any
    text: str


def questions(version: FormVersion) -> list[Question]:
    """The questions of a version in order: one query; none when they were prefetched, or frozen and read before."""
    if version.frozen_at is None or "questions" in getattr(version, "_prefetched_objects_cache", {}):
        return sorted(version.questions.all(), key=lambda question: question.ordinal)
    return [copy(question) for question in _frozen(version.pk, version.frozen_at)]


@lru_cache(maxsize=256)
def _frozen(version_id: uuid.UUID, frozen_at: datetime) -> tuple[Question, ...]:
    """What is frozen never changes. A freeze that was rolled back had another moment, so it can't be taken for this."""
    return tuple(Question.objects.filter(version_id=version_id).order_by("ordinal"))


def latest(form: Form) -> FormVersion:
    """The newest version with its questions: the one that staff edit, or the one in use when it is frozen."""
    version = form.versions.select_related("form").prefetch_related("questions").order_by("-number").first()
    assert version is not None  # create_form always makes number 1
    return version


def versions_with_sensitive_answers(about_ids: QuerySet[Any, Any]) -> QuerySet[FormVersion]:
    """The versions that hold sensitive answers about these rows (ids), not yet erased."""
    kept = Answer.objects.filter(
        response__about_id__in=about_ids, question__is_sensitive=True, erased_at__isnull=True
    )
    return FormVersion.objects.filter(pk__in=kept.order_by().values("question__version")).select_related(
        "form"
    )


def versions_of(council_id: uuid.UUID) -> QuerySet[FormVersion]:
    """Every version of a council's forms, newest form first: what a call editor lets staff choose from."""
    return FormVersion.objects.filter(form__council_id=council_id).select_related("form").order_by("-id")


def forms_visible_to(actor: Actor) -> QuerySet[Form]:
    """A council's forms, for staff who may write forms. Forms hold questions, never answers."""
    if actor.role == "system":
        return Form.objects.all()
    if actor.council_id and people_rules.may(actor.role, "forms.write"):
        return Form.objects.filter(council_id=actor.council_id)
    return Form.objects.none()


def answers(response: Response, actor: Actor | None = None) -> list[Answered]:
    """The answers of one response in order. See `answers_of` for who sees what."""
    return answers_of([response], actor)[response.id]


def answers_of(responses: Iterable[Response], actor: Actor | None = None) -> dict[uuid.UUID, list[Answered]]:
    """Answers by response id, in the questions' order and the reader's language; a fixed number of queries.

    The person themself sees all. Another reader sees a sensitive answer only when named among its viewers; else it
    stands there without value, saying so. Without an actor (exports) sensitive questions are left out entirely.
    The caller must have found the responses through a `visible_to`.
    """
    rows = {response.id: response for response in responses}
    found: dict[uuid.UUID, list[Answered]] = {key: [] for key in rows}
    answer_rows = list(
        Answer.objects.filter(response_id__in=rows)
        .select_related("question", "response__person")
        .order_by("question__ordinal")
    )
    # Most forms ask for no file and nothing sensitive: then nothing more is read.
    if actor is not None and actor.role != "member" and any(a.question.is_sensitive for a in answer_rows):
        prefetch_related_objects(answer_rows, "question__viewers")
    has_files = any(answer.question.kind == Question.Kind.FILE for answer in answer_rows)
    names = _upload_names(rows) if has_files else {}
    for answer in answer_rows:
        question = answer.question
        if not question.is_sensitive:
            found[answer.response_id].append(_told(answer, names))
        elif actor is not None:
            seen = _sees_sensitive(answer, actor)
            hidden = Answered(question, None, _("決められた担当者だけが見られます"))
            found[answer.response_id].append(_told(answer, names) if seen else hidden)
    return found


def _told(answer: Answer, names: dict[str, str]) -> Answered:
    question = answer.question
    if answer.erased_at:
        return Answered(question, None, _("消去しました"))
    if question.kind == Question.Kind.FILE:
        return Answered(question, answer.value, "、".join(names.get(key, "") for key in answer.value))
    return Answered(question, answer.value, rules.display(question, answer.value))


def _sees_sensitive(answer: Answer, actor: Actor) -> bool:
    if actor.role == "member":
        return actor.account_id is not None and answer.response.person.account_id == actor.account_id
    return any(viewer.pk == actor.account_id for viewer in answer.question.viewers.all())


def _upload_names(response_ids: Iterable[uuid.UUID]) -> dict[str, str]:
    return {
        str(key): name
        for key, name in Upload.objects.filter(response_id__in=response_ids).values_list("id", "name")
    }


class Readable(NamedTuple):
    """The questions that a reader may see the answers of: one per key to name a column by, and those of all versions."""

    titled: dict[str, Question]
    all: list[Question]


def readable_questions(
    actor: Actor, about_ids: QuerySet[Any, Any], version_id: uuid.UUID | None = None
) -> Readable:
    """What was asked about these rows, in every version that was answered and in `version_id`; two queries.

    A sensitive question is there only for its named viewers; headings are no questions.
    """
    answered = Response.objects.filter(about_id__in=about_ids).order_by().values("version_id")
    rows = (
        Question.objects.filter(Q(version_id__in=answered) | Q(version_id=version_id))
        .exclude(kind=Question.Kind.HEADING)
        .order_by("version__number", "ordinal")
        .prefetch_related("viewers")
    )
    seen = [
        row
        for row in rows
        if not row.is_sensitive or any(viewer.pk == actor.account_id for viewer in row.viewers.all())
    ]
    latest_first = sorted(seen, key=lambda row: (row.version_id != version_id, row.ordinal))
    titled: dict[str, Question] = {}
    for row in latest_first:
        known = titled.setdefault(row.key, row)
        if row.is_sensitive and not known.is_sensitive:
            # Once sensitive, the column is treated as such whatever the newest wording says.
            titled[row.key] = row
    return Readable(titled, seen)


def answer_cells(
    questions: Readable, keys: Collection[str], about_ids: Any
) -> dict[uuid.UUID, dict[str, str | int | date]]:
    """Answers by the id of the row they are about and the question's key: at most two queries for any number of rows.

    Numbers and days keep their kind, the rest is in words; erased answers are left out. `questions` says what this
    reader may see, `about_ids` (ids or a subquery) whose answers.
    """
    wanted = {row.id: row for row in questions.all if row.key in keys}
    names: dict[str, str] = {}
    if any(row.kind == Question.Kind.FILE for row in wanted.values()):
        uploads = Upload.objects.filter(response__about_id__in=about_ids, question_id__in=wanted)
        names = {str(key): name for key, name in uploads.values_list("id", "name")}
    answers = Answer.objects.filter(
        response__about_id__in=about_ids, question_id__in=wanted, erased_at__isnull=True
    )
    found: dict[uuid.UUID, dict[str, str | int | date]] = {}
    for about_id, question_id, value in answers.values_list("response__about_id", "question_id", "value"):
        if about_id is not None:
            question = wanted[question_id]
            found.setdefault(about_id, {})[question.key] = _cell(question, value, names)
    return found


def _cell(question: Question, value: Any, names: dict[str, str]) -> str | int | date:
    if question.kind == Question.Kind.FILE:
        return "、".join(names.get(key, "") for key in value or ())
    if question.kind in {Question.Kind.NUMBER, Question.Kind.SCALE} and isinstance(value, int):
        return value
    if question.kind == Question.Kind.DATE and value:
        return date.fromisoformat(value)
    return rules.display(question, value)


def values_of(response: Response) -> dict[str, Any]:
    """Stored values by question key, erased ones left out: to show a saved form again to the person who answered."""
    rows = response.answers.filter(erased_at__isnull=True).select_related("question")
    return {answer.question.key: answer.value for answer in rows}


def uploads_visible_to(
    actor: Actor,
    *,
    about: Iterable[uuid.UUID] | QuerySet[Any] = (),
    ids: Iterable[uuid.UUID] | QuerySet[Any] = (),
) -> QuerySet[Upload]:
    """The files this reader may open. A member: their own.

    Staff: files of responses about the rows in `about` (ids or an id subquery of applications and obligations that
    the caller found visible), and the files in `ids` (from rows that point at a file themselves); files of sensitive
    questions only for the named viewers. Everyone else: none.
    """
    if actor.role == "member" and actor.account_id:
        return Upload.objects.filter(person__account_id=actor.account_id)
    if not actor.council_id or not people_rules.may(actor.role, "applications.read"):
        return Upload.objects.none()
    uploads = Upload.objects.filter(council_id=actor.council_id)
    named = Q(question__isnull=True) | Q(question__is_sensitive=False) | Q(question__viewers=actor.account_id)
    return uploads.filter(Q(response__about_id__in=about) | Q(id__in=ids)).filter(named).distinct()


def forms_with_versions(actor: Actor) -> QuerySet[Form]:
    """The visible forms with `versions` prefetched, newest first, for a list."""
    newest_first = FormVersion.objects.order_by("-number").prefetch_related("questions")
    return forms_visible_to(actor).prefetch_related(Prefetch("versions", queryset=newest_first))


def files_without_row() -> int:
    """How many stored files no row names, over all councils; a daily sweep deletes those older than a day."""
    storage, number = private_storage(), 0
    for folder in storage.listdir("")[0] if storage.exists("") else ():
        names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
        number += len(names) - Upload.objects.filter(file__in=names).count()
    return number
