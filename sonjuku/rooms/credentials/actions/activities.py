"""Certifying that somebody was there, for registers elsewhere (ふるさと住民登録), and taking it back with the check-in."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from sonjuku.protocols.openbadges import build, records
from sonjuku.protocols.openbadges.signing import Signer
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.actions._shared import hold_row, own_person, refuse_if, subject_of
from sonjuku.rooms.credentials.actions.keys import ensure_key, signer
from sonjuku.rooms.credentials.actions.learner_records import seal_record
from sonjuku.rooms.credentials.actions.sealing import seal_all
from sonjuku.rooms.credentials.actions.status import mark_revoked, take_places
from sonjuku.rooms.credentials.models import ActivityRecord, IssuerKey
from sonjuku.rooms.credentials.queries.activities import told, uncertified
from sonjuku.rooms.credentials.rules import activities
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person

# As many as one file of them may hold.
AT_ONCE = records.MOST_MEMBERS
_SIGNED = ["issuer_key", "credential", "status_list", "status_index"]


@writes
def certify_activities(*, by: Actor, person: Person) -> list[ActivityRecord]:
    """Sign a record for each check-in at what is over, up to AT_ONCE, and anew those whose key was struck out.

    Gives the new ones. A second time finds nothing to do. Refused: not_own, nothing_new; and as `signer`.
    """
    own_person(by, person)
    holder = (
        Person.objects.select_for_update(of=("self",)).select_related("council", "account").get(pk=person.pk)
    )
    # Under their locks: a check-in that is being taken back is waited for, and then isn't there.
    found = uncertified([holder], by.at).filter(council=holder.council)
    check_ins = list(found.select_for_update(of=("self",))[:AT_ONCE])
    struck = ActivityRecord.objects.filter(
        person=holder, issuer_key__struck_at__isnull=False, revoked_at=None
    )
    old = list(struck.select_for_update(of=("self",)).order_by("pk"))
    refuse_if(
        not check_ins and not old, "nothing_new",
        _("新しく証明できる活動は、ありません。"), _("活動の日の翌日に、もう一度見てください。"),
    )  # fmt: skip
    key = ensure_key(by=by, council=holder.council)
    signing = signer(key)
    new = [
        ActivityRecord(council=holder.council, person=holder, check_in=row, starts_at=row.occasion.starts_at, issued_at=by.at)
        for row in check_ins
    ]  # fmt: skip
    unsigned = _words(by, holder, new, key, signing)
    _seal(by, key, signing, [*new, *old], [*unsigned, *(row.credential for row in old)])
    ActivityRecord.objects.bulk_create(new)
    ActivityRecord.objects.bulk_update(old, _SIGNED, batch_size=200)
    record_many(by=by, verb="activity.certified", subjects=new)
    record_many(by=by, verb="activity.resigned", subjects=old)
    return new


def _words(
    by: Actor, holder: Person, rows: Sequence[ActivityRecord], key: IssuerKey, signing: Signer
) -> list[dict[str, Any]]:
    issuer = rules.issuer(key, signing.did, settings.SITE_URL)
    facts = told([row.check_in for row in rows if row.check_in])
    return [
        build.achievement_credential(
            id=row.id, issuer=issuer, subject=subject_of(holder), valid_from=by.at, activity=activities.wire(fact),
            achievement=activities.achievement(row.check_in.occasion_id.urn, fact), evidence=[activities.evidence(fact)],
        )
        for row, fact in zip(rows, facts, strict=True) if row.check_in
    ]  # fmt: skip


def _seal(
    by: Actor,
    key: IssuerKey,
    signing: Signer,
    rows: Sequence[ActivityRecord],
    words: Sequence[dict[str, Any]],
) -> None:
    """Put the key's issuer, a place in a list of it and its signature under the words of each."""
    places = take_places(by=by, key=key, signing=signing, number=len(rows))
    issuer = rules.issuer(key, signing.did, settings.SITE_URL)
    named = [rules.renamed(one, issuer, place.entry) for one, place in zip(words, places, strict=True)]
    sealed = seal_all(named, signing, by.at)
    for row, place, credential in zip(rows, places, sealed, strict=True):
        row.issuer_key, row.credential = key, credential
        row.status_list, row.status_index = place.row, place.number


@writes
def withdraw_activity(*, by: Actor, activity: ActivityRecord) -> None:
    """Revoke what was certified for a check-in that is taken back. A second time changes nothing."""
    row: ActivityRecord = hold_row(activity, "status_list")
    if row.revoked_at is None:
        row.revoked_at = by.at
        row.save(update_fields=["revoked_at"])
        mark_revoked(by=by, listed=row.status_list, number=row.status_index)
        record(by=by, verb="activity.withdrawn", subject=row, for_person_id=row.person_id)


def activity_file(*, by: Actor, person: Person) -> dict[str, Any]:
    """The newest AT_ONCE of a person's records that hold, in one signed file (CLR 2.0).

    `person.council` and `person.account` must be loaded. Refused: not_own, nothing_held; otherwise as `seal_record`.
    """
    own_person(by, person)
    rows = ActivityRecord.objects.filter(person=person, revoked_at=None, issuer_key__struck_at=None)
    members = list(rows.order_by("-starts_at", "pk").values_list("credential", flat=True)[:AT_ONCE])
    refuse_if(
        not members, "nothing_held", _("証明した活動が、まだありません。"), _("先に、活動の証明を受け取ってください。")
    )  # fmt: skip
    return seal_record(by, person, members, "活動の記録")
