"""What is shown and printed of a selection run: the notice, the screen of a public draw, the record, the phone sheet."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.calls.rules import named_classes, public_reasons, reason_text
from sonjuku.rooms.journal.actions import record_many
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.ids import normalise_code
from sonjuku.web.actors import staff
from sonjuku.web.addresses import path_of
from sonjuku.web.member import telling
from sonjuku.web.qr import qr_svg
from sonjuku.web.staff.journal import ACTING
from sonjuku.web.staff.run_inputs import PhoneCode
from sonjuku.web.staff.run_rows import applications, grouped, lines_of, named, run_or_404

R = SelectionRun.State
# A projector shows this many lines; everybody stands on the public page after the announcement.
ON_SCREEN = 400
FOUND = 20


def _english() -> bool:
    return (get_language() or "ja").startswith("en")


def _public_address(run: SelectionRun, run_calls: list[Call]) -> str:
    if not run_calls:
        return ""
    return f"{settings.SITE_URL}{path_of('public:proof', run_calls[0].council.slug, run_calls[0].code)}"


def _paper(run: SelectionRun) -> dict[str, Any]:
    """What every paper of the run says."""
    run_calls = calls.calls_of(run)
    address = _public_address(run, run_calls)
    return {
        "run": run,
        "calls": run_calls,
        "entry_count": calls.entry_count(run),
        "hashes": {"rules": grouped(run.rules_hash), "list": grouped(run.list_hash)},
        "witnesses": list(run.witnesses.all()),
        "address": address,
        "qr": mark_safe(qr_svg(address)) if address else "",
        "back_url": reverse("staff:run", args=[run.council.slug, run.code]),
    }


@staff("selection.run")
def run_notice(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """掲示 of the frozen list, for the board: numbers and hashes, nobody's name."""
    run = run_or_404(request, run_code)
    return render(request, "staff/run_notice.html", _paper(run))


@staff("selection.run")
def run_record(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """抽選記録 with lines to sign; names of witnesses only, the others by role."""
    run = run_or_404(request, run_code)
    shown = run.drawn_at is not None and run.state != R.VOIDED
    lines = lines_of(run) if shown else []
    titles = named(run, _english())
    context = {
        **_paper(run),
        "at": request.actor.at,  # type: ignore[attr-defined]
        "lines": [(line, titles.get(line.programme, line.programme)) for line in lines],
        "persons": sum(line.persons for line in lines),
        "placed": sum(line.persons for line in lines if line.programme),
        "waiting": sum(line.persons for line in lines if not line.programme),
        "excluded": [(_reason(kind), number) for kind, number in public_reasons(run.excluded).items()],
        "typists": _typists(run, council),
        "classes": _classes(run, titles),
        "corrections": run.corrections.all(),
        "is_sealed": run.announced_at is None,
    }
    return render(request, "staff/run_record.html", context)


REASONS = {
    "staff": _("事務局が資格を確かめて対象外としたもの"),
    "other": _("そのほか（5人より少ない理由の合計）"),
}


def _reason(kind: str) -> Any:
    return REASONS.get(kind) or reason_text(kind)


def _classes(run: SelectionRun, titles: dict[str, Any]) -> list[dict[str, Any]]:
    """The classes of each programme that has any; its title where there are several."""
    has_late = any(call.consent_late == Call.ConsentLate.LOWEST for call in calls.calls_of(run))
    many = sum(code.startswith("p") for code in run.titles) > 1
    return [
        {"course": titles.get(code, code) if many else "", "lines": named_classes(pairs, has_late=has_late)}
        for code, pairs in run.class_titles.items()
    ]


def _typists(run: SelectionRun, council: Council) -> list[Any]:
    """Who gave the public value and when: the role, never the account."""
    rows = Entry.objects.filter(council_id=council.id, subject_id=run.pk, verb="selection.number_typed")
    return [(entry.at, ACTING.get(entry.actor_role, entry.actor_role)) for entry in rows.order_by("at")]


@staff("selection.run")
def run_screen(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """公開抽選: what a projector shows; codes only, nobody's name."""
    run = run_or_404(request, run_code)
    drawn = run.drawn_at is not None and run.state != R.VOIDED
    lines, titles = (lines_of(run), named(run, _english())) if drawn else ([], {})
    context = {
        **_paper(run),
        "lines": [(line, titles.get(line.programme, line.programme)) for line in lines[:ON_SCREEN]],
        "more": max(len(lines) - ON_SCREEN, 0),
        "drawn": drawn,
        "one_course": sum(code.startswith("p") for code in titles) < 2,
    }
    return render(request, "staff/run_screen.html", context)


# The telephone


@staff("selection.run")
def run_phone(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """電話応対票: the result of one code in sentences to read aloud. Nothing is looked up before the announcement."""
    run = run_or_404(request, run_code)
    run_calls = calls.calls_of(run)
    is_told = run.state == R.ANNOUNCED
    form = PhoneCode(request.POST if request.method == "POST" and is_told else None)
    answers: list[dict[str, Any]] | None = None
    if request.method == "POST" and is_told and form.is_valid():
        answers = _answers(request, run, normalise_code(form.cleaned_data["code"]))
    context = {
        "run": run, "calls": run_calls, "form": form, "is_told": is_told, "answers": answers,
        "result_on": max((call.result_on for call in run_calls if call.result_on), default=None),
        "back_url": reverse("staff:run_phone", args=[council.slug, run.code]),
    }  # fmt: skip
    template = "staff/run_phone_sheet.html" if answers and "sheet" in request.POST else "staff/run_phone.html"
    return render(request, template, context)


def _answers(request: HttpRequest, run: SelectionRun, code: str) -> list[dict[str, Any]]:
    """The applications of this code in the run, best wish first; each look is journaled."""
    rows = applications(request, run)
    found = rows.filter(run_code=code) | rows.filter(code=code)
    shown = list(
        found.select_related("call__council", "person", "seat_pool").order_by("wish_rank", "submitted_at")[
            :FOUND
        ]
    )
    record_many(by=request.actor, verb="application.viewed", subjects=shown)  # type: ignore[attr-defined]
    return [_answer(row) for row in shown]


def _answer(row: Application) -> dict[str, Any]:
    places = calls.waiting_places(row)
    with translation.override("ja"):
        said = telling.standing(row, None, places)
        ja = {
            "title": str(said.title),
            "text": str(said.text),
            "reasons": [str(each) for each in said.reasons],
        }
    with translation.override("en"):
        said = telling.standing(row, None, places)
        en = {
            "title": str(said.title),
            "text": str(said.text),
            "reasons": [str(each) for each in said.reasons],
        }
    return {
        "row": row, "call": row.call, "ja": ja, "en": en,
        "why_ja": calls.explanation(row, "ja"), "why_en": calls.explanation(row, "en"),
    }  # fmt: skip
