"""(2) Who waits for what: counts and receipt codes per call; letters, articles and requests."""

from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet

from sonjuku.flows.handover_report.scope import Row, Scope
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.newsroom import queries as newsroom
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Consent

A = Application.State
BY_THE_HOUSE = (Application.Channel.WEB, Application.Channel.IMPORT)
UNSENT = {
    Letter.State.FAILED: "送れなかったお知らせ",
    Letter.State.BOUNCED: "相手に届いていないお知らせ",
    Letter.State.HELD: "紙で届けるお知らせ",
}


class Waiting(NamedTuple):
    """`rows` are the applications; without a call (`thing`) it is something of the whole desk."""

    what: str
    thing: str
    number: int
    rows: list[Row]


def waiting(scope: Scope) -> list[Waiting]:
    found = [*_applications(scope), *_letters(scope)]
    return [*found, *_desk(scope)]


def _of_guardians(rows: QuerySet[Application]) -> QuerySet[Application]:
    asked = Consent.objects.filter(
        about_id=OuterRef("pk"), purpose=Consent.Purpose.GUARDIAN, withdrawn_at__isnull=True
    )
    answered = asked.exclude(given_at__isnull=True, refused_at__isnull=True)
    return rows.filter(needs_guardian=True, state=A.SUBMITTED).exclude(Exists(answered))


def _applications(scope: Scope) -> Iterator[Waiting]:
    rows = scope.applications
    submitted = rows.filter(state=A.SUBMITTED)
    kinds = {
        "保護者の同意": _of_guardians(rows),
        "紙の申込みの照合": submitted.exclude(channel__in=BY_THE_HOUSE).filter(checked_at__isnull=True),
        "審査の採点": submitted.filter(call__selection=Call.Selection.REVIEW, call__state=Call.State.CLOSED),
        "抽選・選考の結果": submitted.filter(call__state=Call.State.CLOSED).exclude(
            call__selection=Call.Selection.REVIEW
        ),
        "本人の参加の返事": rows.filter(state=A.OFFERED),
        "席が空くこと（順番待ち）": rows.filter(state=A.WAITLISTED),
    }
    for what, waits in kinds.items():
        for call_id, listed in scope.listed(waits).items():
            yield Waiting(what, scope.titles[call_id], len(listed), listed)


def _letters(scope: Scope) -> Iterator[Waiting]:
    """A letter about an application is told by its code; the others are only counted."""
    unsent = list(scope.letters.filter(state__in=UNSENT).order_by().values_list("state", "about_id"))
    about = {about_id for _state, about_id in unsent if about_id}
    known = {
        row.id: row for rows in scope.listed(scope.applications.filter(pk__in=about)).values() for row in rows
    }
    for state, what in UNSENT.items():
        found = [about_id for each, about_id in unsent if each == state]
        if found:
            rows = {about_id: known[about_id] for about_id in found if about_id in known}
            listed = sorted(rows.values(), key=lambda row: row.code)
            yield Waiting(what, "", len(found), listed)


def _desk(scope: Scope) -> Iterator[Waiting]:
    if number := newsroom.waiting(scope.actor).count():
        yield Waiting("事務局の承認を待つ記事", "", number, [])
    if number := newsroom.returned(scope.actor).count():
        yield Waiting("差し戻されて、直すのを待つ記事", "", number, [])
    kinds = people.open_requests(scope.actor).order_by().values_list("kind").annotate(number=Count("id"))
    for kind, number in sorted(kinds):
        label = people.DataRequest.Kind(kind).label
        yield Waiting(f"個人情報の請求（{label}）への回答", "", number, [])
