"""What a call must say before it may open, what may still change afterwards, and what came in time."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import (
    Approval,
    Call,
    Criterion,
    EligibilityRule,
    PriorityRule,
    PublishedSelection,
    SeatPool,
)
from sonjuku.rooms.calls.rules.classes import highest_score, is_reviewed, least_score
from sonjuku.rooms.calls.rules.running import freezes_from, layout_of
from sonjuku.toolbox.dates import day_of, format_deadline


class Missing(NamedTuple):
    """A field to fill in before opening, and why in words for staff. `field` is a Call field or a section's name."""

    field: str
    message: Any


# Typing errors and contacts may be corrected while people apply; terms may not.
HARMLESS_FIELDS = frozenset(
    [
        "title_en",
        "summary",
        "summary_en",
        "period_note",
        "venue_en",
        "venue_address",
        "venue_lg_code",
        "webinar_url",
        "fee_note_en",
        "purpose_of_use_en",
        "contact_office",
        "contact_office_en",
        "contact_phone",
        "contact_hours",
        "contact_hours_en",
        "seed_source_en",
        "historic_applications",
        "is_demo",
    ]
)
# What the call's page does not show: changing it is no update (更新) of the page.
UNSEEN_FIELDS = frozenset(["historic_applications", "is_demo", "asks_approval"])
EDITABLE_FIELDS = HARMLESS_FIELDS | frozenset(
    [
        "programme",
        "agreement",
        "code",
        "kind",
        "noun",
        "title",
        "series",
        "opens_at",
        "closes_at",
        "starts_on",
        "ends_on",
        "result_on",
        "result_immediate",
        "confirm_days",
        "consent_days",
        "consent_late",
        "webinar_status",
        "venue",
        "fee_jpy",
        "fee_note",
        "purpose_of_use",
        "data_controller",
        "selection",
        "seed_source",
        "seed_kind",
        "draws_at",
        "check_days",
        "once_per_year",
        "min_reviewers",
        "max_persons",
        "form_version",
        "survey_version",
        "asks_approval",
        "is_restricted",
        "restriction_reason",
        "restriction_approver",
        "source_key",
    ]
)

_REQUIRED: dict[str, Any] = {
    "title": _("募集の名称を入力してください。"),
    "opens_at": _("受付の開始日時を入力してください。"),
    "closes_at": _("受付の締切を入力してください。"),
    "purpose_of_use": _("個人情報の利用目的を入力してください。"),
    "data_controller": _("個人情報を取り扱う団体を選んでください。適用される法律がこれで決まります。"),
    "contact_office": _("問合せ先の課・部署を入力してください。"),
    "contact_phone": _("問合せ先の電話番号を入力してください。"),
    "contact_hours": _("問合せ先の受付時間を入力してください。"),
}


def missing_to_open(
    call: Call,
    *,
    pools: Sequence[SeatPool],
    criteria: Sequence[Criterion] = (),
    rules: Sequence[EligibilityRule] = (),
    classes: Sequence[PriorityRule] = (),
    approvals: Collection[str] = (),
    has_host: bool = True,
) -> list[Missing]:
    """Everything that keeps this call from opening, in the order of the editor; empty when it may open."""
    missing = [Missing(field, text) for field, text in _REQUIRED.items() if not getattr(call, field)]
    missing += _missing_facts(call)
    missing += _missing_terms(call, pools)
    missing += _missing_review(call, criteria, [*rules, *classes])
    if classes and not call.uses_draw:
        missing.append(
            Missing(
                "classes",
                _("優先の区分は、抽選の募集だけで使えます。選び方を変えるか、区分を消してください。"),
            )
        )
    if not has_host:
        missing.append(Missing("bodies", _("主催する団体を選んでください。")))
    if call.asks_approval and Approval.Step.OPEN not in approvals:
        missing.append(Missing("approval_open", _("募集の開始の決裁番号と決裁日を入力してください。")))
    if call.is_restricted and not call.restriction_reason.strip():
        missing.append(
            Missing("restriction_reason", _("公募によらない理由を入力してください。公開されます。"))
        )
    if call.is_restricted and not call.restriction_approver.strip():
        missing.append(
            Missing("restriction_approver", _("公募によらないことを承認した人の職名を入力してください。"))
        )
    return missing


def _missing_facts(call: Call) -> list[Missing]:
    missing = []
    if not (call.starts_on or call.period_note.strip()):
        missing.append(Missing("starts_on", _("実施期間を入力してください。")))
    if call.webinar_status != Call.Mode.ONLINE and not call.venue.strip():
        missing.append(
            Missing("venue", _("会場を入力してください。オンラインだけのときは開催方法を変えてください。"))
        )
    if call.fee_jpy is None:
        missing.append(Missing("fee_jpy", _("参加費を入力してください。無料のときは 0 と入力します。")))
    if not (call.result_on or call.result_immediate):
        missing.append(Missing("result_on", _("結果発表日を入力してください。")))
    if call.result_on and call.closes_at and call.result_on < day_of(call.closes_at):
        missing.append(Missing("result_on", _("結果発表日は締切より後の日にしてください。")))
    if call.starts_on and call.ends_on and call.ends_on < call.starts_on:
        missing.append(Missing("ends_on", _("実施期間の終わりは始まりより後の日にしてください。")))
    return missing


def _missing_terms(call: Call, pools: Sequence[SeatPool]) -> list[Missing]:
    missing = []
    if not any(pool.capacity for pool in pools):
        missing.append(Missing("pools", _("定員を入力してください。")))
    if call.uses_draw:
        missing += _missing_draw(call)
    if call.max_persons > 1:
        missing += _missing_for_units(call, pools)
    return missing


def _missing_review(
    call: Call, criteria: Sequence[Criterion], conditions: Sequence[EligibilityRule | PriorityRule]
) -> list[Missing]:
    if not is_reviewed(call, conditions):
        return []
    missing = []
    if not criteria:
        missing.append(Missing("criteria", _("審査の項目と配点を入力してください。")))
    if not call.min_reviewers:
        missing.append(Missing("min_reviewers", _("審査員の人数を 1 人以上にしてください。")))
    if not (call.uses_draw or call.selection == Call.Selection.REVIEW):
        missing.append(Missing("rules", _("審査の点の条件は、審査か抽選で選ぶ募集だけで使えます。")))
    if criteria and least_score(conditions) > highest_score(criteria):
        missing.append(Missing("criteria", _("条件にした点が、審査の満点を超えています。")))
    return missing


def _missing_for_units(call: Call, pools: Sequence[SeatPool]) -> list[Missing]:
    """Units of several persons fit where seats are filled down one line (decision 0016)."""
    if not call.is_immediate and layout_of([call], {call.id: pools}).method != "draw":
        text = _(
            "何人かで一組の申込みを受けられるのは、先着順か、区分と住所別の席がない抽選だけです。人数を 1 にするか、選び方か定員を変えてください。"
        )
        return [Missing("max_persons", text)]
    if pools and call.max_persons > max(pool.capacity for pool in pools):
        return [Missing("max_persons", _("一組の人数が定員を超えています。人数か定員を変えてください。"))]
    return []


def _missing_draw(call: Call) -> list[Missing]:
    missing = []
    takes_beacon = call.seed_kind == PublishedSelection.SeedKind.DRAND
    if not takes_beacon and not call.seed_source.strip():
        missing.append(
            Missing("seed_source", _("抽選に使う公開の数を入力してください。締切より後に公表される数です。"))
        )
    if takes_beacon and call.draws_at is None:
        missing.append(Missing("draws_at", _("抽選の日時を入力してください。その時刻の乱数を使います。")))
    if (
        call.draws_at is not None
        and call.closes_at is not None
        and call.draws_at <= freezes_from(call.closes_at, call.check_days)
    ):
        missing.append(
            Missing("draws_at", _("抽選の日時は、締切と資格確認の日数が過ぎたあとにしてください。"))
        )
    return missing


def received_in_time(call: Call, received_at: datetime) -> bool:
    """Whether paper that arrived (or was postmarked) at this instant keeps the half-open period of the call."""
    return (call.opens_at is None or call.opens_at <= received_at) and (
        call.closes_at is None or received_at < call.closes_at
    )


def _closed(closes_at: datetime | None) -> str:
    if closes_at is None:
        return gettext("この募集の受付は終わりました。")
    deadline = format_deadline(closes_at, get_language() or "ja")
    return gettext("この募集の受付は終わりました（締切：%(deadline)s）。") % {"deadline": deadline}


_closed_text = lazy(_closed, str)


def closed_text(call: Call) -> Any:
    """Lazily translated words for whoever comes after the close."""
    return _closed_text(call.closes_at)
