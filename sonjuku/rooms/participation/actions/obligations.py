"""Obligations met, waived and reminded of, and completion when none is missing."""

from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.forms.models import Response, Upload
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.participation import rules
from sonjuku.rooms.participation.models import CheckIn, Obligation, ObligationRule, Participation
from sonjuku.toolbox.refusals import Refused


def locked(participation: Participation) -> Participation:
    """The row under lock: whatever counts or completes a place takes this first, so that two desks agree."""
    rows = Participation.objects.select_for_update(of=("self",)).select_related("call", "person", "council")
    return rows.get(pk=participation.pk)


@writes
def fulfil(
    *, by: Actor, obligation: Obligation, response: Response | None = None, upload: Upload | None = None
) -> Obligation:
    """Mark a form answered, a report handed in, a consent given. A second time replaces nothing and changes nothing.

    Refused: attendance_counts_itself, not_taking_part, nothing_handed_in, not_yours (another person's answers).
    """
    place = locked(obligation.participation)
    obligation = Obligation.objects.select_related("rule").get(pk=obligation.pk)
    if obligation.done_at is not None:
        return obligation
    _check_handed_in(place, obligation, response, upload)
    obligation.done_at, obligation.response, obligation.upload = by.at, response, upload
    obligation.save(update_fields=["done_at", "response", "upload"])
    record(by=by, verb="obligation.fulfilled", subject=obligation, for_person_id=place.person_id)
    return obligation


def _check_handed_in(
    place: Participation, obligation: Obligation, response: Response | None, upload: Upload | None
) -> None:
    kind = ObligationRule.Kind
    if obligation.rule.kind == kind.ATTEND:
        raise Refused(
            "attendance_counts_itself",
            _("出席は、当日の受付で自動的に数えます。"),
            _("出席できない事情があるときは、免除を登録してください。"),
        )
    if place.state not in {Participation.State.ACTIVE, Participation.State.COMPLETED}:
        raise Refused(
            "not_taking_part",
            _("この参加はすでに終わっているため、提出を受け付けられません。"),
            _("事務局へご連絡ください。"),
        )
    handed_in: Response | Upload | None = {kind.ANSWER: response, kind.UPLOAD: upload or response}.get(
        kind(obligation.rule.kind)
    )
    if handed_in is None and obligation.rule.kind != kind.CONSENT:
        raise Refused(
            "nothing_handed_in",
            _("提出するものがまだありません。"),
            _("回答するか、ファイルを選んでから送信してください。"),
        )
    if handed_in is not None and handed_in.person_id != place.person_id:
        raise Refused("not_yours", _("ほかの人の回答は提出できません。"), _("自分の回答を送ってください。"))


@writes
def waive(*, by: Actor, obligation: Obligation, reason: str) -> Obligation:
    """Excuse one person from one obligation, with a reason that stays. Refused("reason_missing") without one."""
    if not reason.strip():
        raise Refused(
            "reason_missing",
            _("免除の理由がありません。"),
            _("あとから見て分かるように、理由を短く書いてください。"),
        )
    place = locked(obligation.participation)
    obligation = Obligation.objects.select_related("rule").get(pk=obligation.pk)
    if obligation.is_met:
        return obligation
    obligation.waived_at, obligation.waived_reason = by.at, reason.strip()[:200]
    obligation.save(update_fields=["waived_at", "waived_reason"])
    record(
        by=by,
        verb="obligation.waived",
        subject=obligation,
        for_person_id=place.person_id,
        field_names=["waived_reason"],
    )
    return obligation


@writes
def mark_reminded(*, by: Actor, obligation: Obligation) -> bool:
    """Note that the reminder went out; False if another tick was first."""
    return bool(
        Obligation.objects.filter(pk=obligation.pk, reminded_at__isnull=True).update(reminded_at=by.at)
    )


@writes
def complete(*, by: Actor, participation: Participation) -> bool:
    """Complete a place if nothing is missing; True only for the call that did it, False before and after."""
    place = locked(participation)
    if not rules.completes(place, place.obligations.all()):
        return False
    place.state, place.completed_at = Participation.State.COMPLETED, by.at
    place.save(update_fields=["state", "completed_at"])
    participation.state, participation.completed_at = place.state, place.completed_at
    record(by=by, verb="participation.completed", subject=place, for_person_id=place.person_id)
    return True


def count_attendance(by: Actor, place: Participation) -> None:
    """Bring the attendance obligations of a locked place in line with its check-ins."""
    count = CheckIn.objects.filter(participation=place).count()
    for obligation in place.obligations.filter(rule__kind=ObligationRule.Kind.ATTEND).select_related("rule"):
        done = rules.attendance_done(obligation.rule, count)
        obligation.done_sessions = count
        obligation.done_at = (obligation.done_at or by.at) if done else None
        obligation.save(update_fields=["done_sessions", "done_at"])
