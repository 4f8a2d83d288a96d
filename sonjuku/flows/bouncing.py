"""Delivery reports come back: the letter each is about is marked, and the desk sees whom to reach otherwise."""

import logging
from email.utils import getaddresses

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions as letters
from sonjuku.rooms.letters import queries
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.people.rules import same_address
from sonjuku.toolbox.delivery_reports import DeliveryReport, Outcome, read_report

log = logging.getLogger(__name__)
BOUNCED, DELAYED, IGNORED = "bounced", "delayed", "ignored"


def take(raw: bytes, *, by: Actor) -> str:
    """Read one mail of the bounce mailbox; says what was done: bounced, delayed or ignored.

    Ignored is whatever is no report, names no letter of ours, or names another address than the letter's: a report
    costs nothing to forge, so it counts only for a letter whose id and address it knows.
    """
    report = read_report(raw)
    if report is None:
        return IGNORED
    letter = queries.reported([*report.message_ids, report.headers.get("x-sonjuku-letter", "")])
    outcome = _about(report, letter) if letter else None
    if letter is None or outcome is None:
        return IGNORED
    if outcome.is_final:
        done = letters.mark_bounced(by=by, letter=letter, status=outcome.status or "5.0.0")
        log.info("letter %s came back: %s", letter.id, outcome.status)
        return BOUNCED if done else IGNORED
    if outcome.is_delay:
        letters.mark_delayed(by=by, letter=letter, status=outcome.status or "4.0.0")
        return DELAYED
    return IGNORED


def _about(report: DeliveryReport, letter: Letter) -> Outcome | None:
    """What the report says about the letter's recipient."""
    for outcome in report.outcomes:
        if any(same_address(letter.to_address, address) for address in outcome.addresses):
            return outcome
    # Forwarded by the recipient's own server: the report names the new address, the returned mail still the old one.
    to = [address for _name, address in getaddresses([report.headers.get("to", "")])]
    if len(report.outcomes) == 1 and any(same_address(letter.to_address, address) for address in to):
        return report.outcomes[0]
    return None
