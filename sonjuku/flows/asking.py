"""A person asks about their data, and hears what became of it."""

from datetime import date

from sonjuku.flows import claiming
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import Body, DataRequest, Person
from sonjuku.rooms.people.queries import answering_bodies
from sonjuku.toolbox.dates import day_of


def bodies_to_ask(person: Person, day: date) -> list[Body]:
    """Who answers for this person's data: the council's own body, and the bodies that handle the data of their calls,
    as far as somebody works at their desks; where nobody does, whoever does."""
    desks = answering_bodies(person.council, day)
    controllers = set(
        Call.objects.filter(applications__person=person).values_list("data_controller_id", flat=True)
    )
    named = [body for body in desks if body.type == Body.Type.COUNCIL or body.id in controllers]
    return named or desks


@writes
def ask(
    *, by: Actor, person: Person, body: Body, kind: str, text: str, received_on: date | None = None
) -> DataRequest:
    """Take a request in, with a receipt to the person. Refused as people.actions.file_request."""
    request = people.file_request(
        by=by, person=person, body=body, kind=kind, text=text, received_on=received_on
    )
    _tell(by, request, person, "request_received", due_on=request.due_on or "")
    return request


@writes
def answer(
    *, by: Actor, request: DataRequest, done: bool, reason: str = "", approval_number: str = ""
) -> DataRequest:
    """Decide and write to the person. Erasure that is granted goes through `erasing.erase`."""
    request = people.decide_request(
        by=by, request=request, done=done, reason=reason, approval_number=approval_number
    )
    if request.person is not None:
        _tell(by, request, request.person, "request_decided", done=done, reason=request.reason)
    return request


def tell_erased(by: Actor, request: DataRequest, person: Person) -> Letter | None:
    """The last letter, without a name and kept only until it has gone out. None without an address."""
    address = person.email or (person.account.email if person.account else "")
    if not address:
        return None
    return queue(
        by=by,
        council=request.council,
        kind="request_erased",
        context={
            "body_name": request.body.name,
            "body_name_en": request.body.name_en,
            "erased_on": day_of(by.at),
        },
        path="",
        key=f"request_erased:{request.id}",
        about_id=request.id,
        to_address=address,
        language=person.language,
        due_at=by.at,
    )


def _tell(by: Actor, request: DataRequest, person: Person, kind: str, **context: object) -> Letter:
    names = {
        "request_kind": DataRequest.Kind(request.kind).label,
        "body_name": request.body.name,
        "body_name_en": request.body.name_en,
    }
    return queue(
        by=by,
        council=request.council,
        kind=kind,
        context={**names, **context},
        path=f"/c/{request.council.slug}/my-data/" if person.account_id else claiming.link(person),
        key=f"{kind}:{request.id}",
        person=person,
        about_id=request.id,
    )
