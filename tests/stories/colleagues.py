"""Two people of one secretariat, each with an account and a password; a second factor they set up themselves.

Run in the site's own environment: `python -m tests.stories.colleagues`.
"""

import base64
import hashlib
import hmac
import os
import struct
import time

import django

FIRST, SECOND = "story-first@example.jp", "story-second@example.jp"
PASSWORD = "correct horse battery"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sonjuku.config.settings")
    django.setup()

    from allauth.account.models import EmailAddress

    from sonjuku.rooms.people.models import Account, Role

    known = Role.objects.filter(kind=Role.Kind.SECRETARIAT, body__council__slug="hagi").first()
    assert known is not None
    for email in (FIRST, SECOND):
        account = Account.objects.create_user(email, PASSWORD)
        EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
        Role.objects.create(
            council_id=known.council_id, body_id=known.body_id, account=account, kind=known.kind, starts_on=known.starts_on
        )  # fmt: skip


def code_of(secret: str) -> str:
    """What an authenticator app shows now for this secret (RFC 6238)."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06}"


if __name__ == "__main__":
    main()
