"""Links that a holder gives away: made, taken back. The holder's word alone, as for showing a badge."""

import secrets
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from sonjuku.rooms.credentials.actions._shared import hold_row, own_person, refuse_if
from sonjuku.rooms.credentials.models import Award, ShareLink
from sonjuku.rooms.credentials.rules import shares
from sonjuku.rooms.journal.actions import record, record_many, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.actions import answer_consent, ask_consent, withdraw_consent
from sonjuku.rooms.people.models import Consent, Person
from sonjuku.rooms.people.queries import consent_for
from sonjuku.rooms.people.rules import token_hash
from sonjuku.toolbox.dates import day_of, end_of_day

# The wording below; a change of it is a new version.
SHARE_TEXT_VERSION = "share-1"


@writes
def share(
    *, by: Actor, person: Person, last_day: date, award: Award | None = None, is_printed: bool = False
) -> tuple[ShareLink, str]:
    """A link to one badge, or to everything the person holds here, and its token, which nobody can be shown again.

    `last_day` is the last on which it opens. That it shows the badge is a recorded consent.
    Refused: not_own (also a badge of somebody else), bad_end, too_many.
    """
    holder: Person = hold_row(person, "council")
    own_person(by, holder)
    if award is not None and award.person_id != holder.pk:
        own_person(by, award.person)
        refuse_if(True, "not_own", _("このバッジは、別の協議会の記録にあります。"))
    refuse_if(
        not shares.may_end_on(last_day, day_of(by.at)), "bad_end",
        _("リンクの最後の日は、今日から1年以内の日にしてください。"), _("日にちを選び直してください。"),
    )  # fmt: skip
    live = ShareLink.objects.filter(person=holder, withdrawn_at=None, expires_at__gt=by.at)
    refuse_if(
        live.count() >= shares.MOST_OPEN, "too_many",
        _("使えるリンクが、もう50あります。"), _("いらないリンクを取り消してから、つくってください。"),
    )  # fmt: skip
    token = secrets.token_urlsafe(32)
    link = ShareLink.objects.create(
        council_id=holder.council_id, person=holder, award=award, token_hash=token_hash(token),
        is_printed=is_printed, created_at=by.at, expires_at=end_of_day(last_day),
    )  # fmt: skip
    _agree(by, link)
    record(by=by, verb="share_link.created", subject=link, for_person_id=holder.pk)
    return link, token


def _agree(by: Actor, link: ShareLink) -> None:
    consent = ask_consent(
        by=by, person=link.person, purpose=Consent.Purpose.BADGE_PUBLIC, about_id=link.pk,
        text=_("リンクを受け取った人に、期限まで、バッジを見せることに同意します。いつでも取り消せます。"),
        text_version=SHARE_TEXT_VERSION, receivers=[_("リンクを受け取った人")],
        items=[_("表示名"), _("バッジの名前と内容"), _("発行者"), _("取得日")],
    )  # fmt: skip
    answer_consent(by=by, consent=consent, given=True, channel=Consent.Channel.WEB)


@writes
def withdraw_share(*, by: Actor, link: ShareLink) -> ShareLink:
    """From now on it opens nothing. Withdrawing again changes nothing. Refused: not_own."""
    row: ShareLink = hold_row(link, "person")
    own_person(by, row.person)
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at = by.at
    row.save(update_fields=["withdrawn_at"])
    consent = consent_for(row.pk, Consent.Purpose.BADGE_PUBLIC)
    if consent is not None and consent.holds:
        withdraw_consent(by=by, consent=consent)
    record(by=by, verb="share_link.withdrawn", subject=row, for_person_id=row.person_id)
    return row


@writes
def forget_links(*, by: Actor) -> int:
    """Delete the links that ended a month ago, with the consents that ended with them; returns how many links."""
    since = by.at - shares.KEPT
    ended = Q(expires_at__lte=since) | Q(withdrawn_at__lte=since)
    rows = list(ShareLink.objects.select_for_update().filter(ended))
    keys = [row.pk for row in rows]
    Consent.objects.filter(about_id__in=keys, purpose=Consent.Purpose.BADGE_PUBLIC).delete()
    record_many(by=by, verb="share_link.dropped", subjects=rows)
    ShareLink.objects.filter(pk__in=keys).delete()
    return len(keys)
