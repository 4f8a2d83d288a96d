"""Letters that staff send by hand: once more to guardians who haven't answered, or a few words to applicants."""

import uuid
from collections.abc import Iterable

from sonjuku.flows import guarding
from sonjuku.rooms.calls.models import Application
from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.people.models import Consent, Council
from sonjuku.toolbox.dates import day_of


@writes
def remind_guardians(*, by: Actor, applications: Iterable[Application]) -> int:
    """Ask again, at most once per guardian and day. Returns how many of these applications still wait.

    A guardian without an address gets a held letter, which staff print and hand over.
    """
    rows = {application.id: application for application in applications}
    consents = Consent.objects.filter(
        about_id__in=rows,
        purpose=Consent.Purpose.GUARDIAN,
        given_at__isnull=True,
        refused_at__isnull=True,
        withdrawn_at__isnull=True,
    ).select_related("guardian", "council", "person")
    for consent in consents:
        assert consent.about_id is not None
        application = rows[consent.about_id]
        letters.queue(
            by=by,
            council=consent.council,
            kind="guardian_reminder",
            context={
                "call_title": application.call.title,
                "call_title_en": application.call.title_en,
                "code": application.code,
                "person_name": application.person.listed_name,
                "guardian_name": consent.guardian.name if consent.guardian else "",
                "due_at": consent.due_at,
            },
            path=guarding.link(consent),
            key=f"guardian_reminder:{consent.id}:{day_of(by.at)}",
            to_address=consent.guardian.email if consent.guardian else "",
            language=application.person.language,
            about_id=application.id,
        )
    return len(consents)


@writes
def send_message(
    *,
    by: Actor,
    council: Council,
    applications: Iterable[Application],
    subject: str,
    body: str,
    batch: uuid.UUID,
) -> int:
    """One letter to each applicant about their application; the same `batch` sent twice sends nothing more."""
    rows = list(applications)
    for application in rows:
        letters.queue(
            by=by,
            council=council,
            kind="staff_message",
            context=message_context(application, subject, body),
            path=f"/me/applications/{application.id}/",
            key=f"staff_message:{batch}:{application.id}",
            person=application.person,
            about_id=application.id,
        )
    return len(rows)


def message_context(application: Application, subject: str, body: str) -> dict[str, object]:
    """What a message to this applicant says, for sending and for its preview."""
    return {
        "call_title": application.call.title,
        "call_title_en": application.call.title_en,
        "code": application.code,
        "person_name": application.person.full_name,
        "subject": subject,
        "body": body,
    }
