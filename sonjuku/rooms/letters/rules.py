"""Which letters there are, what each may say, and when a letter that failed is tried again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sonjuku.toolbox import dates

LANGUAGES = ("ja", "en")
COMMON = ("council_title", "person_name", "call_title", "code", "noun")
# A name that ends an interval: shown as people say it (「11月29日（日）まで」), never as 0:00 of the next day.
DEADLINES = {"confirm_by", "due_at", "closes_at", "guardian_due", "ranks_by"}
BACKOFF_MINUTES = (1, 5, 30, 120, 720)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter: what staff call it and the names its wording may use besides `COMMON`."""

    label: str | Promise
    names: tuple[str, ...] = ()
    # Needed for an application or a place; all else can be unsubscribed from.
    is_duty: bool = True


KINDS: dict[str, Kind] = {
    "receipt": Kind(
        _("受付のお知らせ"), ("guardian_due", "result_on", "waiting_place", "accepted", "waitlist")
    ),
    "guardian_request": Kind(_("保護者への同意のお願い"), ("guardian_name", "due_at")),
    "guardian_answered": Kind(_("保護者の回答のお知らせ"), ("given",)),
    "guardian_reminder": Kind(_("保護者への再度のお願い"), ("guardian_name", "due_at")),
    "result_selected": Kind(_("結果：参加できます"), ("selected", "confirm_by")),
    "result_waitlisted": Kind(_("結果：順番待ち"), ("waitlist", "waiting_place", "waiting_places")),
    "result_not_selected": Kind(_("結果：選外"), ()),
    "result_ineligible": Kind(_("結果：対象外"), ("reason",)),
    "offer": Kind(_("空きが出たお知らせ"), ("promotion", "confirm_by")),
    "confirmed": Kind(
        _("参加確定のお知らせ"), ("starts_on", "starts_at", "venue", "webinar_url", "period_note")
    ),
    "lapsed": Kind(_("期限切れのお知らせ"), ("confirm_by",)),
    "withdrawn": Kind(_("取下げ・辞退の確認"), ("withdraw",)),
    "mode_changed": Kind(_("開催方法の変更"), ("mode", "venue", "webinar_url")),
    "obligation_reminder": Kind(_("提出・出席のお願い"), ("obligation_title", "due_on")),
    "completed": Kind(_("修了とバッジのお知らせ"), ("badge_title",)),
    "badge_issued": Kind(_("バッジのお知らせ"), ("badge_title",)),
    "badge_status": Kind(_("バッジの失効・一時停止のお知らせ"), ("badge_title", "change", "reason")),
    "badge_resigned": Kind(_("バッジの署名を新しくしたお知らせ"), ("badge_title",)),
    "endorsement_resigned": Kind(_("認定証の署名を新しくしたお知らせ"), ("proof_title",)),
    "consent_overdue": Kind(_("同意の期限が過ぎたお知らせ"), ("due_at", "outcome")),
    "staff_message": Kind(_("事務局からのお知らせ"), ("subject", "body")),
    "news": Kind(_("事務局からの案内（配信停止できます）"), ("subject", "body"), is_duty=False),
    "request_received": Kind(
        _("個人情報の請求を受け付けたお知らせ"), ("request_kind", "body_name", "due_on")
    ),
    "request_decided": Kind(_("個人情報の請求への回答"), ("request_kind", "body_name", "done", "reason")),
    "request_erased": Kind(_("消去が終わったお知らせ"), ("body_name", "erased_on")),
    "role_granted": Kind(_("担当のお知らせ"), ("role_title", "body_name", "starts_on")),
    "agreement_ending": Kind(
        _("協定の期間の終わりが近いお知らせ"), ("agreement_title", "ends_on", "days_left")
    ),
    "ranking_invitation": Kind(_("マッチングの案内"), ("ranks_by", "partner_title")),
    "ranking_reminder": Kind(_("希望の順の提出のお願い"), ("ranks_by",)),
    "ranking_again": Kind(_("マッチングのやり直しのお知らせ"), ("reason", "ranks_by")),
    "introduction": Kind(
        _("紹介のお知らせ"),
        (
            "partner_name",
            "partner_body",
            "partner_email",
            "partner_phone",
            "starts_on",
            "ends_on",
            "report_due_on",
        ),
    ),
    "introduction_none": Kind(_("紹介できなかったお知らせ"), ("reason",)),
    "badge_awarded": Kind(_("バッジのお知らせ"), ("badge_title",)),
    "proof_answered": Kind(
        _("証明の確認・認定証・実務経験の結果のお知らせ"), ("proof_title", "outcome", "reason")
    ),
    "webhook_stopped": Kind(_("外部への通知を止めたお知らせ"), ("url",)),
}


def names_of(kind: str) -> tuple[str, ...]:
    """The names that a wording of this kind may use. Raises KeyError for an unknown kind."""
    return COMMON + KINDS[kind].names


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """When to try again after that many failed attempts; None when it is time to give up."""
    if attempts > len(BACKOFF_MINUTES):
        return None
    return at + timedelta(minutes=BACKOFF_MINUTES[max(attempts, 1) - 1])


def split(text: str) -> tuple[str, str]:
    """Subject (the first line, white space folded) and body of a rendered letter."""
    subject, _newline, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def spoken(name: str, value: object, language: str) -> str:
    """A context value as the letter shows it: days and times in Tokyo, deadlines as people say them."""
    if isinstance(value, datetime):
        show = dates.format_deadline if name in DEADLINES else dates.format_datetime
        return show(value, language, year=True)
    if isinstance(value, date):
        return dates.format_date(value, language, year=True)
    return "" if value is None or value is False else str(value)


def in_language(context: Mapping[str, object], language: str) -> dict[str, str]:
    """The context as text; in an English letter `call_title_en` stands in for `call_title`, and so on."""
    values = {name: spoken(name, value, language) for name, value in context.items()}
    if language == "en":
        values |= {name[:-3]: text for name, text in values.items() if name.endswith("_en") and text}
    return values


def path_in(path: str, language: str) -> str:
    """The page's path in the letter's language: English pages live under /en/."""
    return f"/en{path}" if language == "en" and path and not path.startswith("/en/") else path


def message_id(letter_id: uuid.UUID, domain: str, again: int = 0) -> str:
    """The Message-ID of a letter's e-mail. After a report of non-delivery the next sending (`again`) has another,
    so that a late report about the first does not strike it."""
    return f"<{letter_id}{f'.{again}' if again else ''}@{domain}>"


def mailing_key(mailing_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """One letter per mailing and person, however often and by whomever the mailing is made into letters."""
    return f"mailing:{mailing_id}:{person_id}"


def why_undelivered(status: str) -> str | Promise:
    """An enhanced status code (RFC 3463: class.subject.detail) in words for the secretariat; "" if it is none."""
    parts = status.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return ""
    return REASONS.get(".".join(parts[1:])) or REASONS.get(
        parts[1], _("相手のサーバーが受け取りませんでした。")
    )


REASONS: dict[str, str | Promise] = {
    "1.1": _("この宛先はありません。書き間違いかもしれません。"),
    "1.2": _("宛先の＠より後が見つかりません。書き間違いかもしれません。"),
    "1.10": _("宛先の＠より後が見つかりません。書き間違いかもしれません。"),
    "1": _("この宛先には届けられません。"),
    "2.1": _("この宛先はいま使われていません。"),
    "2.2": _("相手の受信箱がいっぱいです。"),
    "2": _("相手の受信箱が受け取れませんでした。"),
    "4": _("相手のサーバーにつながりませんでした。"),
    "7": _("相手の迷惑メール対策で断られました。"),
}
