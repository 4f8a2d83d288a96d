"""Decisions about rankings, deadlines and reports. No database, no clock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection.match import Right, first_ceiling
from sonjuku.rooms.matching.models import Introduction, MatchingEvent, MatchingMember, Side
from sonjuku.toolbox.dates import ONE_DAY, fiscal_year

Groups = list[list[str]]
R = MatchingEvent.State

MOVES: dict[str, set[str]] = {
    R.PREPARED: {R.PUBLISHED},
    R.PUBLISHED: {R.FROZEN, R.VOIDED},
    R.FROZEN: {R.DRAWN, R.VOIDED},
    R.DRAWN: {R.ANNOUNCED, R.VOIDED},
    R.ANNOUNCED: set(),
    R.VOIDED: set(),
}
# What the partner found is given, and nothing else.
ITEMS = ["氏名", "メールアドレス", "電話番号"]
TEXT_VERSION = "introduction/1"
GUARDIAN_TEXT = "紹介が決まったとき、本人の氏名・メールアドレス・電話番号を、本人が希望した相手のうち紹介される相手だけに渡すことに、保護者として同意します。"  # fmt: skip
REPORT_MONTH = 2


def may_move(state: str, to: str) -> bool:
    return to in MOVES[state]


def takes_ranks(event: MatchingEvent, at: datetime) -> bool:
    """Half open: `opens_at` is in, `ranks_by` is out."""
    return (
        event.state == R.PUBLISHED
        and event.opens_at is not None
        and event.ranks_by is not None
        and event.opens_at <= at < event.ranks_by
    )


def missing_to_open(event: MatchingEvent, *, lefts: int, rights: int, at: datetime) -> list[Any]:
    """What keeps the rules from being published, in words; nothing when all is there."""
    found: list[Any] = []
    if not event.title:
        found.append(_("名前"))
    if event.ranks_by is None or event.ranks_by <= at:
        found.append(_("これから来る締切"))
    if event.seed_kind == MatchingEvent.SeedKind.NUMBER and not event.seed_source.strip():
        found.append(_("使う公開の数"))
    if event.seed_kind == MatchingEvent.SeedKind.DRAND and (
        event.draws_at is None or event.ranks_by is None or event.draws_at <= event.ranks_by
    ):
        found.append(_("締切より後の抽選の日時"))
    if event.starts_on is None:
        found.append(_("紹介の始まる日"))
    if not lefts or not rights:
        found.append(_("両方の側の参加者"))
    return found


def is_another_source(before: MatchingEvent, after: MatchingEvent, at: datetime) -> bool:
    """Whether the public number of the event that takes another's place is named, is another one, and is still to come."""
    if after.seed_kind == MatchingEvent.SeedKind.DRAND:
        is_later = after.draws_at is not None and after.draws_at > max(at, after.ranks_by or at)
        return is_later and after.draws_at != before.draws_at
    return after.seed_source not in {"", before.seed_source.strip()}


# Reports (001-21)


def default_report_due(starts_on: date) -> date:
    """The last day of February in the fiscal year in which the support begins."""
    return date(fiscal_year(starts_on) + 1, REPORT_MONTH + 1, 1) - ONE_DAY


def report_is_in_year(starts_on: date | None, ends_on: date | None, due_on: date | None) -> bool:
    """Whether the report is due in the fiscal year in which the support ends (begins, where no end is set)."""
    last = ends_on or starts_on
    return due_on is None or last is None or fiscal_year(due_on) == fiscal_year(last)


def is_overdue(introduction: Introduction, day: date) -> bool:
    """The due day itself is still in time."""
    return (
        introduction.state == Introduction.State.ACTIVE
        and introduction.report_due_on is not None
        and introduction.report_due_on < day
    )


# Rankings


def ranking_problem(groups: Any, known: Collection[str], most: int | None) -> str:
    """ "" for a ranking in order; else `malformed`, `unknown_partner`, `twice` or `too_many`."""
    if not isinstance(groups, list) or not all(isinstance(group, list) and group for group in groups):
        return "malformed"
    listed = [each for group in groups for each in group]
    if not all(isinstance(each, str) for each in listed):
        return "malformed"
    if not set(listed) <= set(known):
        return "unknown_partner"
    if len(set(listed)) < len(listed):
        return "twice"
    return "too_many" if most is not None and len(listed) > most else ""


def from_places(places: Mapping[str, int | None]) -> Groups:
    """Groups from a number for each partner: the same number is equally welcome, none is rather not."""
    by_place: dict[int, list[str]] = {}
    for key, place in places.items():
        if place is not None:
            by_place.setdefault(place, []).append(key)
    return [by_place[place] for place in sorted(by_place)]


def moved(groups: Groups, key: str, step: int) -> Groups:
    """The partner one place up (-1) or down (+1). Out of a group of equals it first steps before or behind them.

    A partner who isn't listed yet comes last when moved up.
    """
    at = next((place for place, group in enumerate(groups) if key in group), None)
    if at is None:
        return [*groups, [key]] if step < 0 else groups
    found = [list(group) for group in groups]
    if len(found[at]) > 1:
        found[at].remove(key)
        found.insert(at if step < 0 else at + 1, [key])
        return found
    other = at + step
    if 0 <= other < len(found):
        found[at], found[other] = found[other], found[at]
    return found


def only(groups: Groups, kept: Collection[str]) -> Groups:
    """Without those who have left."""
    left = [[key for key in group if key in kept] for group in groups]
    return [group for group in left if group]


def place_of(groups: Groups, key: str) -> int | None:
    """From 1; None for one who isn't listed."""
    return next((place for place, group in enumerate(groups, 1) if key in group), None)


def truth_is_safe(event: MatchingEvent, side: str, leasts: Collection[int]) -> bool:
    """Whether naming the true order is proven to be best: for the side that asks only, without a cap on the list's
    length and without minimums (docs/algorithms/matching.md)."""
    return side == Side.LEFT and event.max_wishes is None and not any(leasts)


def seats_were_lowered(rights: Sequence[Right], lefts: int, ceilings: Mapping[str, int]) -> bool:
    """Whether minimums took seats away in this matching."""
    return any(ceilings.get(right.code) != first_ceiling(right, lefts) for right in rights)


# What a member is told of the result


def why(
    member: MatchingMember,
    ranking: Sequence[Sequence[str]] | None,
    partners: Collection[str],
    *,
    lowered: bool,
) -> list[Any]:
    """Sentences for one member: `ranking` as it was drawn with, None for one not in the list; `partners` the codes they
    got, both public by then.

    Says nothing about how a partner ranked anybody.
    """
    if ranking is None and member.submitted_at:
        return [_("希望の順は届きましたが、紹介への同意（18歳未満などの方は保護者の同意も）がそろわなかったため、組み合わせの対象になりませんでした。")]  # fmt: skip
    if ranking is None:
        return [_("締切までに希望の順が出されなかったため、組み合わせの対象になりませんでした。")]
    if not ranking:
        return [_("希望した相手がどなたも組み合わせに加わらなかったため、組み合わせはありませんでした。")]
    places = sorted(at for code in partners if (at := place_of([list(g) for g in ranking], code)))
    seats = [_("最少人数を満たすために、受け入れの数が減らされたところもあります。")] if lowered else []
    if member.side == Side.LEFT:
        above = _(
            "それより上の希望先は、その希望先がより望む方（同じくらいの方は抽選の順）で埋まったか、あなたを希望していませんでした。"
        )
        none = _(
            "希望した先はどれも、その希望先がより望む方（同じくらいの方は抽選の順）で埋まったか、あなたを希望していませんでした。"
        )
    else:
        above = _("それより上の方は、その方がより望むところと組になったか、こちらを希望していませんでした。")
        none = _(
            "希望した方はどなたも、その方がより望むところと組になったか、こちらを希望していませんでした。"
        )
    if not places:
        return [none, *seats]
    told = format_lazy(
        _("希望の順で{places}番目の相手と組になりました。"), places="・".join(map(str, places))
    )
    unmet_above = any(code not in partners for group in list(ranking)[: max(places) - 1] for code in group)
    return [told, *([above, *seats] if unmet_above else [])]


def why_not_introduced(told: list[Any], *, met: int, agrees: bool) -> list[Any]:
    """What is said where a pair was drawn and no introduction came of it; `told`: why they were paired."""
    if not agrees:
        return [_("紹介への同意が取り消されているため、ご紹介できませんでした。")]
    gone = _(
        "組になった相手が、そのあとで取りやめたか同意を取り消したため、ご紹介できませんでした。くわしくは事務局へお問い合わせください。"
    )
    return [*told, gone] if met else [gone]
