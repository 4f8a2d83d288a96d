"""Which letters there are, what each may say, and when a letter that failed is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sonjuku.toolbox import dates

LANGUAGES = ("ja", "en")
COMMON = ("council_title", "person_name", "call_title", "code", "noun")
# A name that ends an interval: shown as people say it (「11月29日（日）まで」), never as 0:00 of the next day.
DEADLINES = {"confirm_by", "due_at", "closes_at", "guardian_due"}
BACKOFF_MINUTES = (1, 5, 30, 120, 720)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter: what staff call it and the names its wording may use besides `COMMON`."""

    label: str | Promise
    names: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "receipt": Kind(
        _("受付のお知らせ"), ("guardian_due", "result_on", "waiting_place", "accepted", "waitlist")
    ),
    "guardian_request": Kind(_("保護者への同意のお願い"), ("guardian_name", "due_at")),
    "guardian_answered": Kind(_("保護者の回答のお知らせ"), ("given",)),
    "guardian_reminder": Kind(_("保護者への再度のお願い"), ("guardian_name", "due_at")),
    "result_selected": Kind(_("結果：参加できます"), ("selected", "confirm_by")),
    "result_waitlisted": Kind(_("結果：順番待ち"), ("waitlist", "waiting_place")),
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
    "consent_overdue": Kind(_("同意の期限が過ぎたお知らせ"), ("due_at", "outcome")),
    "staff_message": Kind(_("事務局からのお知らせ"), ("subject", "body")),
    "role_granted": Kind(_("担当のお知らせ"), ("role_title", "body_name", "starts_on")),
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
