"""書類と配布物: what can be printed from a call, what papers also say, and the paper that comes back."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from sonjuku.flows.papers import dispatch, sheets
from sonjuku.rooms.calls import paper_queries
from sonjuku.rooms.calls.actions import set_paper_terms
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.participation.actions import number_certificates
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people import rules as people_rules
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.staff.paper_inputs import TermsForm
from sonjuku.web.staff.rows import call_or_404


class Twin(NamedTuple):
    """One document of the index: what it is for, and where it is printed, edited or filled in."""

    title: Any
    text: Any
    links: list[tuple[str, Any]]


@staff("calls.read")
def index(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    completed = completed_places(request, call)
    context = {
        "call": call,
        "terms": paper_queries.paper_terms(call),
        "groups": [
            {"key": "out", "title": _("知らせる"), "twins": _to_tell(call)},
            {"key": "drafts", "title": _("決裁を受ける"), "twins": _to_decide(call)},
        ],
        "schools": dispatch.schools(call),
        "completed": len(completed),
        "unnumbered": sum(place.certificate_number is None for place in completed),
        "may_write": people_rules.may(request.actor.role, "calls.write"),  # type: ignore[attr-defined]
    }
    return render(request, "staff/papers.html", context)


def completed_places(request: HttpRequest, call: Call) -> list[Participation]:
    rows = participation.participations_visible_to(request.actor)  # type: ignore[attr-defined]
    return list(
        rows.filter(
            call=call,
            state=Participation.State.COMPLETED,
            capacity=Participation.Capacity.PARTICIPANT,
        )
    )


def _at(name: str, call: Call, *more: str) -> str:
    return reverse(f"staff:{name}", args=[call.council.slug, call.code, *more])


def _both(call: Call, section: str) -> list[tuple[str, Any]]:
    return [
        (_at("paper", call, section), _("印刷する")),
        (_at("paper_docx", call, section), _("Wordで直す（DOCX）")),
    ]


def _to_tell(call: Call) -> list[Twin]:
    return [
        Twin(_("募集要項"), _("募集の条件のすべて。窓口や送付に使います。"), _both(call, "guidelines")),
        Twin(
            _("チラシと裏面のFAX申込書"),
            _("A4の表と裏。裏の用紙には1枚ごとに番号とQRコードが付き、届いたら読み取って入力できます。"),
            [(_at("paper", call, "flyer"), _("印刷する"))],
        ),
        Twin(
            _("掲示（A4）"),
            _("公民館や学校に張る紙。QRコードと短い番号で、募集のページが開きます。"),
            [(_at("paper", call, "notice"), _("印刷する"))],
        ),
        Twin(
            _("広報紙の文"),
            _("決められた字数に収まる文を組み立てます。"),
            [(_at("bulletin", call), _("文をつくる"))],
        ),
        Twin(
            _("構成団体ごとのQRコード"),
            _("どの団体のお知らせから申込みが来たかを、名前なしで数えます。"),
            [(_at("referrals", call), _("QRコードと数を見る"))],
        ),
    ]


def _to_decide(call: Call) -> list[Twin]:
    return [
        Twin(_("起案：募集の開始"), _("募集要項が別紙に付きます。"), _both(call, "draft-open")),
        Twin(
            _("起案：参加者の決定"),
            _("受付番号と人数だけを載せます。名前を載せる版は、印刷のページで選べます。"),
            _both(call, "draft-decide"),
        ),
        Twin(_("起案：結果の発表"), _("発表の日と方法、公開するもの。"), _both(call, "draft-announce")),
        Twin(
            _("起案：外部への提供"),
            _("提供先・項目・同意した人数。同意のない人は含みません。"),
            _both(call, "draft-provide"),
        ),
    ]


@staff("calls.write")
def terms(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    form = TermsForm(request.POST or None, terms=paper_queries.paper_terms(call))
    if request.method == "POST" and form.is_valid():
        try:
            set_paper_terms(by=request.actor, call=call, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, now("書類に書くことを保存しました。"))
            return redirect("staff:papers", council.slug, call.code)
    return render(request, "staff/paper_terms.html", {"call": call, "form": form})


@staff("calls.write")
@require_POST
def number(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    call = call_or_404(request, code)
    made = number_certificates(by=request.actor, call=call)  # type: ignore[attr-defined]
    if made:
        messages.success(request, now("修了証 %(number)s 枚に番号を付けました。") % {"number": made})
    else:
        messages.info(request, now("新しく番号を付ける修了証はありません。"))
    return redirect("staff:papers", council.slug, call.code)


@staff("applications.write")
def open_sheet(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """A paper that came back: its entry page the first time, its record afterwards."""
    call = call_or_404(request, code)
    paper = sheets.read_code(request.GET.get("paper", ""))
    if not paper:
        messages.error(
            request, now("この番号の用紙は見つかりません。8文字の番号をもう一度お確かめください。")
        )
        return redirect("staff:papers", council.slug, call.code)
    application = sheets.application_of(call, paper)
    if application is None:
        return redirect(f"{_at('entry', call)}?paper={paper}")
    if application.code != paper:
        already_entered(request)
    return redirect("staff:application", council.slug, application.id)


def already_entered(request: HttpRequest) -> None:
    messages.info(
        request,
        now(
            "この用紙は入力済みです。コピーした用紙に別の方が書いているときは、「紙の申込みを入力する」から、番号なしで入力してください。"
        ),
    )
