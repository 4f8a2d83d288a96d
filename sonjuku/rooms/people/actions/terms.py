"""A council's terms in versions, who accepted them, and what it says of its accessibility."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import privacy_queries
from sonjuku.rooms.people.actions._shared import own_council, update
from sonjuku.rooms.people.models import (
    AccessibilityStatement,
    Council,
    Person,
    TermsAcceptance,
    TermsVersion,
)
from sonjuku.rooms.people.rules import claims_conformity
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

RESULTS = AccessibilityStatement.Result


@writes
def save_terms(
    *,
    by: Actor,
    council: Council,
    kind: str,
    valid_from: date,
    version: TermsVersion | None = None,
    **fields: Any,
) -> TermsVersion:
    """Write the next version, or change `version` while it is a draft (its day has not come).

    `fields`: operator_*, text, text_en, changes. Refused: other_council, in_force, past (a day gone by), changes_missing
    (every version after the first says what changed).
    """
    own_council(by, council.id)
    today = day_of(by.at)
    Council.objects.select_for_update(no_key=True).get(pk=council.pk)
    others = TermsVersion.objects.filter(council=council, kind=kind)
    if version is not None:
        version = TermsVersion.objects.select_for_update(of=("self",)).get(pk=version.pk, council=council)
        others = others.exclude(pk=version.pk)
        if version.valid_from <= today:
            raise Refused(
                "in_force",
                _("すでに効いている版は、書き換えられません。"),
                _("新しい版をつくってください。"),
            )
    if valid_from < today:
        raise Refused(
            "past", _("効き始める日が、今日より前です。"), _("今日か、それより後の日を選んでください。")
        )
    last = others.order_by("-number").first()
    if last is not None and not fields.get("changes", "").strip():
        raise Refused(
            "changes_missing",
            _("前の版からの変更点がありません。"),
            _("読む人に分かるように、何が変わるかを書いてください。"),
        )
    fields |= {"valid_from": valid_from}
    if version is None:
        number = last.number + 1 if last else 1
        version = TermsVersion.objects.create(
            council=council, kind=kind, number=number, created_at=by.at, **fields
        )
        record(by=by, verb="terms.version_added", subject=version)
    elif changed := update(version, fields):
        record(by=by, verb="terms.changed", subject=version, field_names=changed)
    return version


@writes
def accept_terms(*, by: Actor, person: Person, agreed: Collection[UUID]) -> int:
    """The person agrees to these versions; returns how many are new.

    Refused("terms_changed") if another version than those is in force and was never accepted: the page was older.
    """
    missing = privacy_queries.terms_to_accept(person.council, person, day_of(by.at))
    if any(version.pk not in agreed for version in missing):
        raise Refused(
            "terms_changed",
            _("利用規約が新しくなりました。"),
            _("新しい内容を読み、もう一度送ってください。"),
        )
    rows = [
        TermsAcceptance(council_id=person.council_id, person=person, version=version, at=by.at)
        for version in missing
    ]
    TermsAcceptance.objects.bulk_create(rows, ignore_conflicts=True)
    record_many(by=by, verb="terms.accepted", subjects=rows)
    return len(rows)


@writes
def save_accessibility(*, by: Actor, council: Council, **fields: Any) -> AccessibilityStatement:
    """What the council says of its accessibility.

    Refused: other_council, not_tested (準拠 or 一部準拠 without the day of a test), not_yet, claim (「適合」 is for those
    whom somebody assessed).
    """
    own_council(by, council.id)
    tested_on = fields.get("tested_on")
    if fields.get("result") in {RESULTS.MET, RESULTS.PARTIAL} and tested_on is None:
        raise Refused(
            "not_tested",
            _("試験した日がないため、「準拠」「一部準拠」とは書けません。"),
            _("試験した日を入れるか、「配慮」を選んでください。"),
        )
    if tested_on is not None and tested_on > day_of(by.at):
        raise Refused("not_yet", _("試験した日が、今日より後になっています。"), _("日付を確かめてください。"))
    if any(claims_conformity(value) for value in fields.values() if isinstance(value, str)):
        raise Refused(
            "claim",
            _("「適合」と書けるのは、第三者の適合性評価を受けたときだけです。"),
            _("「準拠」「一部準拠」「配慮」のどれかで書いてください。"),
        )
    Council.objects.select_for_update(no_key=True).get(pk=council.pk)
    row = AccessibilityStatement.objects.filter(council=council).first()
    row = row or AccessibilityStatement(council=council)
    changed = update(row, fields | {"updated_at": by.at})
    record(by=by, verb="accessibility.changed", subject=row, field_names=changed)
    return row
