"""What the person took part in, was given and was sent."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.flows.holding.shapes import Section, choice, fact, item, language, plain, title_of
from sonjuku.rooms.credentials.models import ActivityRecord, Award
from sonjuku.rooms.credentials.rules.activities import read
from sonjuku.rooms.events.models import SlotBooking
from sonjuku.rooms.letters.models import Letter, Unsubscription
from sonjuku.rooms.letters.rules import KINDS
from sonjuku.rooms.participation.models import CheckIn, Obligation, Participation
from sonjuku.rooms.people.models import Person

# A guardian's letter holds the link that answers for the guardian: that it was sent is the person's data, the link isn't.
TO_OTHERS = ("guardian_request", "guardian_reminder")


def places(rows: Iterable[Participation]) -> Section:
    rows = list(rows)
    slots = {
        b.participation_id: b.slot
        for b in SlotBooking.objects.filter(participation__in=rows).select_related("slot")
    }
    items = [
        item(
            title_of(row.call),
            fact("call", pgettext_lazy("記録", "募集"), row.call.code, title_of(row.call)),
            choice(row, "capacity", _("立場")),
            choice(row, "state", _("状態")),
            fact("code", _("参加券の番号"), row.code),
            fact("slot", _("体験枠"), slots[row.pk].starts_at) if row.pk in slots else None,
            *plain(
                row,
                [
                    ("started_at", _("始まった日時")),
                    ("completed_at", _("修了した日時")),
                    ("ended_at", _("終わった日時")),
                ],
            ),
        )
        for row in rows
    ]
    return Section("participations", _("参加"), items)


def check_ins(rows: Iterable[Participation]) -> Section:
    found = (
        CheckIn.objects.filter(participation__in=list(rows)).select_related("occasion__call").order_by("at")
    )
    items = [
        item(
            _titled(row.occasion) or title_of(row.occasion.call),
            fact("call", pgettext_lazy("記録", "募集"), row.occasion.call.code, title_of(row.occasion.call)),
            fact("occasion", _("開催の回"), row.occasion.starts_at),
            fact("at", _("受付の日時"), row.at),
            choice(row, "how", _("受付の方法")),
        )
        for row in found
    ]
    return Section("check_ins", _("当日の受付"), items)


def activities(person: Person, calls: Collection[UUID] | None) -> Section:
    rows = ActivityRecord.objects.filter(person=person)
    if calls is not None:
        rows = rows.filter(check_in__occasion__call__in=calls)
    items = [
        item(
            read(row.credential).title,
            fact("activity", _("証明の番号"), row.uri),
            fact("area", _("活動した地域"), read(row.credential).area),
            *plain(row, [("starts_at", _("活動の日時")), ("issued_at", _("証明した日時")), ("revoked_at", _("取り消した日時"))]),
        )
        for row in rows.order_by("starts_at", "pk")
    ]  # fmt: skip
    return Section("activities", _("活動の記録"), items)


def obligations(rows: Iterable[Participation]) -> Section:
    found = Obligation.objects.filter(participation__in=list(rows)).select_related("rule__call")
    items = [
        item(
            _titled(row.rule),
            fact("call", pgettext_lazy("記録", "募集"), row.rule.call.code, title_of(row.rule.call)),
            fact("kind", _("種類"), row.rule.kind, row.rule.get_kind_display()),
            *plain(row, [
                ("due_on", _("期限")), ("done_at", _("済んだ日時")), ("done_sessions", _("出席した回数")),
                ("waived_at", _("免除した日時")), ("waived_reason", _("免除の理由")), ("reminded_at", _("お願いを送った日時")),
            ]),
        )
        for row in found.order_by("participation", "rule__ordinal", "id")
    ]  # fmt: skip
    return Section("obligations", _("参加者がすること"), items)


def awards(person: Person, calls: Collection[UUID] | None) -> Section:
    found = Award.objects.filter(person=person).select_related("achievement").order_by("issued_at")
    if calls is not None:
        found = found.filter(achievement__call__in=calls)
    items = [
        item(
            _titled(row.achievement),
            fact("id", _("番号"), row.uri),
            fact("issued_at", _("発行日時"), row.issued_at),
            choice(row, "visibility", _("見せる範囲")),
            choice(row, "route", _("受け取り方")),
            fact("revoked_at", _("失効の日時"), row.revoked_at),
            fact("suspended_at", _("一時停止の日時"), row.suspended_at),
            fact(
                "reason",
                _("失効・一時停止の理由"),
                "、".join(each.reason for each in row.status_changes.all()),
            ),
        )
        for row in found.prefetch_related("status_changes")
    ]
    return Section("awards", pgettext_lazy("いくつか", "バッジ"), items)


def letters(person: Person, about: Collection[UUID] | None) -> Section:
    found = Letter.objects.filter(person=person).order_by("created_at", "id")
    if about is not None:
        found = found.filter(about_id__in=about)
    items = [_letter(row) for row in found]
    stopped = Unsubscription.objects.filter(person=person).first() if about is None else None
    if stopped is not None:
        items.append(item(_("配信の停止"), fact("unsubscribed_at", _("停止した日時"), stopped.at)))
    return Section("letters", _("届けたお知らせ"), items)


def _letter(row: Letter) -> Any:
    kind = KINDS[row.kind].label if row.kind in KINDS else row.kind
    return item(
        row.subject,
        fact("kind", _("種類"), row.kind, kind),
        fact("to_address", _("宛先"), row.to_address),
        fact("subject", _("件名"), row.subject),
        None if row.kind in TO_OTHERS else fact("body", _("本文"), row.body),
        choice(row, "state", _("状態")),
        *plain(row, [("created_at", _("作った日時")), ("sent_at", _("送った日時"))]),
    )


def _titled(row: Any) -> str:
    return str(row.title_en if language() == "en" and row.title_en else row.title)
