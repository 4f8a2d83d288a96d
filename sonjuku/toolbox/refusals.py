"""How the house says no: one exception with a stable code and words for the person who asked."""

from typing import Any


class Refused(Exception):
    """A rule of the domain said no. Nothing was written.

    `code` is stable (tests and pages key on it). `message` says what happened and why; `next_step` what to do
    now. Both may be lazily translated; they never hold another person's data.
    """

    def __init__(self, code: str, message: Any, next_step: Any = "") -> None:
        super().__init__(code)
        self.code, self.message, self.next_step = code, message, next_step
