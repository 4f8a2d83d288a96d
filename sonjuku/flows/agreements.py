"""An agreement between bodies nears its end: the secretariat hears of it in time, once at each lead time."""

from sonjuku.rooms.journal.actions import writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.programmes import queries as programmes
from sonjuku.toolbox.dates import day_of


def tell_ending(*, by: Actor) -> int:
    """Letters to the office of each council whose agreement has reached a lead time and has no renewal; how many."""
    return sum(_tell(by=by, alert=alert) for alert in programmes.alerts(None, day_of(by.at)))


@writes
def _tell(*, by: Actor, alert: programmes.Alert) -> int:
    """The keys hold the last day: an end that is moved is told anew."""
    row = alert.agreement
    accounts = people.office(row.council, day_of(by.at))
    keys = {f"agreement_ending:{row.id}:{row.ends_on}:{alert.level}:{each.pk}": each for each in accounts}
    told = set(Letter.objects.filter(key__in=keys).values_list("key", flat=True))
    missing = {key: account for key, account in keys.items() if key not in told}
    for key, account in missing.items():
        queue(
            by=by,
            council=row.council,
            kind="agreement_ending",
            context={
                "agreement_title": row.title,
                "agreement_title_en": row.title_en,
                "ends_on": row.ends_on,
                "days_left": alert.days_left,
            },
            path=f"/c/{row.council.slug}/desk/agreements/",
            key=key,
            to_address=account.email,
            language=account.language,
        )
    return len(missing)
