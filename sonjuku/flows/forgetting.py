"""What is not kept: sensitive answers after an event, and files that no row names."""

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.forms.actions import erase_sensitive, sweep_orphans
from sonjuku.rooms.forms.queries import versions_with_sensitive_answers
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.participation.models import Obligation
from sonjuku.toolbox.dates import at_tokyo, day_of

# Time to settle the reports of an event; then nobody needs to know anyone's allergies any more.
SENSITIVE_KEPT = timedelta(days=30)
RUNNING = {Call.State.DRAFT, Call.State.ANNOUNCED, Call.State.OPEN}


@writes
def erase_after_events(*, by: Actor) -> int:
    """Erase the sensitive answers about calls whose last day was 30 days ago or earlier; returns how many."""
    calls = _over(by).values("pk")
    about = [
        Application.objects.filter(call__in=calls).values("pk"),
        Obligation.objects.filter(participation__call__in=calls).values("pk"),
    ]
    return sum(
        erase_sensitive(by=by, version=version, about_ids=ids)
        for ids in about
        for version in versions_with_sensitive_answers(ids)
    )


def _over(by: Actor) -> QuerySet[Call]:
    """Calls whose last day is long enough ago, whether or not somebody remembered to finish them."""
    ended = Call.objects.exclude(state__in=RUNNING).annotate(last_day=Coalesce("ends_on", "starts_on"))
    return ended.filter(last_day__lte=day_of(by.at) - SENSITIVE_KEPT)


@writes
def sweep(*, by: Actor) -> int:
    """Delete files without a row, once a day over all workers; returns how many."""
    today = at_tokyo(day_of(by.at))
    if Entry.objects.filter(council_id__isnull=True, verb="uploads.swept", at__gte=today).exists():
        return 0
    swept = sweep_orphans(by.at)
    record(by=by, verb="uploads.swept")
    return swept
