"""Shared reads of forms, answers and files."""

import uuid
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from sonjuku.rooms.forms import rules
from sonjuku.rooms.forms.models import Answer, Form, FormVersion, Question, Response, Upload
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import rules as people_rules


class Answered(NamedTuple):
    """One answer as a reader may see it; `value` is None where it is hidden from this reader or was erased."""

    question: Question
    value: Any
    text: str


def questions(version: FormVersion) -> list[Question]:
    """The questions of a version in order (one query; none when they were prefetched)."""
    return sorted(version.questions.all(), key=lambda question: question.ordinal)


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
    answer_rows = (
        Answer.objects.filter(response_id__in=rows)
        .select_related("question", "response__person")
        .prefetch_related("question__viewers")
        .order_by("question__ordinal")
    )
    names = _upload_names(rows)
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


def responses_by_about(about_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID | None, Response]:
    """Responses by the id of the row that they are about."""
    rows = Response.objects.filter(about_id__in=about_ids).select_related("version", "person")
    return {response.about_id: response for response in rows}
