"""The person's part in matching events: their own words and order, and to whom they were introduced."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from sonjuku.flows.holding.shapes import Item, Section, choice, fact, item, language, plain
from sonjuku.rooms.matching.models import Introduction, MatchingMember
from sonjuku.rooms.matching.rules import Groups
from sonjuku.rooms.people.models import Person


def matchings(person: Person, only: Collection[UUID] | None = None) -> Section:
    """`only` as the other sections' calls: a matching event hangs on no call, so an empty one leaves all out."""
    rows = MatchingMember.objects.filter(person=person).select_related("event", "body").order_by("created_at")
    found = list(rows) if only is None else []
    titles = _titles(found)
    met = _met(found)
    return Section("matchings", _("マッチング"), [_item(row, titles, met.get(row.id, [])) for row in found])


def _item(row: MatchingMember, titles: dict[str, str], met: list[str]) -> Item:
    english = language() == "en"
    return item(
        (english and row.event.title_en) or row.event.title,
        fact("code", _("受付番号"), row.code),
        fact("body", _("代表する団体"), str(row.body) if row.body else ""),
        *plain(row, [("title", _("相手に見せる題名")), ("about", _("相手に見せる紹介"))]),
        fact("ranks", _("出した希望の順"), _order(row.ranks, titles)),
        fact("draft", _("下書き"), _order(row.draft, titles) if row.draft != row.ranks else []),
        *plain(row, [
            ("draft_saved_at", _("下書きを保存した日時")), ("submitted_at", _("提出した日時")), ("reminded_at", _("お願いを送った日時")),
            ("withdrawn_at", _("取りやめた日時")),
        ]),
        choice(row, "channel", _("届いた方法")) if row.submitted_at else None,
        fact("title_is_public", _("題名を公開の記録に出す"), row.title_is_public),
        fact("introduced_to", _("紹介した相手"), met),
    )  # fmt: skip


def _order(groups: Groups, titles: dict[str, str]) -> list[str]:
    """One line a partner; equals have the same number."""
    return [f"{at}. {titles.get(key, '—')}" for at, group in enumerate(groups, 1) for key in group]


def _titles(rows: list[MatchingMember]) -> dict[str, str]:
    events = {row.event_id for row in rows}
    found = MatchingMember.objects.filter(event__in=events).values_list("id", "title")
    return {str(key): title for key, title in found}


def _met(rows: list[MatchingMember]) -> dict[UUID, list[str]]:
    """Bodies by name, persons by the title they took part under: a partner's name is theirs to tell."""
    ids = {row.id for row in rows}
    found: dict[UUID, list[str]] = {}
    made = Introduction.objects.filter(left__in=ids) | Introduction.objects.filter(right__in=ids)
    for row in made.select_related("left__body", "right__body"):
        for mine, other in ((row.left, row.right), (row.right, row.left)):
            if mine.id in ids:
                found.setdefault(mine.id, []).append(str(other.body) if other.body else other.title)
    return found
