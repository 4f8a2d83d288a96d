"""What is done to a call: a page that says what can no longer be changed, then one POST."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import announcing, calling
from sonjuku.rooms.calls import actions, queries
from sonjuku.rooms.calls.models import Call, SelectionRun
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.calls import free_code
from sonjuku.web.staff.inputs import DeskForm
from sonjuku.web.staff.rows import call_or_404


class Nothing(DeskForm):
    """Only the button."""


class Alternates(DeskForm):
    waitlist = forms.IntegerField(label=_("補欠の人数"), min_value=0, max_value=10_000, initial=0)


class Mode(DeskForm):
    mode = forms.ChoiceField(label=_("新しい開催方法"), choices=Call.Mode.choices, widget=forms.RadioSelect)
    venue = forms.CharField(
        label=_("会場"), max_length=140, required=False, help_text=_("空欄のときは、いまの会場のままです。")
    )
    webinar_url = forms.URLField(label=_("オンライン会場のアドレス"), required=False, assume_scheme="https")


@dataclass(frozen=True)
class Deed:
    """One action on a call: what the confirmation says, what it asks, and what runs."""

    title: Any
    text: Any
    button: Any
    run: Callable[[Actor, Call, dict[str, Any]], Any]
    done: Any
    consequences: tuple[Any, ...] = ()
    form: type[DeskForm] = Nothing
    permission: str = "calls.write"
    back: str = "staff:call"


def _run(call: Call) -> SelectionRun:
    run = queries.run_of(call)
    if run is None:
        raise Http404
    return run


def _clone(by: Actor, call: Call, data: dict[str, Any]) -> Call:
    return calling.clone(by=by, call=call, code=free_code(call.council, by, call.kind))


DEEDS: dict[str, Deed] = {
    "announce": Deed(
        _("予告を公開しますか"),
        _("公開のページに出ます。申込みはまだできません。受付の開始時刻になると、自動的に始まります。"),
        _("予告を公開する"),
        lambda by, call, data: actions.announce_call(by=by, call=call),
        _("予告を公開しました。"),
        (_("内容は、受付が始まるまで直せます。"),),
    ),
    "open": Deed(
        _("受付を始めますか"),
        _("公開のページから申し込めるようになります。"),
        _("受付を始める"),
        lambda by, call, data: calling.open_call(by=by, call=call),
        _("受付を始めました。"),
        (
            _("申込みの質問の文言は変えられなくなります。"),
            _("選び方・抽選に使う数・審査の項目は変えられなくなります。"),
            _("定員と枠、応募資格、締切は変えられなくなります。"),
            _("英語の名称・概要・会場の住所・問合せ先は、あとからも直せます。"),
        ),
    ),
    "close": Deed(
        _("受付を終えますか"),
        _("新しい申込みは受け付けなくなります。"),
        _("受付を終える"),
        lambda by, call, data: actions.close_call(by=by, call=call),
        _("受付を終えました。"),
        (_("一度終えた受付は、もう始められません。"),),
    ),
    "decide": Deed(
        _("審査の結果をまとめますか"),
        _("利害関係のない審査員の採点だけを数え、点の高い順に席を割り当てます。"),
        _("結果をまとめる"),
        lambda by, call, data: actions.decide_by_review(by=by, call=call, waitlist=data["waitlist"]),
        _("審査の結果をまとめました。結果はまだ、だれにも知らされていません。"),
        (_("このあとの採点は数えられません。"), _("やり直しはできません。")),
        form=Alternates,
        permission="selection.run",
        back="staff:selection",
    ),
    "announce_results": Deed(
        _("結果を発表しますか"),
        _("申込者のページに結果が出て、一人ひとりにお知らせが送られます。"),
        _("結果を発表する"),
        lambda by, call, data: announcing.announce(by=by, run=_run(call)),
        _("結果を発表しました。お知らせは順に送られます。"),
        (_("取り消しはできません。"), _("当選した人には、参加の確認の期限も知らせます。")),
        permission="selection.run",
        back="staff:selection",
    ),
    "finish": Deed(
        _("この募集を終了しますか"),
        _("参加の記録は残ります。"),
        _("終了する"),
        lambda by, call, data: calling.finish_call(by=by, call=call),
        _("募集を終了しました。"),
        (_("補欠・キャンセル待ちの人は選外になります。"), _("返事のないご案内は期限切れになります。"), _("取り消しはできません。")),
    ),
    "clone": Deed(
        _("来年度の下書きをつくりますか"),
        _("日付を一年後の同じ曜日に直して写します。もとの募集は変わりません。"),
        _("写しをつくる"),
        _clone,
        _("下書きをつくりました。抽選に使う数と決裁番号は、あらためて入力してください。"),
    ),
    "switch_mode": Deed(
        _("開催方法を切り替えますか"),
        _("参加者の席はそのままです。全員にお知らせが送られます。"),
        _("切り替えて知らせる"),
        lambda by, call, data: calling.switch_mode(
            by=by, call=call, mode=data["mode"], venue=data["venue"], webinar_url=data["webinar_url"]
        ),
        _("開催方法を切り替えました。お知らせは順に送られます。"),
        form=Mode,
    ),
}  # fmt: skip
RUNS_SELECTION = {name for name, deed in DEEDS.items() if deed.permission == "selection.run"}


def call_action(request: HttpRequest, slug: str, code: str, action: str) -> HttpResponse:
    """GET asks, POST does. Who may depends on the action."""
    view = _select if action in RUNS_SELECTION else _work
    return view(request, slug=slug, code=code, action=action)


call_action.permission = "calls.write or selection.run"  # type: ignore[attr-defined]
call_action.values = tuple(DEEDS)  # type: ignore[attr-defined]


def _act(request: HttpRequest, council: Council, code: str, action: str) -> HttpResponse:
    call = call_or_404(request, code)
    deed = DEEDS.get(action)
    if deed is None:
        raise Http404
    initial = {"mode": call.webinar_status} if action == "switch_mode" else None
    form = deed.form(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/call_action.html", {"call": call, "deed": deed, "form": form})
    try:
        outcome = deed.run(request.actor, call, form.cleaned_data)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, deed.back, council.slug, code)
    messages.success(request, deed.done)
    shown = outcome if action == "clone" else call
    return redirect(deed.back, council.slug, shown.code)


_work = staff("calls.write")(_act)
_select = staff("selection.run")(_act)
call_action.permission = "calls.write"  # type: ignore[attr-defined]
