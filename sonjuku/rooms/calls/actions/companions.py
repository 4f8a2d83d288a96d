"""Who takes part together with an applicant: as many as the call allows, kept beside the application."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.actions._shared import own, refuse_if, reread
from sonjuku.rooms.calls.models import Application, Call, Companion
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor

CHUNK = 500


class Fellow(NamedTuple):
    """A companion as told; nobody checks who they are."""

    family_name: str
    given_name: str
    family_name_kana: str
    given_name_kana: str
    date_of_birth: date | None = None


def check_fellows(call: Call, fellows: Sequence[Fellow]) -> None:
    """Refused("too_many_persons") when the call takes fewer persons in one application."""
    refuse_if(
        1 + len(fellows) > call.max_persons,
        "too_many_persons",
        format_lazy(
            _("この募集で一緒に申し込めるのは、本人を含めて{most}人までです。"), most=call.max_persons
        ),
        _("人数を減らすか、分けて申し込んでください。"),
    )


def add_fellows(told: Iterable[tuple[Application, Sequence[Fellow]]]) -> None:
    """Keep the companions of new applications, whose `persons` counts them already."""
    rows = [
        Companion(application=application, ordinal=ordinal, **fellow._asdict())
        for application, fellows in told
        for ordinal, fellow in enumerate(fellows, start=1)
    ]
    if rows:
        Companion.objects.bulk_create(rows, batch_size=CHUNK)


def replace_fellows(
    call: Call, application: Application, fellows: Sequence[Fellow], *, is_first: bool
) -> None:
    """Those of an application that has just been saved; whoever applies anew names everybody again."""
    if not is_first and call.max_persons > 1:
        application.companions.all().delete()
    add_fellows([(application, fellows)])


@writes
def forget_companions(*, by: Actor, application: Application) -> None:
    """Erase who came along with an application that is over; that so many did stays counted. Refused: other_council."""
    call, application = reread(application)
    own(by, call.council_id)
    number, _by_model = application.companions.all().delete()
    if number:
        record(by=by, verb="companions.erased", subject=application, for_person_id=application.person_id)
