"""A run's time line and the one thing to do next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.calls.rules import freezes_from
from sonjuku.toolbox.dates import format_datetime
from sonjuku.web.staff.run_rows import Typed
from sonjuku.web.templatetags.sonjuku_ui import tr

R, C = SelectionRun.State, Call.State
NOT_OPEN = {C.DRAFT, C.ANNOUNCED}
TAKEN = {C.CLOSED, C.DECIDED, C.FINISHED}


@dataclass(frozen=True)
class Standing:
    """What the steps follow from. `doubles`: pairs that nobody has settled."""

    slug: str
    run: SelectionRun
    calls: list[Call]
    at: datetime
    doubles: int
    typed: Typed
    successor: SelectionRun | None = None

    def to(self, name: str, *more: str) -> str:
        return reverse(f"staff:{name}", args=[self.slug, self.run.code, *more])

    @property
    def is_closed(self) -> bool:
        return bool(self.calls) and all(call.state in TAKEN for call in self.calls)

    @property
    def freezes_from(self) -> datetime | None:
        closes = [call.closes_at for call in self.calls if call.closes_at]
        return freezes_from(max(closes), self.run.check_days) if closes else None

    @property
    def has_value(self) -> bool:
        """Whether the public value is there and the draw may be pressed."""
        if self.run.seed_kind == SelectionRun.SeedKind.DRAND:
            return self.run.beacon is not None
        return self.typed.is_ready


def said(at: datetime) -> str:
    return format_datetime(at, "en" if (get_language() or "ja").startswith("en") else "ja", year=True)


def steps_of(now: Standing) -> list[dict[str, Any]]:
    """Title, text and state done, now or next."""
    run, opens = now.run, now.freezes_from
    value = tr(run, "seed_source")
    check = (
        format_lazy(_("一覧は {at} から固定できます。"), at=said(opens))
        if opens and not run.frozen_at
        else ""
    )
    titles = [
        (
            _("規則を公開する"),
            _("受付の開始と同時に、席の数と使う数の決め方を公開します。"),
            bool(run.rules_at),
        ),
        (_("受付を終える"), _("締切の時刻に自動的に終わります。"), now.is_closed or bool(run.frozen_at)),
        (_("資格を確認する"), check, bool(run.frozen_at)),
        (
            _("抽選番号の一覧を固定する"),
            _("一覧の要約値（ハッシュ）を公開し、掲示します。"),
            bool(run.frozen_at),
        ),
        (_("公表された数で抽選する"), value, bool(run.drawn_at)),
        (_("結果を確かめて発表する"), _("一人ひとりにお知らせが届きます。"), bool(run.announced_at)),
    ]
    first = next((at for at, (_title, _text, done) in enumerate(titles) if not done), None)
    if run.state == R.VOIDED:
        first = None
    return [
        {"title": title, "text": text, "state": "done" if done else "now" if at == first else "next"}
        for at, (title, text, done) in enumerate(titles)
    ]


def next_step(now: Standing) -> dict[str, Any] | None:
    """As parts/next_step.html takes it; None when nothing is left to do."""
    return NEXT[R(now.run.state)](now)


def _open(now: Standing) -> dict[str, Any]:
    if not now.calls:
        return {
            "title": _("一緒に選ぶ募集を決める"), "text": _("受付を始める前の募集から選びます。"),
            "url": now.to("run_change"), "label": _("募集を選ぶ"),
        }  # fmt: skip
    if now.is_closed:  # begun before runs had rules: the freeze publishes them
        return _check(now)
    call = next((call for call in now.calls if call.state in NOT_OPEN), now.calls[0])
    return {
        "title": _("受付の開始を待っています"),
        "text": _("受付を始めると、規則が公開されます。そのあとは、席の数も、抽選に使う数も変えられません。"),
        "url": reverse("staff:call", args=[now.slug, call.code]),
        "label": _("募集を開く"),
    }


def _check(now: Standing) -> dict[str, Any]:
    if not now.is_closed:
        closes = [call.closes_at for call in now.calls if call.closes_at]
        return {
            "title": _("締切を待っています"),
            "text": _("それまでに、申込みの内容と保護者の同意を確かめておきます。"),
            "due": max(closes) if closes else None,
        }
    if now.run.draws_at is not None and now.at >= now.run.draws_at:
        return {
            "title": _("公開の数が出る時刻を過ぎました"),
            "text": _("数が分かったあとに一覧を固定することはできません。理由を公開してこの選考を無効にし、これから公表される数でやり直してください。"),
            "url": now.to("run_action", "void"), "label": _("無効にしてやり直す"),
        }  # fmt: skip
    if now.doubles:
        return {
            "title": _("同じ方かもしれない申込みを確かめる"),
            "text": format_lazy(_("{number} 組あります。すべて確かめると、一覧を固定できます。"), number=now.doubles),
            "url": now.to("run_doubles"), "label": _("並べて確かめる"),
        }  # fmt: skip
    opens = now.freezes_from
    if opens is not None and now.at < opens:
        return {
            "title": _("資格確認の期間です"),
            "text": format_lazy(
                _("申込みの内容と保護者の同意を確かめておきます。一覧は {at} から固定できます。"),
                at=said(opens),
            ),
        }
    return {
        "title": _("抽選番号の一覧を固定する"),
        "text": _("資格と保護者の同意を確かめてから固定します。固定すると、申込みは加えられません。"),
        "url": now.to("run_action", "freeze"), "label": _("確認へ進む"),
    }  # fmt: skip


def _draw(now: Standing) -> dict[str, Any]:
    if now.has_value:
        return {
            "title": _("抽選する"), "text": _("公開の数がそろいました。抽選は一度だけです。"),
            "url": now.to("run_action", "draw"), "label": _("確認へ進む"),
        }  # fmt: skip
    value, seed = tr(now.run, "seed_source"), now.to("run_seed")
    if now.run.seed_kind == SelectionRun.SeedKind.DRAND:
        return {
            "title": _("公表された乱数を貼り付ける"),
            "text": value,
            "url": seed,
            "label": _("貼付けへ進む"),
        }
    if not now.typed.agree:
        title: Any = _("二人が入力した数が違います")
        text: Any = _("公表された数を見直して、入力し直してください。")
    elif now.typed.mine:
        title, text = (
            _("もう一人の入力を待っています"),
            _("別の担当者が、自分のアカウントで同じ数を入力します。"),
        )
    else:
        title, text = _("公表された数を、二人が別々に入力する"), value
    return {"title": title, "text": text, "url": seed, "label": _("数の入力へ進む")}


def _announce(now: Standing) -> dict[str, Any]:
    return {
        "title": _("結果を発表する"), "text": _("下の結果を確かめてから進みます。まだ、だれにも知らされていません。"),
        "url": now.to("run_action", "announce"), "label": _("確認へ進む"),
    }  # fmt: skip


def _nothing(now: Standing) -> None:
    return None


def _again(now: Standing) -> dict[str, Any] | None:
    if now.successor is None:
        return None
    return {
        "title": _("この選考は無効になりました"), "text": _("やり直しの選考で続けます。"),
        "url": reverse("staff:run", args=[now.slug, now.successor.code]), "label": _("やり直しの選考を開く"),
    }  # fmt: skip


NEXT: dict[SelectionRun.State, Callable[[Standing], dict[str, Any] | None]] = {
    R.PREPARED: _open,
    R.PUBLISHED: _check,
    R.FROZEN: _draw,
    R.DRAWN: _announce,
    R.ANNOUNCED: _nothing,
    R.VOIDED: _again,
}
