"""Bringing a list of events in as draft calls: both published forms, and what cities really send.

`read` makes events and remarks of a file, `preview` says what would become of them, `import_events` does it: all of the
file or nothing. A list that comes again finds its calls again and makes no second ones.
"""

from sonjuku.flows.events_in.reading import Incoming, Remark, Sheet, read
from sonjuku.flows.events_in.writing import Become, Step, default_host, import_events, preview, tally

__all__ = [
    "Become",
    "Incoming",
    "Remark",
    "Sheet",
    "Step",
    "default_host",
    "import_events",
    "preview",
    "read",
    "tally",
]
