"""Sends queued letters: claim in a short transaction, send outside any, mark in another.

A sender that dies between sending and marking leaves a claim that runs out; the letter is then sent again under the
same Message-ID, by which mail programs and the demo's mailbox tell that it is the same letter.
"""

import contextlib
import logging
import smtplib
import time
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from email.header import Header
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions, queries, rules
from sonjuku.rooms.letters.models import Letter

log = logging.getLogger(__name__)
BATCH = 20


def deliver(letter_ids: Collection[uuid.UUID], at: datetime) -> int:
    """Send these letters now, if they are due and nobody else is sending them; returns how many went out."""
    return _send_all(at, limit=len(letter_ids), letter_ids=letter_ids)


def deliver_due(at: datetime, limit: int = 200) -> int:
    """Send up to `limit` letters whose time has come; returns how many went out."""
    return _send_all(at, limit=limit, letter_ids=None)


class LetterMail(EmailMessage):
    """Folds a long Japanese subject after its own name: a first line that holds the name alone looks like spam."""

    def message(self, **options: Any) -> Any:
        mime = super().message(**options)
        if not self.subject.isascii():
            del mime["Subject"]
            # Past Django's own encoding, which leaves no room for "Subject: " on the first line.
            Message.__setitem__(mime, "Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
        return mime


def message_of(letter: Letter) -> EmailMessage:
    """The e-mail of a letter: the same letter always gives the same Message-ID, until it came back.

    Delivery reports go to SONJUKU_BOUNCE_ADDRESS where it is set: it is the envelope's sender, From stays.
    """
    domain = urlsplit(settings.SITE_URL).hostname or "localhost"
    council = letter.council
    name = letter.message_id or rules.message_id(letter.id, domain)
    headers = {
        "Message-ID": name,
        "List-Id": f"<{council.slug if council else 'sonjuku'}.letters.{domain}>",
        "Content-Language": letter.language,
        "Auto-Submitted": "auto-generated",
        # Some mail services put a Message-ID of their own in; this one comes back as it is.
        "X-Sonjuku-Letter": name,
    }
    if settings.BOUNCE_ADDRESS:
        headers["From"] = settings.DEFAULT_FROM_EMAIL
    if not letter.is_duty and letter.person:
        # RFC 8058: a POST to this address unsubscribes, without a login or a second question.
        path = rules.path_in(queries.unsubscribe_path(letter.person), letter.language)
        headers["List-Unsubscribe"] = f"<{settings.SITE_URL}{path}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return LetterMail(
        subject=letter.subject,
        body=letter.body,
        from_email=settings.BOUNCE_ADDRESS or None,
        to=[letter.to_address],
        reply_to=[council.contact_email] if council and council.contact_email else None,
        headers=headers,
    )


def _send_all(at: datetime, *, limit: int, letter_ids: Collection[uuid.UUID] | None) -> int:
    with transaction.atomic(durable=True):
        pass  # raises inside another transaction: a letter must not go out for what may still be undone
    sent, started = 0, time.monotonic()

    def actor() -> Actor:
        # The caller's moment moves on while mail goes out, or a slow batch would look dead to other senders.
        return Actor(at=at + timedelta(seconds=time.monotonic() - started), role="system")

    while limit > 0:
        letters = actions.claim_due(by=actor(), limit=min(limit, BATCH), letter_ids=letter_ids)
        if not letters:
            break
        limit -= len(letters)
        mail = get_connection()
        for letter in letters:
            problem = _send(letter, mail)
            if problem is None:
                sent += actions.mark_sent(by=actor(), letter=letter)
            else:
                name, for_good = type(problem).__name__, _is_final(problem)
                actions.mark_failed(by=actor(), letter=letter, problem=name, for_good=for_good)
                log.warning("letter %s was not sent: %s", letter.id, name)
        _close(mail)
    return sent


def _send(letter: Letter, mail: BaseEmailBackend) -> Exception | None:
    try:
        mail.open()  # once per batch: an open connection is kept
        message = message_of(letter)
        message.connection = mail
        message.send()
    except Exception as problem:  # whatever a mail backend raises, the letter must not stay claimed
        _close(mail)
        return problem
    return None


def _is_final(problem: Exception) -> bool:
    """The server says that this address or message will never do (5xx)."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code in {
        550,
        551,
        552,
        553,
        554,
    }


def _close(mail: BaseEmailBackend) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        mail.close()
