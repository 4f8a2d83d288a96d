"""Certificates of others at the desk: who waits, the check by one or two, what is laid on them."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sonjuku.flows import certifying
from sonjuku.rooms.credentials.models import Endorsement, OutsideCertificate
from sonjuku.rooms.credentials.queries import outside
from sonjuku.rooms.credentials.rules.outside import (
    carries,
    certificate_may_move,
    endorsement_may_move,
    needs_second_pair,
)
from sonjuku.rooms.journal.actions import record_look
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.dates import day_of
from sonjuku.web.actors import staff
from sonjuku.web.staff.proof_deeds import Deed, Reason, carry_out
from sonjuku.web.staff.rows import one_or_404, page_of

C, E = OutsideCertificate.State, Endorsement.State


@staff("applications.write")
def certificate_list(request: HttpRequest, council: Council) -> HttpResponse:
    """Those that wait come first; `?show=` one state, `asked` those that wait for 認定証."""
    chosen = request.GET.get("show", "")
    everything = outside.certificates_visible_to(request.actor)  # type: ignore[attr-defined]
    kinds: list[tuple[str, Any, Any]] = [
        ("", _("すべて"), everything),
        (C.CLAIMED, pgettext_lazy("証明書", "確認待ち"), everything.filter(state=C.CLAIMED)),
        ("asked", _("認定証の申込み"), everything.filter(endorsement__state=E.ASKED)),
        (C.CHECKED, _("確認済み"), everything.filter(state=C.CHECKED)),
    ]
    filters = [
        {"key": key, "label": label, "number": rows.count(), "current": key == chosen}
        for key, label, rows in kinds
    ]
    shown = next((rows for key, _label, rows in kinds if key == chosen), everything)
    page = page_of(request, shown.order_by("-created_at", "-id"))
    context = {"page_obj": page, "filters": filters, "is_narrowed": bool(chosen)}
    return render(request, "staff/certificates.html", context)


def _one(request: HttpRequest, certificate_id: uuid.UUID) -> OutsideCertificate:
    row: OutsideCertificate = one_or_404(
        outside.certificates_visible_to(request.actor),  # type: ignore[attr-defined]
        pk=certificate_id,
    )
    return row


@staff("applications.write")
def certificate(request: HttpRequest, council: Council, certificate_id: uuid.UUID) -> HttpResponse:
    row = _one(request, certificate_id)
    actor = request.actor  # type: ignore[attr-defined]
    record_look(by=actor, verb="certificate.viewed", subject=row, for_person_id=row.person_id)
    _standing, report = outside.look_at(row, actor.at)
    laid = getattr(row, "endorsement", None)
    context = {
        "row": row, "laid": laid, "report": report, "twice": outside.same_elsewhere(row),
        "second": needs_second_pair(row) and row.first_by_id is not None,
        "mine": row.first_by_id is not None and row.first_by_id == actor.account_id,
        "may_check": certificate_may_move(row.state, C.CHECKED), "may_revoke": certificate_may_move(row.state, C.REVOKED),
        "may_endorse": laid is not None and endorsement_may_move(laid.state, E.ISSUED),
        "may_take_back": laid is not None and endorsement_may_move(laid.state, E.REVOKED),
        "carries": carries(row, day_of(actor.at)) if laid and laid.credential else None,
    }  # fmt: skip
    return render(request, "staff/certificate.html", context)


def _laid(row: OutsideCertificate) -> Endorsement:
    laid: Endorsement | None = getattr(row, "endorsement", None)
    if laid is None:
        raise Http404
    return laid


DEEDS: dict[str, Deed] = {
    "check": Deed(
        _("確認済みにしますか"), _("届け出た内容とファイルが合い、発行者が出した本物だと確かめたときに進みます。"), _("確かめました"),
        lambda by, row, data: certifying.check_certificate(by=by, certificate=row), _("確認を記録しました。"),
        consequences=(_("紙の証明書は、別の担当者がもう一度確かめると、確認済みになります。"), _("確認済みになると、本人に知らせます。")),
    ),
    "refuse": Deed(
        _("認めませんか"), _("理由を、本人に知らせます。"), _("認めないことにする"),
        lambda by, row, data: certifying.refuse_certificate(by=by, certificate=row, **data), _("本人に知らせます。"), Reason,
    ),
    "revoke": Deed(
        _("取消しを記録しますか"), _("発行者が証明を取り消したときや、本物ではないと分かったときに使います。"), _("取消しを記録する"),
        lambda by, row, data: certifying.revoke_certificate(by=by, certificate=row, **data), _("取消しを記録しました。"), Reason,
        (_("重ねた認定証のページに、根拠がなくなったと出ます。"), _("この証明で受け取ったバッジは、なくなりません。")),
    ),
    "endorse": Deed(
        _("認定証を重ねますか"), _("協議会の鍵で署名した認定証を、本人に渡します。"), _("認定証を出す"),
        lambda by, row, data: certifying.endorse(by=by, endorsement=_laid(row)), _("認定証を出しました。"),
        consequences=(_("もとの証明を、もう一度確かめます。いま確かめられなければ、出せません。"), _("見せるかどうかは、本人が決めます。")),
    ),
    "decline": Deed(
        _("認定証を見送りますか"), _("理由を、本人に知らせます。本人は、もう一度申し込めます。"), _("見送る"),
        lambda by, row, data: certifying.refuse_endorsement(by=by, endorsement=_laid(row), **data), _("本人に知らせます。"), Reason,
    ),
    "take-back": Deed(
        _("認定証を取り消しますか"), _("認定証のページに、取り消したことと理由が出ます。"), _("認定証を取り消す"),
        lambda by, row, data: certifying.revoke_endorsement(by=by, endorsement=_laid(row), **data), _("認定証を取り消しました。"), Reason,
        (_("渡したファイルの署名は残りますが、確かめると、取り消したことが分かります。"),),
    ),
}  # fmt: skip


@staff("applications.write")
def certificate_action(
    request: HttpRequest, council: Council, certificate_id: uuid.UUID, action: str
) -> HttpResponse:
    row, deed = _one(request, certificate_id), DEEDS.get(action)
    if deed is None:
        raise Http404
    here = reverse("staff:certificate", args=[council.slug, row.id])
    crumbs = [
        (reverse("staff:certificates", args=[council.slug]), _("ほかで受けた証明")),
        (here, format_html('<span lang="ja">{}</span>', row.title)),
    ]
    back = ("staff:certificate", council.slug, row.id)
    return carry_out(request, deed, row, back=back, crumbs=crumbs, about=row.title)


certificate_action.values = tuple(DEEDS)  # type: ignore[attr-defined]
