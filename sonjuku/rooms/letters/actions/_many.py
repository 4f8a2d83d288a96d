"""Letters of one kind to many, in a number of statements that doesn't depend on how many there are."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sonjuku.rooms.journal.actions import record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import rules, wording
from sonjuku.rooms.letters.actions.outbox import CODE_LIVES, address_of
from sonjuku.rooms.letters.models import Letter, LetterTemplate, ShortCode
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.ids import fresh_codes, short_code


@dataclass(frozen=True, slots=True)
class Addressed:
    """One of the letters: `person` with `account` loaded, the rest as `queue` takes it."""

    person: Person
    context: Mapping[str, object]
    path: str
    key: str
    about_id: uuid.UUID


@writes
def queue_each(*, by: Actor, council: Council, kind: str, letters: Sequence[Addressed]) -> int:
    """`queue` for many at once; gives how many are new. A key that has its letter is passed over.

    The caller holds the rows that the letters are about: two at once with the same key would fail.
    """
    if not rules.KINDS[kind].is_duty:
        raise ValueError("news goes out by a mailing, which knows who unsubscribed")
    told = set(Letter.objects.filter(key__in=[each.key for each in letters]).values_list("key", flat=True))
    return len(write_all(by, council, kind, [each for each in letters if each.key not in told]))


def write_all(
    by: Actor, council: Council, kind: str, addressed: Sequence[Addressed], **columns: Any
) -> list[Letter]:
    """Write them all, with `columns` for each letter's row; whoever has no address gets a HELD one.

    None of the keys may have its letter yet.
    """
    own = {row.language: row for row in LetterTemplate.objects.filter(council=council, kind=kind)}
    codes = fresh_codes(len(addressed), short_code, _taken)
    letters = [
        _letter(by, council, kind, each, code, own, columns)
        for each, code in zip(addressed, codes, strict=True)
    ]
    ShortCode.objects.bulk_create([letter.short_code for letter in letters if letter.short_code])
    Letter.objects.bulk_create(letters)
    record_many(by=by, verb="letter.queued", subjects=letters)
    return letters


def _letter(
    by: Actor,
    council: Council,
    kind: str,
    each: Addressed,
    code: str,
    own: Mapping[str, LetterTemplate],
    columns: Mapping[str, Any],
) -> Letter:
    language = each.person.language if each.person.language in rules.LANGUAGES else "ja"
    address = address_of(each.person)
    path = rules.path_in(each.path, language)
    draft = wording.compose(
        kind,
        {"person_name": each.person.full_name, **each.context},
        council=council,
        language=language,
        path=each.path,
        short_code=code if path else "",
        own=own.get(language),
    )
    return Letter(
        council=council, person=each.person, kind=kind, language=language, to_address=address,
        subject=draft.subject, body=draft.body, about_id=each.about_id, key=each.key, due_at=by.at,
        short_code=ShortCode(code=code, path=path, expires_at=by.at + CODE_LIVES) if path else None,
        state=Letter.State.QUEUED if address else Letter.State.HELD, **columns,
    )  # fmt: skip


def _taken(codes: Iterable[str]) -> set[str]:
    return set(ShortCode.objects.filter(code__in=codes).values_list("code", flat=True))
