"""What time brings, done by one call that may come at any moment, twice at once, or late: every step is idempotent."""

import logging
import traceback
from collections.abc import Callable, Sized
from dataclasses import dataclass, field
from datetime import datetime

from sonjuku.flows import (
    agreements,
    announcing,
    calling,
    confirming,
    connecting,
    delivering,
    disposing,
    erasing,
    forgetting,
    guarding,
    hooking,
    introducing,
    issuing,
    qualifying,
    releasing,
)
from sonjuku.flows.mailing import expand_due
from sonjuku.flows.noticing import facts_for
from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.journal.actions import beat, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.actions import queue
from sonjuku.rooms.letters.webhooks.actions import forget_old
from sonjuku.rooms.participation import actions as participation
from sonjuku.rooms.participation import queries as participations
from sonjuku.rooms.participation.models import Obligation
from sonjuku.toolbox.dates import day_of

log = logging.getLogger(__name__)
# What /readyz and /metrics ask for.
TICK = "tick"
Step = Callable[[Actor], int | Sized]


@dataclass
class Report:
    """How many each step did, and the names of steps that failed (the others were done all the same)."""

    counts: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def tick(at: datetime) -> Report:
    """Do all that is due at this moment: open and close calls, lapse offers and consents, remind, erase, send letters."""
    report = Report()
    for name, step in STEPS.items():
        try:
            done = step(Actor(at=at, role="system"))
        except Exception as error:  # one broken step must not keep the others from their deadline
            report.failed.append(name)
            # Without the error's own text: a database puts values into it.
            where = " < ".join(
                f"{f.name}:{f.lineno}" for f in reversed(traceback.extract_tb(error.__traceback__))
            )
            log.error("tick: %s failed: %s in %s", name, type(error).__name__, where)
        else:
            report.counts[name] = done if isinstance(done, int) else len(done)
    beat(TICK, at)
    return report


def remind_obligations(by: Actor) -> int:
    """One letter for each obligation whose due day is near."""
    return sum(_remind(by=by, obligation=row) for row in participations.due_for_reminder(day_of(by.at)))


@writes
def _remind(*, by: Actor, obligation: Obligation) -> bool:
    if not participation.mark_reminded(by=by, obligation=obligation):
        return False
    place = obligation.participation
    queue(
        by=by,
        council=obligation.council,
        kind="obligation_reminder",
        context={
            **facts_for(place.call),
            "obligation_title": obligation.rule.title,
            "obligation_title_en": obligation.rule.title_en,
            "due_on": obligation.due_on,
        },
        path="/me/",
        key=f"obligation_reminder:{obligation.id}",
        person=place.person,
        about_id=obligation.id,
    )
    return True


STEPS: dict[str, Step] = {
    "opened": lambda by: calling.open_due(by=by),
    "closed": lambda by: calling.close_due(by=by),
    "lapsed": lambda by: confirming.lapse_due(by=by),
    "consents_overdue": lambda by: guarding.lapse_overdue(by=by),
    "guardians_asked_again": lambda by: guarding.remind(by=by),
    "reminded": remind_obligations,
    "rankings_asked_again": lambda by: introducing.remind_due(by=by),
    "certificates_looked_at": lambda by: credentials.look_again(by=by),
    "maps_met": lambda by: qualifying.qualify_due(by=by),
    "erased": lambda by: forgetting.erase_after_events(by=by),
    "disposals_proposed": lambda by: disposing.propose_due(by=by),
    "disposed": lambda by: disposing.dispose_due(by=by),
    "swept": lambda by: forgetting.sweep(by=by),
    "mailings": lambda by: expand_due(by=by),
    "results_told": lambda by: announcing.write_letters(by=by),
    "agreements_told": lambda by: agreements.tell_ending(by=by),
    "badges_signed_anew": lambda by: issuing.resign_struck(by=by),
    "released": lambda by: releasing.release_due(by=by),
    "sent": lambda by: delivering.deliver_due(by.at),
    "last_letters": lambda by: erasing.drop_last_letters(by=by),
    "hooks_gathered": lambda by: hooking.gather(by=by),
    "hooks_sent": lambda by: hooking.deliver_due(by.at),
    "hooks_forgotten": lambda by: forget_old(by=by),
    "apps_forgotten": lambda by: connecting.forget_apps(by=by),
    "links_forgotten": lambda by: credentials.forget_links(by=by),
}
