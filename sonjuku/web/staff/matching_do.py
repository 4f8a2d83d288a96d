"""What is done to a matching event: a page that says what can no longer be changed, then one POST."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import introducing
from sonjuku.protocols.drand import read
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.matching import actions
from sonjuku.rooms.matching.models import MatchingEvent
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.matching import event_or_404
from sonjuku.web.staff.matching_inputs import BeaconText, Number, Void
from sonjuku.web.staff.run_inputs import Reason


@dataclass(frozen=True)
class Deed:
    """One action on an event: what the confirmation says, what it asks, and what runs."""

    title: Any
    text: Any
    button: Any
    run: Callable[[Actor, MatchingEvent, dict[str, Any]], Any]
    done: Any
    consequences: tuple[Any, ...] = ()
    form: type[DeskForm] = DeskForm
    tone: str = ""


def _put_beacon(by: Actor, event: MatchingEvent, data: dict[str, Any]) -> Any:
    try:
        found = read(data["beacon"])
    except ValueError:
        raise Refused(
            "bad_beacon",
            _("drand の乱数として読み取れませんでした。"),
            _("公表された JSON を、かっこも含めてそのまま貼り付けてください。"),
        ) from None
    beacon = {"round": found.round, "signature": found.signature, "randomness": found.randomness}
    return actions.put_beacon(by=by, event=event, beacon=beacon)


DEEDS: dict[str, Deed] = {
    "open": Deed(
        _("規則を公開しますか"), _("参加者全員に、希望の順を出すお願いが届きます。"), _("規則を公開する"),
        lambda by, event, data: introducing.open_event(by=by, event=event),
        _("規則を公開しました。お願いは順に送られます。"),
        (
            _("参加者と、受け入れの最大・最少の人数は変えられなくなります（取りやめはできます）。"),
            _("最少の人数を決めた受け入れ先があるときは、正直な順がいちばんよいとは言えなくなり、参加者の画面にもそう出ます。"),
            _("締切・使う公開の数・相手の数の上限は変えられなくなります。"),
        ),
    ),
    "remind": Deed(
        _("まだの人に、お願いを送りますか"), _("希望の順を出していない人だけに届きます。同じ人には一日に一度だけ送れます。"), _("お願いを送る"),
        lambda by, event, data: introducing.remind(by=by, event=event), _("お願いを送ります。"),
    ),
    "freeze": Deed(
        _("一覧を固定しますか"), _("希望の順を出した人の一覧を固定し、その要約値（ハッシュ）を公開します。順番の中身は、発表まで公開されません。"),
        _("一覧を固定する"), lambda by, event, data: actions.freeze(by=by, event=event),
        _("一覧を固定しました。公開の数が出るのを待ちます。"),
        (
            _("下書きのままの人と、紹介への同意を取り消した人は、組み合わせの対象になりません。"),
            _("取り消しはできません。"),
        ),
    ),
    "number": Deed(
        _("公表された数を入力する"), _("二人が別々に入力し、同じだったときだけ先へ進めます。間違えたら、もう一度入力できます。"), _("この数を入力する"),
        lambda by, event, data: actions.type_number(by=by, event=event, value=data["value"]),
        _("数を受け取りました。"), form=Number,
    ),
    "beacon": Deed(
        _("drand の乱数を貼り付ける"), _("回の番号と署名を確かめてから受け取ります。"), _("確かめて受け取る"),
        _put_beacon, _("乱数を受け取りました。"), form=BeaconText,
    ),
    "draw": Deed(
        _("組み合わせを計算しますか"), _("固定した一覧と、公表された数だけで決まります。だれが計算しても同じ結果になります。"), _("計算する"),
        lambda by, event, data: actions.draw(by=by, event=event),
        _("組み合わせが決まりました。まだ、だれにも知らされていません。"),
        (_("計算は一度だけです。やり直せません。"), _("別の計算で、不公平がないことも確かめます。")),
    ),
    "announce": Deed(
        _("結果を発表しますか"), _("双方に、相手の名前と連絡先をお知らせします。"), _("結果を発表する"),
        lambda by, event, data: introducing.announce(by=by, event=event),
        _("結果を発表しました。お知らせは順に送られます。"),
        (
            _("受付番号だけの記録が公開され、だれでも計算し直せます。"),
            _("団体に渡した氏名と連絡先は、渡した記録に残ります。"),
            _("取り消しはできません。"),
        ),
    ),
    "void": Deed(
        _("このマッチングを無効にして、やり直しますか"), _("理由は公開の記録に残り、参加者全員にもお知らせします。参加者と、出された希望の順は、やり直しに引き継がれます。"),
        _("無効にする"), lambda by, event, data: introducing.void(by=by, event=event, **data), _("無効にし、やり直しのマッチングをつくりました。"),
        (
            _("固定した一覧も、組み合わせの結果も使われず、公開もされません。"),
            _("やり直しには、まだ公表されていない別の数を使います。"),
            _("取り消しはできません。"),
        ),
        form=Void, tone="bad",
    ),
    "correct": Deed(
        _("訂正の文を出す"), _("公開の記録に間違いがあったときに、何がどう違っていたかを並べて出します。"), _("訂正を公開する"),
        lambda by, event, data: actions.correct(by=by, event=event, **data), _("訂正を公開しました。"), (_("公開した訂正は消せません。"),), Reason,
    ),
}  # fmt: skip


@staff("selection.run")
def event_action(request: HttpRequest, council: Council, matching_id: uuid.UUID, action: str) -> HttpResponse:
    """GET asks, POST does; whether it may be done now is the action's to say."""
    row, deed = event_or_404(request, matching_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    form = deed.form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.values() if isinstance(form, Void) else form.cleaned_data
            outcome = deed.run(request.actor, row, data)  # type: ignore[attr-defined]
        except Refused as error:
            if not form.fields:
                return refused_back(request, error, "staff:matching", council.slug, row.id)
            form.refuse(error)
        else:
            messages.success(request, deed.done)
            return redirect("staff:matching", council.slug, outcome.id if action == "void" else row.id)
    return render(request, "staff/matching_action.html", {"row": row, "deed": deed, "form": form})


event_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
