"""The public value of any published selection: typed by two accounts, or a drand beacon whose signature holds.

The selection is locked and frozen already: its own room sees to that, and journals what was done here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sonjuku.engines.selection.draw import seed_from
from sonjuku.protocols import drand
from sonjuku.rooms.calls.actions._shared import refuse_if
from sonjuku.rooms.calls.models import PublishedSelection
from sonjuku.rooms.journal.models import Actor
from sonjuku.toolbox.dates import format_datetime
from sonjuku.toolbox.refusals import Refused

Kind = PublishedSelection.SeedKind


def name_round(selection: PublishedSelection, draws_at: datetime) -> None:
    """Name the source: drand's first round at or after the time of the draw, in words."""
    selection.drand_round = drand.round_at(draws_at)
    comes_at = drand.time_of(selection.drand_round)
    at, at_en = format_datetime(comes_at, year=True), format_datetime(comes_at, "en", year=True)
    selection.seed_source = f"drand quicknet の第 {selection.drand_round} ラウンドの乱数（{at} に公表）"
    selection.seed_source_en = f"The randomness of round {selection.drand_round} of drand quicknet (published {at_en}, Japan time)"  # fmt: skip


def take_number(by: Actor, selection: PublishedSelection, value: str) -> Any:
    """The row of this account, to the letter but for spaces around the number; typed again it replaces the account's own.

    Refused: other_kind (a beacon is pasted), account_missing, bad_public_value.
    """
    _must_be(selection, Kind.NUMBER)
    refuse_if(
        by.account_id is None,
        "account_missing",
        _("だれが入力したかが分かりません。"),
        _("ログインしてから入力してください。"),
    )
    value = value.strip()
    _check_value(selection, value)
    row, _created = _typed(selection).update_or_create(
        account_id=by.account_id, defaults={"value": value, "typed_at": by.at}
    )
    return row


def take_beacon(selection: PublishedSelection, beacon: Mapping[str, Any]) -> None:
    """The beacon of the round that the rules name, {"round", "signature", "randomness"} (hex), verified offline and kept.

    Refused: other_kind, other_round, bad_beacon.
    """
    _must_be(selection, Kind.DRAND)
    number, signature, randomness = (beacon.get(key) for key in ("round", "signature", "randomness"))
    refuse_if(
        number != selection.drand_round,
        "other_round",
        format_lazy(_("これは第 {round} ラウンドの乱数ではありません。"), round=selection.drand_round),
        _("公開した規則に書かれたラウンドの乱数を貼り付けてください。"),
    )
    texts = [str(each).strip().lower() for each in (signature, randomness)]
    refuse_if(
        not drand.verify(selection.drand_round or 0, *texts),
        "bad_beacon",
        _("乱数の署名が正しくありません。"),
        _("drand のページから、もう一度そのまま写してください。"),
    )
    selection.beacon = {"round": number, "signature": texts[0], "randomness": texts[1]}
    selection.save(update_fields=["beacon"])


def public_value_of(selection: PublishedSelection) -> str:
    """What the draw is made with. Refused: numbers_missing (or no beacon yet), numbers_differ."""
    if selection.seed_kind == Kind.DRAND:
        refuse_if(
            not selection.beacon,
            "numbers_missing",
            _("乱数がまだ貼り付けられていません。"),
            _("規則に書かれたラウンドの乱数を貼り付けてください。"),
        )
        assert selection.beacon is not None
        return str(selection.beacon["randomness"])
    values = list(_typed(selection).filter(account__isnull=False).values_list("value", flat=True))
    refuse_if(
        len(values) < 2,
        "numbers_missing",
        _("公開の数は、二人が別々に入力します。まだそろっていません。"),
        _("もう一人の担当者に入力を頼んでください。"),
    )
    refuse_if(
        len(set(values)) > 1,
        "numbers_differ",
        _("二人が入力した数が違います。"),
        _("公表された数を見直して、違っていた方が入力し直してください。"),
    )
    return str(values[0])


def _typed(selection: PublishedSelection) -> Any:
    """Rows of a TypedValue, under the name that every selection gives them."""
    return selection.typed_numbers  # type: ignore[attr-defined]


def _check_value(selection: PublishedSelection, value: str) -> None:
    """The engine says what may be a public value."""
    try:
        if len(value) > 200:
            raise ValueError("too_long")
        seed_from(selection.list_hash, value)
    except ValueError:
        raise Refused(
            "bad_public_value",
            _("公開の数は、半角の英数字と記号で入力してください。"),
            _("公表された数を、そのままの形で入力してください。"),
        ) from None


def _must_be(selection: PublishedSelection, kind: str) -> None:
    refuse_if(
        selection.seed_kind != kind,
        "other_kind",
        _("この選考の公開の数は、この形では入力できません。"),
        _("公開した規則に書かれた数を使ってください。"),
    )
