"""Queueing letters with the transaction they tell about, and the states a sender moves them through."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import is_first, record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import queries, rules, wording
from sonjuku.rooms.letters.models import Letter, LetterTemplate, ShortCode
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.ids import short_code
from sonjuku.toolbox.refusals import Refused

CODE_LIVES = timedelta(days=180)
SEND_AGAIN = {Letter.State.FAILED, Letter.State.HELD, Letter.State.BOUNCED}


@writes
def queue(
    *,
    by: Actor,
    council: Council | None,
    kind: str,
    context: Mapping[str, object],
    path: str,
    key: str,
    person: Person | None = None,
    to_address: str = "",
    language: str | None = None,
    about_id: uuid.UUID | None = None,
    due_at: datetime | None = None,
) -> Letter:
    """Write one letter into the outbox; a second call with the same `key` returns the first letter unchanged.

    `context` holds plain values (text, date, aware datetime; `x_en` beside `x` for English). `path` is the page
    the letter leads to, without language prefix; "" for none. With no address known the letter is HELD: staff
    print it. It is sent by a worker after this transaction has committed, at `due_at` or at once.
    """
    is_new = is_first(f"letter {key}", about_id)
    earlier = None if is_new else Letter.objects.filter(key=key).first()
    if earlier:
        return earlier
    if not rules.KINDS[kind].is_duty:
        raise ValueError("news goes out by a mailing, which knows who unsubscribed")
    address = to_address or address_of(person)
    language = language if language in rules.LANGUAGES else (person.language if person else "ja")
    code = _door(rules.path_in(path, language), by.at) if path else None
    draft = wording.compose(
        kind,
        {"person_name": person.full_name if person else "", **context},
        council=council,
        language=language,
        path=path,
        short_code=code.code if code else "",
        own=queries.own_wording(kind, council, language),
    )
    letter = Letter(
        council=council,
        person=person,
        kind=kind,
        language=language,
        to_address=address,
        subject=draft.subject,
        body=draft.body,
        short_code=code,
        about_id=about_id,
        key=key,
        state=Letter.State.QUEUED if address else Letter.State.HELD,
        due_at=due_at or by.at,
    )
    kept = letter if is_new else _kept(letter)
    if is_new:
        letter.save(force_insert=True)
    if kept is letter:
        record(by=by, verb="letter.queued", subject=letter, for_person_id=person.id if person else None)
    return kept


def _kept(letter: Letter) -> Letter:
    """Write it unless another transaction has just written one with its key; the one that stands."""
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    kept = Letter.objects.get(key=letter.key)
    return letter if kept.pk == letter.pk else kept


@writes
def claim_due(*, by: Actor, limit: int, letter_ids: Collection[uuid.UUID] | None = None) -> list[Letter]:
    """Take up to `limit` letters to send now: due ones, and those whose sender died (claim older than the lease).

    Each is SENDING from here on; whoever claimed it calls `mark_sent` or `mark_failed`.
    """
    lost = by.at - timedelta(seconds=settings.TASK_LEASE_SECONDS)
    ready = Q(state=Letter.State.QUEUED, due_at__lte=by.at) | Q(
        state=Letter.State.SENDING, claimed_at__lte=lost
    )
    rows = Letter.objects.filter(ready).select_related("council", "person").order_by("due_at", "id")
    if letter_ids is not None:
        rows = rows.filter(id__in=letter_ids)
    letters = list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])
    for letter in letters:
        letter.state, letter.claimed_at, letter.attempts = Letter.State.SENDING, by.at, letter.attempts + 1
        letter.message_id = letter.message_id or rules.message_id(letter.id, _domain())
    Letter.objects.bulk_update(letters, ["state", "claimed_at", "attempts", "message_id"])
    return letters


@writes
def mark_sent(*, by: Actor, letter: Letter) -> bool:
    """Note that the mail server took it. False if another sender has claimed the letter since."""
    done = _claimed(letter).update(state=Letter.State.SENT, sent_at=by.at, problem="")
    if done:
        letter.state, letter.sent_at = Letter.State.SENT, by.at
        record(by=by, verb="letter.sent", subject=letter, for_person_id=letter.person_id)
    return bool(done)


@writes
def mark_failed(*, by: Actor, letter: Letter, problem: str, for_good: bool = False) -> Letter:
    """Note a failed attempt: back into the queue after 1, 5, 30 … minutes, FAILED when those are used up.

    `problem` is a kind of error (an exception's class name), never a server's text: that may hold an address.
    """
    again = None if for_good else rules.next_attempt(letter.attempts, by.at)
    letter.problem = problem[:60]
    letter.state = Letter.State.FAILED if again is None else Letter.State.QUEUED
    letter.due_at = again or letter.due_at
    if (
        _claimed(letter).update(state=letter.state, due_at=letter.due_at, problem=letter.problem)
        and again is None
    ):
        record(by=by, verb="letter.failed", subject=letter, for_person_id=letter.person_id)
    return letter


@writes
def send_again(*, by: Actor, letter: Letter) -> Letter:
    """Put a letter back into the queue that failed or came back, or a held one whose person has an address by now.

    One that came back goes to the address its person has now.
    """
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if letter.state not in SEND_AGAIN:
        raise Refused(
            "letter_not_failed",
            _("このお知らせは送信できる状態ではありません。"),
            _("状態を確かめてください。"),
        )
    if letter.state == Letter.State.BOUNCED:
        letter.to_address = address_of(letter.person) or letter.to_address
        letter.message_id = rules.message_id(letter.id, _domain(), int(by.at.timestamp()))
        letter.bounced_at = None
    letter.to_address = letter.to_address or address_of(letter.person)
    if not letter.to_address:
        raise Refused(
            "letter_no_address",
            _("宛先のメールアドレスがありません。"),
            _("印刷して、郵送か手渡しでお届けください。"),
        )
    letter.state, letter.attempts, letter.problem, letter.due_at = Letter.State.QUEUED, 0, "", by.at
    letter.save(
        update_fields=[
            "to_address", "message_id", "bounced_at", "state", "attempts", "problem", "due_at",
        ]
    )  # fmt: skip
    record(by=by, verb="letter.requeued", subject=letter, for_person_id=letter.person_id)
    return letter


@writes
def mark_handed(*, by: Actor, letter: Letter) -> Letter:
    """Staff told the person otherwise: on paper, by phone, at the counter."""
    letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if letter.state not in SEND_AGAIN:
        raise Refused(
            "letter_not_open",
            _("このお知らせは、もう届けたことになっています。"),
            _("状態を確かめてください。"),
        )
    letter.state = Letter.State.HANDED
    letter.save(update_fields=["state"])
    record(by=by, verb="letter.handed", subject=letter, for_person_id=letter.person_id)
    return letter


@writes
def mark_bounced(*, by: Actor, letter: Letter, status: str) -> bool:
    """A delivery report says that it never arrived. `status`: the enhanced status code, such as 5.1.1.

    False unless it was on its way: a report that comes twice, or about a letter sent again since, changes nothing.
    """
    done = _on_its_way(letter).update(state=Letter.State.BOUNCED, bounced_at=by.at, problem=status[:60])
    if done:
        record(by=by, verb="letter.bounced", subject=letter, for_person_id=letter.person_id)
    return bool(done)


@writes
def mark_delayed(*, by: Actor, letter: Letter, status: str) -> bool:
    """A delivery report says that it has not arrived yet; it stays sent, with a note."""
    return bool(_on_its_way(letter).exclude(problem=status[:60]).update(problem=status[:60]))


@writes
def save_wording(
    *, by: Actor, council: Council, kind: str, language: str, subject: str, body: str
) -> LetterTemplate:
    """Set the council's own wording for a kind of letter; letters already queued keep theirs."""
    wording.check(subject, body)
    row, _created = LetterTemplate.objects.update_or_create(
        council=council, kind=kind, language=language, defaults={"subject": subject, "body": body}
    )
    record(by=by, verb="letter_template.saved", subject=row, field_names=["subject", "body"])
    return row


@writes
def drop_wording(*, by: Actor, template: LetterTemplate) -> None:
    """Return to the house's wording."""
    record(by=by, verb="letter_template.dropped", subject=template)
    template.delete()


def _on_its_way(letter: Letter) -> models.QuerySet[Letter]:
    # SENDING: a report may come before the sender has noted that it was sent.
    return Letter.objects.filter(pk=letter.pk, state__in=[Letter.State.SENDING, Letter.State.SENT])


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _claimed(letter: Letter) -> models.QuerySet[Letter]:
    return Letter.objects.filter(pk=letter.pk, state=Letter.State.SENDING, claimed_at=letter.claimed_at)


def address_of(person: Person | None) -> str:
    """The person's own address, else their account's (load `account` with the person); "" if neither."""
    if person is None:
        return ""
    return person.email or (person.account.email if person.account else "")


def _door(path: str, at: datetime) -> ShortCode:
    while True:
        code = short_code()
        if not ShortCode.objects.filter(code=code).exists():
            return ShortCode.objects.create(code=code, path=path, expires_at=at + CODE_LIVES)
