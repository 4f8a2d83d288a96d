"""Answers of many persons at once, from a file."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sonjuku.rooms.forms import rules
from sonjuku.rooms.forms.models import Answer, FormVersion, Question, Response
from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions.many import Agreed, give_consents
from sonjuku.rooms.people.models import Consent, Person

CHUNK = 500


class Told(NamedTuple):
    """One person's answers about one row (an application); `values` as `rules.clean` gave them, no files."""

    person: Person
    about_id: uuid.UUID
    values: Mapping[str, Any]


@writes
def save_many(*, by: Actor, version: FormVersion, told: Sequence[Told]) -> list[Response]:
    """Keep the answers of persons who have given none about these rows yet, in the order given.

    A sensitive answer is kept with a consent of its own, which the caller vouches for.
    """
    questions = {question.key: question for question in Question.objects.filter(version_id=version.pk)}
    responses = [
        Response(
            council_id=each.person.council_id,
            version=version,
            person=each.person,
            about_id=each.about_id,
            submitted_at=by.at,
        )
        for each in told
    ]
    Response.objects.bulk_create(responses, batch_size=CHUNK)
    answers = [
        Answer(response=response, question=questions[key], value=value)
        for response, each in zip(responses, told, strict=True)
        for key, value in each.values.items()
        if key in questions and questions[key].kind != Question.Kind.FILE
    ]
    Answer.objects.bulk_create(answers, batch_size=CHUNK)
    sensitive = [answer for answer in answers if answer.question.is_sensitive]
    give_consents(by=by, channel=Consent.Channel.WEB, agreed=[_consent(version, each) for each in sensitive])
    record_many(by=by, verb="response.submitted", subjects=responses)
    return responses


def _consent(version: FormVersion, answer: Answer) -> Agreed:
    question = answer.question
    return Agreed(
        person=answer.response.person,
        purpose=Consent.Purpose.SENSITIVE,
        about_id=answer.id,
        wording={
            "text": rules.sensitive_notice(),
            "text_version": f"form {version.pk} {question.key}",
            "receivers": [],
            "items": [rules.in_language(question.title, question.title_en)],
        },
    )
