import unicodedata
from typing import Any

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import hold, hold_lock, record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council, update
from sonjuku.rooms.people.models import Account, Council, Person, Tie
from sonjuku.rooms.people.queries import PROFILE_FIELDS
from sonjuku.toolbox.kana import is_katakana, tidy_name, to_katakana
from sonjuku.toolbox.refusals import Refused

_ALLOWED = {*PROFILE_FIELDS, "audience", "school", "school_id"}
_KANA = ("family_name_kana", "given_name_kana")
# The name as typed: its variant kanji are the person's, so only outer blanks and control characters go.
_NAMES = ("family_name", "given_name", "display_name")
_FOLDED = ("postal_code", "phone", "email")


def _tidy(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - _ALLOWED
    if unknown:
        raise ValueError(f"unknown_fields: {sorted(unknown)}")
    tidy = dict(fields)
    for name in tidy.keys() & set(_NAMES):
        tidy[name] = tidy_name(tidy[name])
    for name in tidy.keys() & set(_FOLDED):
        tidy[name] = unicodedata.normalize("NFKC", tidy[name]).strip()
    for name in tidy.keys() & set(_KANA):
        tidy[name] = to_katakana(tidy[name].strip())
        if tidy[name] and not is_katakana(tidy[name]):
            raise Refused(
                "kana", _("フリガナに使えない文字があります。"), _("ひらがなか片仮名で入力してください。")
            )
    return tidy


@writes
def save_profile(*, by: Actor, council: Council, account: Account, fields: dict[str, Any]) -> Person:
    """Create or update the account's record in this council. `fields`: any of PROFILE_FIELDS, `school`, `audience`.

    Kana may come in any form and is stored in full-width katakana; Refused("kana") if it holds anything else,
    Refused("account_gone") if the account was erased a moment ago.
    """
    own_council(by, council.id)
    tidy = _tidy(fields)
    rows = Person.objects.select_for_update()
    person, created = rows.filter(council=council, account=account).first(), False
    if person is None:
        # An erasure may be deleting the account at this moment: wait for it, then look.
        if not Account.objects.select_for_update().filter(pk=account.pk).exists():
            raise Refused(
                "account_gone",
                _("このアカウントは消去されました。"),
                _("続けるときは、新しくアカウントを作ってください。"),
            )
        person, created = rows.get_or_create(
            council=council, account=account, defaults={"email": account.email, **tidy}
        )
    hold(person)
    changed = sorted(tidy) if created else update(person, tidy)
    if changed:
        verb = "profile.created" if created else "profile.changed"
        record(by=by, verb=verb, subject=person, for_person_id=person.id, field_names=changed)
    return person


@writes
def add_person(*, by: Actor, council: Council, fields: dict[str, Any]) -> Person:
    """A record from paper, FAX, counter or telephone. Always a new one: records are never merged by guess."""
    own_council(by, council.id)
    person = Person.objects.create(council=council, **_tidy(fields))
    record(by=by, verb="person.added", subject=person, for_person_id=person.id, field_names=fields)
    return person


def check_claim(person: Person, account: Account) -> None:
    """Refused("claimed") if another account holds the record, Refused("has_record") if the account has one already."""
    if person.account_id == account.id:
        return
    if person.account_id is not None:
        raise Refused(
            "claimed",
            _("この記録は、すでに別のアカウントとつながっています。"),
            _("事務局へご連絡ください。"),
        )
    if Person.objects.filter(council_id=person.council_id, account=account).exists():
        raise Refused(
            "has_record",
            _("このアカウントには、この協議会の記録がすでにあります。"),
            _("二つの記録をまとめるには、事務局へご連絡ください。"),
        )


@writes
def claim_person(*, by: Actor, person: Person, account: Account) -> Person:
    """Bind a record made for someone to their account. The caller has verified the link that proves it is theirs.

    Refused as `check_claim` says.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.account_id == account.id:
        return person
    check_claim(person, account)
    person.account = account
    person.save(update_fields=["account"])
    record(by=by, verb="person.claimed", subject=person, for_person_id=person.id, field_names=["account"])
    return person


@writes
def add_tie(*, by: Actor, person: Person, kind: str, lg_code: str) -> Tie:
    """Why the person belongs to an area (在住・出身・ゆかり); a second time changes nothing."""
    hold_lock(person)
    tie = Tie.objects.filter(person=person, kind=kind, lg_code=lg_code).first()
    if tie is not None:
        return tie
    tie = Tie.objects.create(
        council_id=person.council_id, person=person, kind=kind, lg_code=lg_code, since=by.at
    )
    record(by=by, verb="tie.added", subject=tie, for_person_id=person.id, field_names=["kind", "lg_code"])
    return tie


@writes
def remove_tie(*, by: Actor, person: Person, kind: str, lg_code: str) -> bool:
    """Take back what was ticked by mistake or is over; False if there was no such tie."""
    tie = Tie.objects.filter(person=person, kind=kind, lg_code=lg_code).first()
    if tie is None:
        return False
    record(by=by, verb="tie.removed", subject=tie, for_person_id=person.id, field_names=["kind", "lg_code"])
    tie.delete()
    return True
