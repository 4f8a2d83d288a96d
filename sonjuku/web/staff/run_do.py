"""What is done to a selection run: a page that says what can no longer be changed, then one press."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.flows import announcing
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls.models import SelectionRun
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.inputs import DeskForm, pick
from sonjuku.web.staff.run_inputs import BeaconForm, Nothing, NumberForm, PublicDraw, Reason, Void, Witnesses
from sonjuku.web.staff.run_rows import run_or_404, typed

R = SelectionRun.State


@dataclass(frozen=True)
class Deed:
    """One action on a run: what the confirmation says, what it asks, and what runs. Returns the run to show next."""

    title: Any
    text: Any
    button: Any
    run: Callable[[Actor, SelectionRun, Any], Any]
    done: Any
    consequences: tuple[Any, ...] = ()
    form: type[DeskForm] = Nothing
    tone: str = ""


def _void(by: Actor, run: SelectionRun, form: Void) -> SelectionRun:
    reasons = pick(form.cleaned_data, "reason", "reason_en")
    return actions.void(by=by, run=run, **reasons, **form.seeding())


DEEDS: dict[str, Deed] = {
    "freeze": Deed(
        _("抽選番号の一覧を固定しますか"),
        _("抽選に加わる抽選番号の一覧と、その要約値（ハッシュ）を公開します。"),
        _("一覧を固定する"),
        lambda by, run, form: announcing.freeze(by=by, run=run),
        _("一覧を固定しました。掲示する紙を印刷し、公開の数が出るのを待ちます。"),
        (
            _("紙の申込みも、これより後は加えられません。"),
            _("資格に当てはまらない申込みと、保護者の同意がない申込みは、募集要項のとおりに扱われます。"),
            _("取り消しはできません。誤りがあったときは、理由を公開して無効にします。"),
        ),
    ),
    "draw": Deed(
        _("抽選をしますか"),
        _("固定した一覧と、公表された数だけで結果が決まります。だれが計算しても同じ結果になります。"),
        _("抽選する"),
        lambda by, run, form: announcing.draw(by=by, run=run),
        _("抽選しました。結果はまだ、だれにも知らされていません。"),
        (_("抽選は一度だけです。やり直せません。"), _("使った数は、発表のときに公開されます。")),
    ),
    "announce": Deed(
        _("結果を発表しますか"),
        _("申込者のページに結果が出て、一人ひとりにお知らせが送られます。"),
        _("結果を発表する"),
        lambda by, run, form: announcing.announce(by=by, run=run),
        _("結果を発表しました。お知らせは順に送られます。"),
        (_("取り消しはできません。"), _("当選した人には、参加の確認の期限も知らせます。")),
    ),
    "void": Deed(
        _("この選考を無効にして、やり直しますか"),
        _("理由は公開のページに残ります。申込みはそのままで、新しい選考に移ります。"),
        _("無効にする"),
        _void,
        _("選考を無効にし、やり直しの選考をつくりました。"),
        (
            _("固定した一覧も、抽選の結果も使われなくなります。"),
            _("やり直しには、まだ公表されていない別の数を使います。"),
            _("取り消しはできません。"),
        ),
        form=Void,
        tone="bad",
    ),
    "correct": Deed(
        _("訂正を公開しますか"),
        _("公開のページに、日時と理由が残ります。結果そのものは変わりません。"),
        _("訂正を公開する"),
        lambda by, run, form: actions.correct(by=by, run=run, **form.cleaned_data),
        _("訂正を公開しました。"),
        (_("公開した訂正は消せません。"),),
        form=Reason,
    ),
}  # fmt: skip
# A second press of a button that did its work: not a mistake.
ALREADY = {
    "draw": {R.DRAWN, R.ANNOUNCED},
    "freeze": {R.FROZEN, R.DRAWN, R.ANNOUNCED},
    "announce": {R.ANNOUNCED},
}


@staff("selection.run")
def run_action(request: HttpRequest, council: Council, run_code: str, action: str) -> HttpResponse:
    """GET asks, POST does."""
    run = run_or_404(request, run_code)
    deed = DEEDS.get(action)
    if deed is None:
        raise Http404
    form = deed.form(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(
            request, "staff/run_action.html", {"run": run, "deed": deed, "form": form}, status=status
        )
    if run.state in ALREADY.get(action, ()):
        messages.info(request, now("もう済んでいます。何も変わっていません。"))
        return redirect("staff:run", council.slug, run.code)
    try:
        outcome = deed.run(request.actor, run, form)  # type: ignore[attr-defined]
    except Refused as error:
        if not form.fields:
            return refused_back(request, error, "staff:run", council.slug, run.code)
        form.refuse(error)
        return render(request, "staff/run_action.html", {"run": run, "deed": deed, "form": form}, status=422)
    messages.success(request, deed.done)
    return redirect("staff:run", council.slug, outcome.code if action == "void" else run.code)


run_action.values = tuple(DEEDS)  # type: ignore[attr-defined]


# The public value


@staff("selection.run")
def run_seed(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """Two people type the same number, or a beacon is pasted; nobody sees what the other has typed."""
    run = run_or_404(request, run_code)
    is_drand = run.seed_kind == SelectionRun.SeedKind.DRAND
    form = (BeaconForm if is_drand else NumberForm)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _take(request, run, form)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("staff:run_seed", council.slug, run.code)
    context = {
        "run": run, "form": form, "is_drand": is_drand, "may_type": run.state == R.FROZEN,
        "typed": typed(run, request.actor.account_id),  # type: ignore[attr-defined]
        "typists": run.typed_numbers.filter(account__isnull=False).select_related("account").order_by("typed_at"),
    }  # fmt: skip
    return render(request, "staff/run_seed.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, run: SelectionRun, form: Any) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if run.seed_kind == SelectionRun.SeedKind.DRAND:
        actions.put_beacon(by=actor, run=run, beacon=form.cleaned_data["beacon"])
        messages.success(request, now("乱数を受け取り、署名が正しいことを確かめました。"))
        return
    actions.type_number(by=actor, run=run, value=form.cleaned_data["value"])
    state = typed(run, actor.account_id)
    if state.is_ready:
        messages.success(request, now("二人の数がそろいました。"))
    elif state.number < 2:
        messages.success(request, now("数を受け取りました。もう一人が入力すると、抽選できます。"))
    else:
        messages.error(
            request, now("二人が入力した数が違います。公表された数を見直して、入力し直してください。")
        )


@staff("selection.run")
def run_witnesses(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """公開抽選: whether, where, and who watches; all of it is public."""
    run = run_or_404(request, run_code)
    initial = list(run.witnesses.values("name", "affiliation"))
    places = {name: getattr(run, name) for name in PublicDraw.base_fields}
    form = PublicDraw(request.POST or None, initial=places)
    rows = Witnesses(request.POST or None, initial=initial, prefix="row")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        try:
            _keep_public_draw(request.actor, run, form.cleaned_data, rows)  # type: ignore[attr-defined]
        except Refused as error:
            return refused_back(request, error, "staff:run", council.slug, run.code)
        messages.success(request, now("公開抽選の場所と立会人を保存しました。"))
        return redirect("staff:run", council.slug, run.code)
    return render(request, "staff/run_witnesses.html", {"run": run, "form": form, "rows": rows})


def _keep_public_draw(by: Actor, run: SelectionRun, data: dict[str, Any], rows: Any) -> None:
    given = [(row.cleaned_data.get("name", ""), row.cleaned_data.get("affiliation", "")) for row in rows]
    with transaction.atomic():
        actions.set_public_draw(
            by=by,
            run=run,
            is_public_draw=data["is_public_draw"],
            place=data["draw_place"],
            place_en=data["draw_place_en"],
        )
        actions.set_witnesses(by=by, run=run, witnesses=given)
