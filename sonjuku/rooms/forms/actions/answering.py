"""People answer: responses, files, and what must be erased."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import JSONField, QuerySet, Value
from django.utils.translation import gettext as _

from sonjuku.rooms.forms import queries, rules
from sonjuku.rooms.forms.models import Answer, FormVersion, Question, Response, Upload, private_storage
from sonjuku.rooms.forms.rules import IncomingFile
from sonjuku.rooms.journal.actions import hold_lock, is_first, record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import answer_consent, ask_consent
from sonjuku.rooms.people.models import Consent, Person, Role
from sonjuku.toolbox.refusals import Refused

ORPHAN_AGE = timedelta(days=1)


@writes
def save_response(
    *,
    by: Actor,
    version: FormVersion,
    person: Person,
    about_id: uuid.UUID | None,
    values: Mapping[str, Any],
    uploads: Mapping[str, Sequence[IncomingFile]],
    submit: bool = True,
) -> Response:
    """Keep a person's answers (`values` and `uploads` as `rules.clean` gave them) about one row.

    The same (version, person, about_id) gives the same response: answers are replaced until it was submitted.
    Afterwards the same answers again change nothing, others are Refused("response_submitted"). Answers of hidden
    questions are dropped; sensitive ones are kept with a consent of their own. Refused("file_…") for a bad file.
    """
    if version.council_id != person.council_id:
        raise Refused("other_council", _("この様式は、ほかの協議会のものです。"))
    response, is_new = _response(version, person, about_id)
    # Read afresh while they may change: the caller's version may carry questions prefetched before that.
    afresh = Question.objects.filter(version_id=version.pk).order_by("ordinal")
    questions = queries.questions(version) if version.frozen_at else list(afresh)
    shown = _shown(questions, values, uploads, {} if is_new else queries.values_of(response))
    wanted = {
        key: value for key, value in values.items() if key in shown and shown[key].kind != Question.Kind.FILE
    }
    if response.submitted_at is not None:
        _must_equal(response, wanted)
        return response
    response.submitted_at = by.at if submit else None
    response.save(force_insert=is_new, force_update=not is_new)
    if not is_new:
        response.answers.exclude(question__key__in=shown).delete()
    files = {key: q for key, q in shown.items() if q.kind == Question.Kind.FILE}
    _save_answers(by, response, {q: wanted.get(key) for key, q in shown.items() if key not in files}, is_new)
    for key, question in files.items():
        _save_files(by, response, question, uploads.get(key, ()))
    record(
        by=by,
        verb="response.submitted" if submit else "response.saved",
        subject=response,
        for_person_id=person.id,
        field_names=[*wanted, *uploads],
    )
    return response


@writes
def store_upload(
    *,
    by: Actor,
    incoming: IncomingFile,
    person: Person | None = None,
    council_id: uuid.UUID | None = None,
    response: Response | None = None,
    question: Question | None = None,
    max_bytes: int | None = None,
) -> Upload:
    """Write a file to the private storage under a random key, then its row: the person's, or `council_id`'s own.

    `incoming` comes from `rules.check_file`, or is checked here when `max_bytes` is given. A file whose row was
    rolled back is an orphan for `sweep_orphans`.
    """
    if max_bytes is not None or not incoming.mime:
        incoming = rules.check_file(incoming, max_bytes=max_bytes if max_bytes is not None else incoming.size)
    owner = person.council_id if person else council_id
    if owner is None:
        raise ValueError("an upload belongs to a person or to a council")
    upload = Upload(
        council_id=owner,
        person=person,
        response=response,
        question=question,
        name=incoming.name[-200:],
        mime=incoming.mime,
        size=incoming.size,
        sha256=_sha256(incoming),
    )
    incoming.file.seek(0)
    upload.file.save(incoming.name, File(incoming.file), save=False)
    upload.save(force_insert=True)
    record(by=by, verb="upload.stored", subject=upload, for_person_id=upload.person_id)
    return upload


@writes
def drop_upload(*, by: Actor, upload: Upload) -> None:
    """Delete a file and its row; whatever pointed at it must be gone already."""
    record(by=by, verb="upload.dropped", subject=upload, for_person_id=upload.person_id)
    _delete_files([upload])


@writes
def erase_sensitive(*, by: Actor, version: FormVersion, about_ids: QuerySet[Any, Any] | None = None) -> int:
    """Blank the answers to a version's sensitive questions for good, files included; returns how many answers.

    `about_ids`: only the answers about these rows. The rows stay and say when; a second time finds nothing left.
    """
    asked: dict[str, Any] = {"question__version": version, "question__is_sensitive": True}
    if about_ids is not None:
        asked["response__about_id__in"] = about_ids
    answers = Answer.objects.filter(**asked, erased_at__isnull=True)
    uploads = Upload.objects.filter(**asked)
    _delete_files(list(uploads))
    erased = answers.update(value=Value(None, JSONField()), erased_at=by.at)
    if erased:
        record(by=by, verb="answers.erased", subject=version)
    return erased


@writes
def erase_answer(*, by: Actor, answer: Answer) -> None:
    """Blank one answer for good, its files included; the row stays and says when. A second time changes nothing."""
    answer = Answer.objects.select_for_update(of=("self",)).select_related("response").get(pk=answer.pk)
    if answer.erased_at is not None:
        return
    _delete_files(list(Upload.objects.filter(response=answer.response, question=answer.question_id)))
    Answer.objects.filter(pk=answer.pk).update(value=Value(None, JSONField()), erased_at=by.at)
    record(by=by, verb="answer.erased", subject=answer, council_id=answer.response.council_id,
           for_person_id=answer.response.person_id)  # fmt: skip


def sweep_orphans(at: datetime) -> int:
    """Delete stored files older than a day that no row names (a rolled-back transaction, an erased person)."""
    storage = private_storage()
    swept = 0
    for folder in storage.listdir("")[0] if storage.exists("") else ():
        names = [f"{folder}/{name}" for name in storage.listdir(folder)[1]]
        known = set(Upload.objects.filter(file__in=names).values_list("file", flat=True))
        for name in set(names) - known:
            if storage.get_modified_time(name) < at - ORPHAN_AGE:
                storage.delete(name)
                swept += 1
    return swept


def _response(version: FormVersion, person: Person, about_id: uuid.UUID | None) -> tuple[Response, bool]:
    """The response so far, or a new one not yet saved, and whether it is new."""
    # The person's row is the lock: without about_id no unique key would stop a second response.
    hold_lock(person)
    stored = Response.objects.filter(version=version, person=person, about_id=about_id)
    response = None if is_first(f"response {version.pk}", about_id) else stored.first()
    new = Response(version=version, person=person, about_id=about_id, council_id=person.council_id)
    return response or new, response is None


def _shown(
    questions: list[Question],
    values: Mapping[str, Any],
    uploads: Mapping[str, Sequence[IncomingFile]],
    stored: Mapping[str, Any],
) -> dict[str, Question]:
    """The questions asked, by key; a file counts as answered when it comes now or came before (`stored`)."""
    files = {q.key for q in questions if q.kind == Question.Kind.FILE}
    answered = {key: [key] for key in files if uploads.get(key) or stored.get(key)}
    given = {key: value for key, value in values.items() if key not in files}
    return {q.key: q for q in rules.visible_questions(questions, {**given, **answered})}


def _must_equal(response: Response, wanted: Mapping[str, Any]) -> None:
    files = Question.Kind.FILE
    rows = response.answers.exclude(question__kind=files).values_list("question__key", "value", "erased_at")
    stored = {key: value for key, value, erased_at in rows if erased_at is None}
    erased = {key for key, _value, erased_at in rows if erased_at is not None}
    if {key: value for key, value in wanted.items() if key not in erased} != stored:
        raise Refused(
            "response_submitted",
            _("この回答は送信済みのため、書き換えられません。"),
            _("直したいところがあるときは、問合せ先へご連絡ください。"),
        )


def _save_answers(by: Actor, response: Response, values: Mapping[Question, Any], is_new: bool) -> None:
    """One statement for what is new, one each for what is changed or taken back."""
    asked = response.answers.filter(question__in=values)
    stored = {} if is_new else {answer.question_id: answer for answer in asked}
    gone = [q.pk for q, value in values.items() if value is None and q.pk in stored]
    if gone:
        response.answers.filter(question__in=gone).delete()
    kept: dict[Question, Answer] = {}
    for question, value in values.items():
        if value is not None:
            kept[question] = stored.get(question.pk) or Answer(response=response, question=question)
            kept[question].value, kept[question].erased_at = value, None
    Answer.objects.bulk_create(answer for q, answer in kept.items() if q.pk not in stored)
    Answer.objects.bulk_update(
        [answer for q, answer in kept.items() if q.pk in stored], ["value", "erased_at"]
    )
    for question, answer in kept.items():
        if question.is_sensitive:
            _keep_consent(by, response, question, answer)


def _save_files(by: Actor, response: Response, question: Question, incoming: Sequence[IncomingFile]) -> None:
    """New files replace the old; none leave the old where they are."""
    if not incoming:
        return
    _delete_files(list(Upload.objects.filter(response=response, question=question)))
    stored = [
        store_upload(by=by, person=response.person, incoming=each, response=response, question=question)
        for each in incoming
    ]
    _save_answers(by, response, {question: [str(upload.id) for upload in stored]}, is_new=False)


def _keep_consent(by: Actor, response: Response, question: Question, answer: Answer) -> None:
    consent = ask_consent(
        by=by,
        person=response.person,
        purpose=Consent.Purpose.SENSITIVE,
        about_id=answer.id,
        text=rules.sensitive_notice(),
        text_version=f"form {response.version_id} {question.key}",
        receivers=[],
        items=[rules.in_language(question.title, question.title_en)],
    )
    on_paper = by.role in Role.Kind.values
    channel = Consent.Channel.PAPER if on_paper else Consent.Channel.WEB
    answer_consent(by=by, consent=consent, given=True, channel=channel)


def _delete_files(uploads: list[Upload]) -> None:
    """Rows now, files after the commit: a rollback must not lose a file that a row still names."""
    storage = private_storage()
    for upload in uploads:
        transaction.on_commit(partial(storage.delete, str(upload.file.name)))
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()


def _sha256(incoming: IncomingFile) -> str:
    digest = hashlib.sha256()
    incoming.file.seek(0)
    while chunk := incoming.file.read(65536):
        digest.update(chunk)
    return digest.hexdigest()
