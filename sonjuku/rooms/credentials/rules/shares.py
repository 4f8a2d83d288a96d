"""Links that a holder gives away: how long one may live."""

from datetime import date, timedelta

# What is offered, and the longest: nobody remembers a link that was given away years ago.
DAYS = (7, 30, 90)
LONGEST = timedelta(days=365)
MOST_OPEN = 50
# How long a link that no longer opens still says why.
KEPT = timedelta(days=30)


def may_end_on(last: date, today: date) -> bool:
    """Whether a link made today may have this last day."""
    return today <= last <= today + LONGEST
