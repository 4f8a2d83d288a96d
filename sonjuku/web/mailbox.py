"""The demo's mail server: each message becomes one file that the demo's inbox page reads."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_SAFE = re.compile(r"[0-9A-Za-z.-]{1,80}")


class MailboxBackend(BaseEmailBackend):
    """Writes EMAIL_FILE_PATH/<name of the Message-ID>.eml, whole or not at all; sent twice, it is one file."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        for message in email_messages:
            mime = message.message()
            target = folder / f"{file_name(str(mime['Message-ID']))}.eml"
            draft = target.with_suffix(f".{os.getpid()}.part")
            draft.write_bytes(mime.as_bytes())
            draft.replace(target)
            count += 1
        return count


def file_name(message_id: str) -> str:
    """`<abc@host>` gives `abc`; what could leave the folder or hide in it gives a digest."""
    local = message_id.strip().strip("<>").partition("@")[0]
    if _SAFE.fullmatch(local) and not local.startswith("."):
        return local
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]
