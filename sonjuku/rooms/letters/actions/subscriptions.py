"""Who wants no more letters from a council but those they must get."""

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter, Unsubscription
from sonjuku.rooms.people.models import Person


@writes
def unsubscribe(*, by: Actor, person: Person) -> bool:
    """No more news to this person, those waiting to be sent included. False if it was so already."""
    row, created = Unsubscription.objects.get_or_create(
        person=person, council_id=person.council_id, defaults={"at": by.at}
    )
    waiting = Letter.objects.filter(person=person, is_duty=False, state=Letter.State.QUEUED)
    waiting.update(state=Letter.State.DROPPED)
    if created:
        record(by=by, verb="unsubscription.added", subject=row, for_person_id=person.id)
    return created


@writes
def resubscribe(*, by: Actor, person: Person) -> bool:
    """News again from now on. False if nothing was unsubscribed."""
    row = Unsubscription.objects.filter(person=person, council_id=person.council_id).first()
    if row is None:
        return False
    record(by=by, verb="unsubscription.removed", subject=row, for_person_id=person.id)
    row.delete()
    return True
