"""Reads delivery reports (RFC 3464 in a multipart/report, RFC 6522): which message, which address, what became of it.

A report is mail from anybody: only its first megabyte is read, and what cannot be read is no report.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

MOST_BYTES = 1024 * 1024
MOST_PARTS = 40
MOST_RECIPIENTS = 100
STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
WHOLE_TYPES = {"message/rfc822", "message/global"}
HEADER_TYPES = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient. `action`: failed, delayed, delivered, relayed, expanded; `status`: such as 5.1.1."""

    addresses: tuple[str, ...]
    action: str
    status: str

    @property
    def is_final(self) -> bool:
        """It will never arrive: "failed" means that the server has given up, whatever the class of its status."""
        return self.action == "failed" or (not self.action and self.status.startswith("5"))

    @property
    def is_delay(self) -> bool:
        return self.action == "delayed" or (not self.action and self.status.startswith("4"))


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`message_ids`: of the returned message, likeliest first; `headers`: its other headers by lower-case name."""

    message_ids: tuple[str, ...]
    headers: dict[str, str]
    outcomes: tuple[Outcome, ...]


def read_report(raw: bytes) -> DeliveryReport | None:
    """The report in a mail; None for any other mail. Never raises, whatever the bytes are."""
    try:
        return _read(email.message_from_bytes(raw[:MOST_BYTES]))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # The parser of the standard library stumbles over some broken mail; that is no report then.
        return None


def _read(mail: Message) -> DeliveryReport | None:
    outcomes: list[Outcome] = []
    ids: list[str] = []
    returned: dict[str, str] = {}
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind in STATUS_TYPES:
            for block in _blocks(part):
                ids.append(_text(block, "X-Original-Message-ID"))
                outcome = _outcome(block)
                if outcome and len(outcomes) < MOST_RECIPIENTS:
                    outcomes.append(outcome)
        elif kind in WHOLE_TYPES | HEADER_TYPES and not returned:
            original = _original(part)
            returned = {name.lower(): _text(original, name) for name in original.keys()}  # noqa: SIM118 (a Message)
            ids.insert(0, returned.get("message-id", ""))
    if not outcomes:
        return None
    ids += _text(mail, "In-Reply-To").split()
    return DeliveryReport(tuple(dict.fromkeys(each for each in ids if each)), returned, tuple(outcomes))


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of the report, not those of the message that it returns."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        yield part
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [each for each in payload if isinstance(each, Message)]


def _blocks(part: Message) -> list[Message]:
    """The groups of fields of a delivery-status part: first about the message, then one per recipient."""
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = [each for each in payload if isinstance(each, Message)]
        # Some senders encode the part; the parser then leaves it as one block of text.
        if part.get("Content-Transfer-Encoding", "").lower() not in {"base64", "quoted-printable"}:
            return inner
    text = _decoded(part)
    return [email.message_from_string(block) for block in re.split(r"\r?\n\r?\n", text)]


def _original(part: Message) -> Message:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return payload[0]
    return email.message_from_string(_decoded(part))


def _decoded(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        payload = "\n\n".join(each.as_string() for each in payload if isinstance(each, Message))
        flat = Message()
        flat["Content-Transfer-Encoding"] = part.get("Content-Transfer-Encoding", "")
        flat.set_payload(payload.strip())
        part = flat
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _outcome(block: Message) -> Outcome | None:
    addresses = tuple(
        dict.fromkeys(
            address
            for name in ("Final-Recipient", "Original-Recipient")
            if (address := _address(_text(block, name)))
        )
    )
    action = _text(block, "Action").lower().split(" ")[0]
    status = STATUS.search(_text(block, "Status"))
    if not (action or status) or "Final-Recipient" not in block:
        return None
    return Outcome(addresses, action, status[0] if status else "")


def _address(field: str) -> str:
    """`rfc822; <hanako@example.jp>` gives the bare address."""
    _type, _semicolon, address = field.rpartition(";")
    return address.strip().strip("<>")


def _text(message: Message, name: str) -> str:
    """A header on one line; "" where it isn't there."""
    return " ".join(str(message.get(name, "")).split())
