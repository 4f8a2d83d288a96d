"""What a body's machine may write: drafts of calls, and applications that came on paper."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_noop as _
from ninja import Header
from ninja.responses import Status

from sonjuku.flows import applying
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.forms.rules import YES, input_name
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import ApiToken
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.toolbox.dates import day_of, local
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.api import shapes
from sonjuku.web.api.errors import NotFound, wrong_input
from sonjuku.web.api.operations import own
from sonjuku.web.api.own import router  # one address, one router: it answers GET and POST
from sonjuku.web.companions import CompanionsForm, field_name
from sonjuku.web.questions import QuestionForm
from sonjuku.web.staff.calls import free_code
from sonjuku.web.staff.entry_inputs import OTHER, EntryForm
from sonjuku.web.staff.rows import working_calls

Scope = ApiToken.Scope
KEY = r"^[!-~]{8,100}$"


@router.post(
    "/calls", **own(Scope.CALLS_WRITE, _("募集の下書きをつくる"), shapes.Draft, "createDraft", writes=True)
)
def draft(request: HttpRequest, body: shapes.DraftIn) -> Any:
    token, actor = _who(request)
    programme = programmes.programmes(token.council).filter(slug=body.programme).first()
    if programme is None:
        raise NotFound
    fields = body.dict(exclude={"programme"})
    call = actions.create_call(
        by=actor, council=token.council, programme=programme, code=free_code(token.council, actor, body.kind), **fields
    )  # fmt: skip
    address = reverse("staff:call", args=[token.council.slug, call.code])
    return Status(201, {"code": call.code, "state": call.state, "url": settings.SITE_URL + address})


@router.post(
    "/applications",
    **own(
        Scope.APPLICATIONS_WRITE,
        _("紙や窓口の申込みを一件入力する"),
        shapes.Received,
        "enterApplication",
        writes=True,
    ),
)
def enter(
    request: HttpRequest,
    response: HttpResponse,
    body: shapes.ApplicationIn,
    idempotency_key: str = Header(
        ..., alias="Idempotency-Key", pattern=KEY, examples=["scan-2026-11-21-0001"]
    ),
) -> Any:
    """The same rules as the desk's own form. The same key twice gives the first application and changes nothing.

    The same key with somebody else's paper is refused: a scanner that counts from 1 again must not lose an application.
    """
    token, actor = _who(request)
    # Derived from token and key: whoever repeats a request, even at the same moment, names the same row.
    entry_id = uuid.uuid5(token.pk, idempotency_key)
    first = Application.objects.filter(pk=entry_id).select_related("call", "person").first()
    if first is not None:
        _must_be_same(first, body)
        response["Idempotent-Replayed"] = "true"
        return Status(201, _received(first))
    call = working_calls(actor).filter(code=body.call).first()
    if call is None:
        raise NotFound
    form = EntryForm(_inputs(body), call=call, by=actor)
    questions = (
        QuestionForm(call.form_version, _answers(body), MultiValueDict()) if call.form_version else None
    )
    along = _along(body, actor)
    wrong = (
        _problems(form, questions) | _unknown(body, questions) | _unasked(body, form) | _problems_along(along)
    )
    if wrong:
        return wrong_input(wrong)
    return Status(201, _received(_enter(actor, call, form, questions, along, entry_id)))


def _must_be_same(first: Application, body: shapes.ApplicationIn) -> None:
    # What is stored exactly as it was sent: names are tidied on their way in.
    stands = (first.call.code, first.channel, first.person.date_of_birth)
    if stands != (body.call, body.channel, body.person.date_of_birth):
        raise Refused(
            "key_used",
            now("このIdempotency-Keyは、別の申込みで使われています。"),
            now("申込みごとに新しいキーを付けて、もう一度送ってください。"),
        )


def _who(request: HttpRequest) -> tuple[ApiToken, Actor]:
    return request.api_token, request.actor  # type: ignore[attr-defined]


def _received(application: Application) -> dict[str, Any]:
    return {"code": application.code, "call": application.call.code, "state": application.state}


def _enter(
    by: Actor,
    call: Call,
    form: EntryForm,
    questions: QuestionForm | None,
    along: CompanionsForm,
    entry_id: uuid.UUID,
) -> Application:
    return applying.enter(
        by=by, call=call, profile=form.profile(), guardian=form.guardian(), **form.receipt(),
        guardian_paper=form.cleaned_data["guardian_paper"], **form.wanted(),
        values=questions.cleaned.values if questions else None, entry_id=entry_id, companions=along.fellows,
    )  # fmt: skip


def _along(body: shapes.ApplicationIn, by: Actor) -> CompanionsForm:
    """`consented` speaks for all of them; whether they are too many the call says."""
    inputs: dict[str, Any] = {"companions_agreed": "on"}
    for number, told in enumerate(body.companions, start=1):
        inputs |= {field_name(number, part): value for part, value in told.dict().items()}
    return CompanionsForm(inputs, most=1 + len(body.companions), today=day_of(by.at))


def _problems_along(form: CompanionsForm) -> dict[str, list[str]]:
    form.is_valid()
    found = {}
    for name, errors in form.errors.items():
        _companion, number, part = name.split("_", 2)
        found[f"companions.{int(number) - 1}.{part}"] = [str(error) for error in errors]
    return found


def _inputs(body: shapes.ApplicationIn) -> dict[str, Any]:
    """As the desk's form would have been filled in."""
    there = local(body.received_at)
    found: dict[str, Any] = {
        **body.person.dict(), "channel": body.channel, "deadline_by": body.deadline_by, "option": body.option,
        **_wanted(body), "received_day": there.date().isoformat(), "received_time": there.strftime("%H:%M:%S"), "consented": "on",
    }  # fmt: skip
    if body.guardian is not None:
        found |= {f"guardian_{name}": value for name, value in body.guardian.dict().items()}
        found["guardian_paper"] = "on" if body.guardian.signed_paper else ""
    return found


def _wanted(body: shapes.ApplicationIn) -> dict[str, Any]:
    listed = body.wishes or [body.option]
    return {
        **{f"wish_{place}": wish for place, wish in enumerate(listed, start=1)},
        "wish_rank": body.wish_rank,
        "same_person": body.same_person_as or (OTHER if body.is_another_person else ""),
    }


def _answers(body: shapes.ApplicationIn) -> QueryDict:
    found = QueryDict(mutable=True)
    for key, value in body.answers.items():
        if isinstance(value, dict):
            for part, text in value.items():
                found[input_name(key, part)] = text
        else:
            found.setlist(
                input_name(key), [_text(one) for one in (value if isinstance(value, list) else [value])]
            )
    return found


def _text(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    return str(value)


def _problems(form: EntryForm, questions: QuestionForm | None) -> dict[str, list[str]]:
    """Both are checked, so that everything wrong is said at once."""
    found = {} if form.is_valid() else _by_name(form.errors)
    if questions is not None and not questions.is_valid():
        found |= {
            f"answers.{key}": [str(e) for e in errors] for key, errors in questions.errors_by_key.items()
        }
    return found


def _by_name(errors: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, said in errors.items():
        found.setdefault(_name(name), []).extend(str(each) for each in said)
    return found


def _unknown(body: shapes.ApplicationIn, questions: QuestionForm | None) -> dict[str, list[str]]:
    asked = {question.key for question in questions.questions} if questions else set()
    return {
        f"answers.{key}": [now("この質問は、この募集にありません。")]
        for key in body.answers
        if key not in asked
    }


def _unasked(body: shapes.ApplicationIn, form: EntryForm) -> dict[str, list[str]]:
    """Wishes that the call does not ask for must not be lost in silence."""
    found = {}
    if len(body.wishes) > len(form.wish_names):
        found["wishes"] = [now("この募集で選べる希望の数より多いです。")]
    if body.wish_rank is not None and "wish_rank" not in form.fields:
        found["wish_rank"] = [now("この募集は、ほかの募集と一緒には選びません。")]
    return found


def _name(field: str) -> str:
    """Where in the body a field of the desk's form came from."""
    if field in {"wish_rank", "same_person"}:
        return {"same_person": "same_person_as"}.get(field, field)
    if field.startswith("wish_"):
        return "wishes"
    if field in shapes.PersonIn.model_fields:
        return f"person.{field}"
    if field.startswith("guardian_"):
        name = field.removeprefix("guardian_")
        return f"guardian.{'signed_paper' if name == 'paper' else name}"
    return "received_at" if field.startswith("received_") else field
