"""The form builder: staff write questions in the browser and see at once what people will see.

Every change is a plain POST; with htmx only the builder is drawn anew, so that the focus stays where it was.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.forms import actions, queries, rules
from sonjuku.rooms.forms.models import Form, FormVersion, Question
from sonjuku.rooms.people.models import Account, Council, Role
from sonjuku.rooms.people.queries import active_on
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.questions import BoundQuestion, QuestionForm
from sonjuku.web.staff.question_form import AddQuestion, EditQuestion, FormTitle
from sonjuku.web.staff.rows import working_calls
from sonjuku.web.templatetags.sonjuku_ui import marked


@dataclass
class Builder:
    """What the builder shows: one version, maybe one question being edited."""

    request: Any
    form: Form
    version: FormVersion
    questions: list[Question]
    editing: Question | None = None
    edit_form: EditQuestion | None = None
    add_form: AddQuestion = field(default_factory=AddQuestion)
    title_form: FormTitle | None = None
    said: str = ""
    saved: uuid.UUID | None = None

    def response(self, status: int = 200) -> HttpResponse:
        """The builder alone for htmx, the whole page otherwise."""
        context = {
            "builder": self,
            "form": self.form,
            "version": self.version,
            "rows": [_row(self, place) for place in range(len(self.questions))],
            "preview": QuestionForm(self.version, prefix="preview_"),
            "calls": _calls_using(self.request, self.form),
            "title_form": self.title_form or FormTitle(initial={"title": self.form.title}),
        }
        # htmx leaves a 4xx answer undrawn; the words in it are the answer.
        if self.request.htmx:
            return render(self.request, "staff/form_builder.html", context)
        return render(self.request, "staff/form.html", context, status=status)


def _builder(request: Any, form: Form, **fields: Any) -> Builder:
    version = queries.latest(form)
    return Builder(request, form, version, queries.questions(version), **fields)


def _row(builder: Builder, place: int) -> dict[str, Any]:
    question, earlier = builder.questions[place], builder.questions[:place]
    shown = QuestionForm(builder.version)
    return {
        "question": question,
        "number": place + 1,
        "bound": BoundQuestion(shown, question),
        "problems": rules.problems(question, earlier),
        "is_first": place == 0,
        "is_last": place == len(builder.questions) - 1,
        "is_edited": builder.editing is not None and builder.editing.pk == question.pk,
    }


def _calls_using(request: Any, form: Form) -> list[Call]:
    mine = Q(form_version__form=form) | Q(survey_version__form=form)
    return list(working_calls(request.actor).filter(mine).distinct())


def _form_or_404(request: Any, form_id: uuid.UUID) -> Form:
    """A form of the council; one that calls already use only for the bodies that work on one of these calls."""
    form = queries.forms_visible_to(request.actor).filter(pk=form_id).first()
    if form is None:
        raise Http404
    if request.actor.role == Role.Kind.BODY_STAFF:
        used = Call.objects.filter(Q(form_version__form=form) | Q(survey_version__form=form)).exists()
        if used and not _calls_using(request, form):
            raise Http404
    return form


def _question_or_404(request: Any, question_id: uuid.UUID) -> tuple[Form, Question]:
    question = Question.objects.select_related("version__form").filter(pk=question_id).first()
    if question is None:
        raise Http404
    return _form_or_404(request, question.version.form_id), question


def _back(
    request: Any,
    council: Council,
    form: Form,
    said: str,
    error: Refused | None = None,
    saved: uuid.UUID | None = None,
) -> HttpResponse:
    """After a change: the builder again (htmx) or a redirect to it, with what happened in words."""
    if error is not None:
        messages.error(request, rules.joined(error.message, error.next_step))
    if request.htmx:
        return _builder(request, form, said=said, saved=saved).response()
    if said and error is None:
        messages.success(request, said)
    return redirect("staff:form", council.slug, form.id)


@staff("forms.write")
def forms(request: HttpRequest, council: Council) -> HttpResponse:
    """The council's forms; POST makes a new one."""
    title_form = FormTitle(request.POST or None)
    if request.method == "POST" and title_form.is_valid():
        form = actions.create_form(by=request.actor, council=council, title=title_form.cleaned_data["title"])  # type: ignore[attr-defined]
        return redirect("staff:form", council.slug, form.id)
    found = queries.forms_with_versions(request.actor)  # type: ignore[attr-defined]
    return render(request, "staff/forms.html", {"forms": found, "title_form": title_form})


@staff("forms.write")
@require_GET
def form(request: HttpRequest, council: Council, form_id: uuid.UUID) -> HttpResponse:
    return _builder(request, _form_or_404(request, form_id)).response()


@staff("forms.write")
@require_POST
def form_title(request: HttpRequest, council: Council, form_id: uuid.UUID) -> HttpResponse:
    form = _form_or_404(request, form_id)
    sent = FormTitle(request.POST)
    if not sent.is_valid():
        return _builder(request, form, title_form=sent).response(status=422)
    actions.rename_form(by=request.actor, form=form, title=sent.cleaned_data["title"], title_en=form.title_en)  # type: ignore[attr-defined]
    return _back(request, council, form, _("名前を変えました。"))


@staff("forms.write")
@require_POST
def form_new_version(request: HttpRequest, council: Council, form_id: uuid.UUID) -> HttpResponse:
    form = _form_or_404(request, form_id)
    actions.new_version(by=request.actor, form=form)  # type: ignore[attr-defined]
    return _back(request, council, form, _("新しい版の下書きを作りました。"))


@staff("forms.write")
@require_POST
def form_copy(request: HttpRequest, council: Council, form_id: uuid.UUID) -> HttpResponse:
    copy = actions.copy_form(by=request.actor, form=_form_or_404(request, form_id))  # type: ignore[attr-defined]
    return _back(request, council, copy, _("様式を写しました。"))


@staff("forms.write")
def form_preview(request: HttpRequest, council: Council, form_id: uuid.UUID) -> HttpResponse:
    """What people will see. A POST carries a question still being written: it is shown, not saved."""
    builder = _builder(request, _form_or_404(request, form_id))
    if request.method == "POST":
        _lay_over(request, builder)
    preview = QuestionForm(builder.version, prefix="preview_")
    return render(request, "staff/form_preview.html", {"preview": preview, "form": builder.form})


def _lay_over(request: HttpRequest, builder: Builder) -> None:
    place = next(
        (n for n, q in enumerate(builder.questions) if str(q.pk) == request.POST.get("question")), None
    )
    if place is None:
        return
    question = builder.questions[place]
    sent = EditQuestion(question, builder.questions[:place], (), request.POST)
    sent.fields.pop("viewers", None)
    sent.is_valid()
    for name, value in sent.columns().items():
        setattr(question, name, value)


@staff("forms.write")
@require_POST
def question_add(request: HttpRequest, council: Council, form_id: uuid.UUID) -> HttpResponse:
    """Append a question and open it for its details."""
    form = _form_or_404(request, form_id)
    sent = AddQuestion(request.POST)
    if not sent.is_valid():
        return _builder(request, form, add_form=sent).response(status=422)
    try:
        question = actions.add_question(
            by=request.actor,  # type: ignore[attr-defined]
            version=queries.latest(form),
            kind=sent.cleaned_data["kind"],
            title=sent.cleaned_data["title"],
        )
    except Refused as error:
        return _back(request, council, form, "", error)
    if request.htmx:  # type: ignore[attr-defined]
        return _editor(request, council, form, question)
    return redirect("staff:question_edit", council.slug, question.id)


@staff("forms.write")
def question_edit(request: HttpRequest, council: Council, question_id: uuid.UUID) -> HttpResponse:
    form, question = _question_or_404(request, question_id)
    version = queries.latest(form)
    if version.pk != question.version_id or version.frozen_at is not None:
        messages.error(request, _("この版は募集で使われているため、文言を変えられません。"))
        return redirect("staff:form", council.slug, form.id)
    if request.method != "POST":
        return _editor(request, council, form, question)
    builder = _editing(request, council, form, question, request.POST)
    sent = builder.edit_form
    assert sent is not None
    if sent.is_valid():
        try:
            viewers = list(Account.objects.filter(pk__in=sent.viewer_ids))
            actions.change_question(by=request.actor, question=question, viewers=viewers, **sent.columns())  # type: ignore[attr-defined]
        except Refused as error:
            sent.refuse(error)
        else:
            return _back(
                request,
                council,
                form,
                marked(_("「%(title)s」を保存しました。") % {"title": sent.cleaned_data["title"]}),
                saved=question.id,
            )
    return builder.response(status=422)


@staff("forms.write")
@require_POST
def question_move(request: HttpRequest, council: Council, question_id: uuid.UUID) -> HttpResponse:
    """One place up (`direction=up`) or down."""
    form, question = _question_or_404(request, question_id)
    try:
        actions.move_question(by=request.actor, question=question, up=request.POST.get("direction") == "up")  # type: ignore[attr-defined]
    except Refused as error:
        return _back(request, council, form, "", error)
    return _back(
        request, council, form, marked(_("「%(title)s」を動かしました。") % {"title": question.title})
    )


@staff("forms.write")
@require_POST
def question_remove(request: HttpRequest, council: Council, question_id: uuid.UUID) -> HttpResponse:
    form, question = _question_or_404(request, question_id)
    try:
        actions.remove_question(by=request.actor, question=question)  # type: ignore[attr-defined]
    except Refused as error:
        return _back(request, council, form, "", error)
    return _back(request, council, form, marked(_("「%(title)s」を外しました。") % {"title": question.title}))


def _editor(request: HttpRequest, council: Council, form: Form, question: Question) -> HttpResponse:
    return _editing(request, council, form, question, None).response()


def _editing(request: Any, council: Council, form: Form, question: Question, data: Any) -> Builder:
    builder = _builder(request, form)
    place = next(n for n, q in enumerate(builder.questions) if q.pk == question.pk)
    builder.editing = builder.questions[place]
    colleagues = Role.objects.filter(
        active_on(day_of(request.actor.at)), council=council, kind__in=Role.STAFF_KINDS
    )
    by_account = {
        role.account_id: role for role in colleagues.select_related("account").order_by("account__email")
    }
    builder.edit_form = EditQuestion(
        builder.editing, builder.questions[:place], list(by_account.values()), data
    )
    return builder
