"""How long records are kept, what is proposed for disposal, its approval (廃棄決裁), and how much then went."""

from datetime import date
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions._shared import own_council, update
from sonjuku.rooms.people.models import Council, Disposal, RetentionRule
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

S = Disposal.State


@writes
def set_retention_rule(
    *,
    by: Actor,
    council: Council,
    kind: str,
    years: int | None,
    basis: str = "",
    call_id: UUID | None = None,
) -> RetentionRule | None:
    """Keep this kind so many fiscal years, for one call or for all without a rule of their own.

    `years` None takes the rule away: then nothing of the kind is ever proposed. Refused: other_council.
    """
    own_council(by, council.id)
    Council.objects.select_for_update().get(pk=council.pk)
    rule = RetentionRule.objects.filter(council=council, kind=kind, call_id=call_id).first()
    if years is None:
        if rule is not None:
            record(by=by, verb="retention_rule.removed", subject=rule)
            rule.delete()
        return None
    if rule is None:
        rule = RetentionRule(council=council, kind=kind, call_id=call_id, years=years)
        changed = ["years", "basis"]
        rule.basis = basis.strip()
        rule.save()
    else:
        changed = update(rule, {"years": years, "basis": basis.strip()})
    if changed:
        record(by=by, verb="retention_rule.set", subject=rule, field_names=changed)
    return rule


@writes
def propose_disposal(
    *,
    by: Actor,
    council: Council,
    kind: str,
    fiscal_year: int,
    due_on: date,
    rows: int,
    call_id: UUID | None = None,
    call_title: str = "",
) -> bool:
    """Propose, or bring a standing proposal up to date; True when it is new or waits again after a longer keeping.

    What is approved or done is left alone. Zero rows take a standing proposal back.
    """
    Council.objects.select_for_update(no_key=True).get(pk=council.pk)
    standing = Disposal.objects.filter(
        council=council, kind=kind, call_id=call_id, fiscal_year=fiscal_year
    ).first()
    if standing is None:
        if not rows:
            return False
        made = Disposal.objects.create(
            council=council, kind=kind, call_id=call_id, call_title=call_title, fiscal_year=fiscal_year,
            due_on=due_on, rows=rows,
        )  # fmt: skip
        record(by=by, verb="disposal.proposed", subject=made)
        return True
    again = standing.state == S.KEPT and standing.due_on <= day_of(by.at)
    if standing.state != S.PROPOSED and not again:
        return False
    if not rows:
        standing.delete()
        return False
    # The day of a longer keeping stays the day.
    fields = {"rows": rows, "call_title": call_title} | ({} if again or standing.note else {"due_on": due_on})
    update(standing, fields | ({"state": S.PROPOSED} if again else {}))
    if again:
        record(by=by, verb="disposal.proposed", subject=standing)
    return again


@writes
def approve_disposal(
    *, by: Actor, disposal: Disposal, approval_number: str, approved_on: date, rows: int
) -> Disposal:
    """廃棄決裁: from now on it may be carried out. `rows` is what the approver saw.

    Refused: not_allowed, other_council, stale (no proposal any more, or more rows than seen), approval_missing, not_yet.
    """
    disposal = _proposal(by, disposal)
    if not approval_number.strip():
        raise Refused(
            "approval_missing", _("決裁番号がありません。"), _("廃棄の決裁の番号と日を入れてください。")
        )
    if approved_on > day_of(by.at):
        raise Refused("not_yet", _("決裁の日が、今日より後になっています。"), _("日付を確かめてください。"))
    if disposal.rows != rows:
        raise Refused(
            "stale",
            _("件数が、確かめたときから変わりました。"),
            _("ページを読み直して、もう一度確かめてください。"),
        )
    update(
        disposal,
        {"state": S.APPROVED, "approval_number": approval_number.strip(), "approved_on": approved_on},
    )
    record(by=by, verb="disposal.approved", subject=disposal, field_names=["approval_number", "approved_on"])
    return disposal


@writes
def keep_longer(*, by: Actor, disposal: Disposal, until: date, note: str) -> Disposal:
    """保存を延長: nothing goes before `until`; on that day it is proposed again.

    Refused: not_allowed, other_council, stale, note_missing, past.
    """
    disposal = _proposal(by, disposal)
    if not note.strip():
        raise Refused("note_missing", _("延長の理由がありません。"), _("なぜ残すのかを書いてください。"))
    if until <= day_of(by.at):
        raise Refused(
            "past",
            _("延長の期限が、今日より後ではありません。"),
            _("明日か、それより後の日を選んでください。"),
        )
    update(disposal, {"state": S.KEPT, "due_on": until, "note": note.strip()})
    record(by=by, verb="disposal.kept", subject=disposal, field_names=["due_on", "note"])
    return disposal


def _proposal(by: Actor, disposal: Disposal) -> Disposal:
    """The locked row, if it still waits for an approval and this actor may give it."""
    if not may(by.role, "privacy.write"):
        raise Refused(
            "not_allowed",
            _("廃棄を決裁できるのは、個人情報の担当だけです。"),
            _("事務局におたずねください。"),
        )
    own_council(by, disposal.council_id)
    row = Disposal.objects.select_for_update().filter(pk=disposal.pk).first()
    if row is None or row.state != S.PROPOSED:
        raise Refused(
            "stale",
            _("この廃棄の案は、もう決裁待ちではありません。"),
            _("一覧を読み直して、いまの状態を確かめてください。"),
        )
    return row


def lock_approved(disposal: Disposal) -> Disposal | None:
    """The locked row, if it is approved and not yet done: two workers take turns."""
    return Disposal.objects.select_for_update().filter(pk=disposal.pk, state=S.APPROVED).first()


@writes
def note_erased(*, by: Actor, disposal: Disposal, number: int) -> None:
    """Count what one batch erased, in its own transaction."""
    Disposal.objects.filter(pk=disposal.pk).update(erased=F("erased") + number)
    record(by=by, verb="disposal.carried_on", subject=disposal)


@writes
def finish_disposal(*, by: Actor, disposal: Disposal) -> bool:
    """Nothing is left of it. A second time changes nothing."""
    row = lock_approved(disposal)
    if row is None:
        return False
    update(row, {"state": S.DONE, "done_at": by.at})
    record(by=by, verb="disposal.done", subject=row)
    return True
