"""Staff write a form: questions of a draft version, until it is frozen."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from sonjuku.rooms.forms import queries, rules
from sonjuku.rooms.forms.models import Form, FormVersion, Question
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Account, Council
from sonjuku.toolbox.refusals import Refused

COPIED = [
    "key", "ordinal", "kind", "title", "title_en", "help_text", "help_text_en", "required", "minimum", "maximum",
    "options", "show_if_op", "show_if_value", "is_sensitive",
]  # fmt: skip
MOST_QUESTIONS = 200


@writes
def create_form(*, by: Actor, council: Council, title: str, title_en: str = "") -> Form:
    """A form with an empty first version."""
    form = Form.objects.create(council=council, title=_titled(title), title_en=title_en.strip()[:160])
    FormVersion.objects.create(form=form)
    record(by=by, verb="form.created", subject=form)
    return form


@writes
def rename_form(*, by: Actor, form: Form, title: str, title_en: str = "") -> Form:
    """The name that staff know a form by; people who answer never see it, so a frozen form may be renamed."""
    form.title, form.title_en = _titled(title), title_en.strip()[:160]
    form.save(update_fields=["title", "title_en"])
    record(by=by, verb="form.renamed", subject=form, field_names=["title", "title_en"])
    return form


@writes
def add_question(*, by: Actor, version: FormVersion, kind: str, title: str, **fields: Any) -> Question:
    """Append a question. `fields` are columns of Question, with `viewers` as accounts; `key` is made up if not given.

    It may still be incomplete (a choice without options); `freeze` looks at that. Refused("form_frozen"),
    Refused("form_full").
    """
    _lock_draft(version)
    present = list(Question.objects.filter(version=version).order_by("ordinal"))
    if len(present) >= MOST_QUESTIONS:
        raise Refused("form_full", _("質問が多すぎます。"), _("様式を分けてください。"))
    viewers = fields.pop("viewers", ())
    key = fields.pop("key", "") or _free_key(present)
    question = Question(
        version=version,
        kind=Question.Kind(kind),
        title=title.strip(),
        key=key,
        ordinal=present[-1].ordinal + 1 if present else 1,
        **fields,
    )
    _check_condition(question, present)
    question.save(force_insert=True)
    question.viewers.set(viewers)
    record(by=by, verb="question.added", subject=question, council_id=version.council_id)
    return question


@writes
def change_question(
    *, by: Actor, question: Question, viewers: Iterable[Account] | None = None, **fields: Any
) -> Question:
    """Change columns of a question (all but kind, key and place) and, if given, who sees its answers.

    Refused: form_frozen; question_incomplete, with the first reason; option_in_use when another question is shown
    depending on an option that would go.
    """
    _lock_draft(question.version)
    question = Question.objects.get(pk=question.pk)
    before = {name: getattr(question, name) for name in fields}
    for name, value in fields.items():
        setattr(question, name, value)
    present = list(Question.objects.filter(version_id=question.version_id).order_by("ordinal"))
    found = rules.problems(question, [other for other in present if other.ordinal < question.ordinal])
    if found:
        raise Refused("question_incomplete", found[0], _("直して、もう一度保存してください。"))
    _check_dependants(question, present)
    question.save()
    if viewers is not None:
        question.viewers.set(viewers)
    changed = [name for name, value in before.items() if getattr(question, name) != value]
    record(
        by=by,
        verb="question.changed",
        subject=question,
        council_id=question.version.council_id,
        field_names=changed,
    )
    return question


@writes
def move_question(*, by: Actor, question: Question, up: bool) -> Question:
    """Swap with the neighbour; at the end of the list nothing happens.

    Refused("condition_order") when a question would come before the one that its condition asks.
    """
    _lock_draft(question.version)
    present = list(Question.objects.filter(version_id=question.version_id).order_by("ordinal"))
    place = next(index for index, other in enumerate(present) if other.pk == question.pk)
    other_place = place - 1 if up else place + 1
    if not 0 <= other_place < len(present):
        return question
    moved, other = present[place], present[other_place]
    first, second = (moved, other) if up else (other, moved)
    if first.show_if_question_id == second.pk:
        raise Refused(
            "condition_order",
            _("「%(title)s」は、もう一方の質問の答えで表示が決まるため、その前には置けません。")
            % {"title": first.title},
            _("先に表示する条件を外してください。"),
        )
    moved.ordinal, other.ordinal = other.ordinal, moved.ordinal
    Question.objects.bulk_update([moved, other], ["ordinal"])
    record(by=by, verb="question.moved", subject=moved, council_id=moved.version.council_id)
    return moved


@writes
def remove_question(*, by: Actor, question: Question) -> None:
    """Take a question out of a draft. Refused("question_in_use") while another is shown depending on it."""
    _lock_draft(question.version)
    dependant = Question.objects.filter(show_if_question=question).order_by("ordinal").first()
    if dependant is not None:
        raise Refused(
            "question_in_use",
            _("「%(title)s」の表示が、この質問の答えで決まるため、外せません。") % {"title": dependant.title},
            _("先にその質問の条件を外してください。"),
        )
    record(by=by, verb="question.removed", subject=question, council_id=question.version.council_id)
    question.delete()


@writes
def freeze(*, by: Actor, version: FormVersion) -> FormVersion:
    """Fix the wording for good; freezing twice changes nothing. Refused("form_incomplete") names the first fault."""
    version = FormVersion.objects.select_for_update().select_related("form").get(pk=version.pk)
    if version.frozen_at is not None:
        return version
    questions = queries.questions(version)
    for place, question in enumerate(questions):
        found = rules.problems(question, questions[:place])
        if found:
            raise Refused(
                "form_incomplete",
                rules.joined(
                    _("様式の「%(title)s」がまだ使えません。") % {"title": question.title}, found[0]
                ),
                _("様式を開いて、この質問を直してください。"),
            )
    version.frozen_at = by.at
    version.save(update_fields=["frozen_at"])
    record(by=by, verb="form.frozen", subject=version)
    return version


@writes
def new_version(*, by: Actor, form: Form) -> FormVersion:
    """A draft to correct a frozen form in: a copy of the newest version. An existing draft is returned as it is."""
    Form.objects.select_for_update().get(pk=form.pk)
    newest = queries.latest(form)
    if newest.frozen_at is None:
        return newest
    version = FormVersion.objects.create(form=form, number=newest.number + 1)
    _copy_questions(newest, version)
    record(by=by, verb="form.version_added", subject=version)
    return version


@writes
def copy_form(*, by: Actor, form: Form) -> Form:
    """A new form of the same council that starts as a draft with the newest version's questions."""
    copy = Form.objects.create(council_id=form.council_id, title=form.title, title_en=form.title_en)
    version = FormVersion.objects.create(form=copy)
    _copy_questions(queries.latest(form), version)
    record(by=by, verb="form.copied", subject=copy)
    return copy


def _copy_questions(source: FormVersion, target: FormVersion) -> None:
    copies: dict[Any, Question] = {}
    for question in source.questions.prefetch_related("viewers").order_by("ordinal"):
        condition = copies.get(question.show_if_question_id)
        copy = Question(version=target, show_if_question=condition)
        for name in COPIED:
            setattr(copy, name, getattr(question, name))
        copy.save(force_insert=True)
        copy.viewers.set(question.viewers.all())
        copies[question.pk] = copy


def _titled(title: str) -> str:
    title = title.strip()[:120]
    if not title:
        raise Refused("title_missing", _("様式の名前がありません。"), _("名前を入力してください。"))
    return title


def _lock_draft(version: FormVersion) -> None:
    locked = FormVersion.objects.select_for_update().get(pk=version.pk)
    if locked.frozen_at is not None:
        raise Refused(
            "form_frozen",
            _("この版は募集で使われているため、文言を変えられません。"),
            _("直すときは、新しい版を作ってください。"),
        )


def _free_key(present: Sequence[Question]) -> str:
    used = {question.key for question in present}
    return next(key for key in (f"question-{n}" for n in range(1, len(used) + 2)) if key not in used)


def _check_condition(question: Question, earlier: Sequence[Question]) -> None:
    if question.show_if_question_id and question.show_if_question_id not in {q.pk for q in earlier}:
        raise Refused(
            "condition_order",
            _("表示する条件には、この質問より前の質問を選んでください。"),
            _("条件を選び直してください。"),
        )


def _check_dependants(question: Question, present: Sequence[Question]) -> None:
    if question.kind not in {Question.Kind.SINGLE, Question.Kind.MULTIPLE}:
        return
    values = {option["value"] for option in question.options}
    for other in present:
        depends = other.show_if_question_id == question.pk and other.show_if_op != Question.ShowIfOp.ANSWERED
        if depends and other.show_if_value not in values:
            raise Refused(
                "option_in_use",
                _("消そうとした選択肢で、「%(title)s」の表示が決まっています。") % {"title": other.title},
                _("先にその質問の条件を変えてください。"),
            )
