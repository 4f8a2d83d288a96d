"""Letters at the desk: the outbox, one letter, the council's own wording."""

import uuid

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as now

from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.journal.actions import record_look
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters import actions, queries, rules, wording
from sonjuku.rooms.letters.models import Letter, LetterTemplate
from sonjuku.rooms.participation import queries as participation
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.people.rules import may
from sonjuku.toolbox.refusals import Refused
from sonjuku.web.actors import staff
from sonjuku.web.errors import refused_back
from sonjuku.web.staff.letter_inputs import LANGUAGES, MEANINGS, LetterFilter, Wording
from sonjuku.web.staff.rows import one_or_404, page_of, working_calls


def letters_of(actor: Actor) -> QuerySet[Letter]:
    """Letters about rows that this actor's body sees, and those about no person (a role, the council itself)."""
    applications = calls.applications_visible_to(actor).order_by().values("id")
    rows = queries.visible_to(actor, about_ids=applications)
    seen = (
        Q(about_id__in=applications)
        | Q(about_id__in=working_calls(actor).order_by().values("id"))
        | Q(about_id__in=participation.participations_visible_to(actor).order_by().values("id"))
        | Q(about_id__in=participation.obligations_visible_to(actor).order_by().values("id"))
        | Q(about_id__in=people.requests_visible_to(actor).order_by().values("id"))
    )
    return rows.filter(seen | Q(person__isnull=True, about_id__isnull=True) | Q(kind="role_granted"))


@staff("letters.read")
def letter_list(request: HttpRequest, council: Council) -> HttpResponse:
    form = LetterFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    everything = letters_of(request.actor)  # type: ignore[attr-defined]
    rows = everything
    for name in ("state", "kind", "mailing"):
        if data.get(name):
            rows = rows.filter(**{name: data[name]})
    if data.get("q"):
        rows = rows.filter(Q(to_address__icontains=data["q"]) | Q(subject__icontains=data["q"]))
    numbers = dict(everything.order_by().values_list("state").annotate(number=Count("id")))
    page = page_of(request, rows.select_related("person").order_by("-created_at", "-id"))
    context = {
        "filter": form, "page_obj": page, "labels": rules.KINDS,
        "failed": numbers.get(Letter.State.FAILED, 0), "held": numbers.get(Letter.State.HELD, 0),
        "bounced": numbers.get(Letter.State.BOUNCED, 0),
    }  # fmt: skip
    for letter in page.object_list:
        letter.kind_label = rules.KINDS[letter.kind].label if letter.kind in rules.KINDS else letter.kind
    return render(request, "staff/letters.html", context)


@staff("letters.read")
def letter(request: HttpRequest, council: Council, letter_id: uuid.UUID) -> HttpResponse:
    rows = letters_of(request.actor).select_related("person", "short_code", "mailing")  # type: ignore[attr-defined]
    row: Letter = one_or_404(rows, pk=letter_id)
    if row.person_id:
        record_look(by=request.actor, verb="letter.viewed", subject=row, for_person_id=row.person_id)  # type: ignore[attr-defined]
    seen = calls.applications_visible_to(request.actor)  # type: ignore[attr-defined]
    application = seen.filter(pk=row.about_id).first() if row.about_id else None
    kind = rules.KINDS[row.kind].label if row.kind in rules.KINDS else row.kind
    context = {
        "letter": row,
        "application": application,
        "kind": kind,
        "may_resend": row.state in actions.SEND_AGAIN and may(request.actor.role, "letters.write"),  # type: ignore[attr-defined]
        "why": rules.why_undelivered(row.problem),
    }
    template = "staff/letter_print.html" if "print" in request.GET else "staff/letter.html"
    return render(request, template, context)


@staff("letters.write")
def letter_again(request: HttpRequest, council: Council) -> HttpResponse:
    """POST: put one failed letter (`letter`), or all failed ones, back into the queue."""
    if request.method != "POST":
        return redirect("staff:letters", council.slug)
    rows = letters_of(request.actor)  # type: ignore[attr-defined]
    if request.POST.get("letter"):
        chosen = [one_or_404(rows, pk=request.POST["letter"])]
    else:
        chosen = list(rows.filter(state=Letter.State.FAILED)[:500])
    try:
        for row in chosen:
            actions.send_again(by=request.actor, letter=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:letters", council.slug)
    messages.success(request, now("%(number)s 件をもう一度送ります。") % {"number": len(chosen)})
    return redirect("staff:letters", council.slug)


@staff("letters.write")
def letter_handed(request: HttpRequest, council: Council) -> HttpResponse:
    """POST: one letter (`letter`) was delivered by staff, on paper or by phone."""
    if request.method != "POST":
        return redirect("staff:letters", council.slug)
    row: Letter = one_or_404(letters_of(request.actor), pk=request.POST.get("letter", ""))  # type: ignore[attr-defined]
    try:
        actions.mark_handed(by=request.actor, letter=row)  # type: ignore[attr-defined]
    except Refused as error:
        return refused_back(request, error, "staff:letter", council.slug, row.pk)
    messages.success(request, now("届けたことを記録しました。"))
    return redirect("staff:letter", council.slug, row.pk)


@staff("council.write")
def wording_list(request: HttpRequest, council: Council) -> HttpResponse:
    own = {(row.kind, row.language) for row in LetterTemplate.objects.filter(council=council)}
    rows = [
        {
            "kind": key,
            "label": kind.label,
            "languages": [(code, name, (key, code) in own) for code, name in LANGUAGES],
        }
        for key, kind in rules.KINDS.items()
    ]
    return render(request, "staff/wordings.html", {"rows": rows})


@staff("council.write")
def wording_edit(request: HttpRequest, council: Council, kind: str, language: str) -> HttpResponse:
    if kind not in rules.KINDS or language not in dict(LANGUAGES):
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own = queries.own_wording(kind, council, language)
    names = [(name, MEANINGS[name]) for name in rules.names_of(kind)]
    sample = {name: f"‹{meaning}›" for name, meaning in names}
    house = wording.compose(kind, sample, council=council, language=language)
    initial = {"subject": own.subject, "body": own.body} if own else {}
    form = Wording(request.POST or None, initial=initial)
    try:
        if request.method == "POST" and "drop" in request.POST:
            if own:
                actions.drop_wording(by=actor, template=own)
            return redirect("staff:wordings", council.slug)
        if request.method == "POST" and form.is_valid():
            actions.save_wording(by=actor, council=council, kind=kind, language=language, **form.cleaned_data)  # type: ignore[attr-defined]
            messages.success(request, now("文例を保存しました。これから送るお知らせに使います。"))
            return redirect("staff:wordings", council.slug)
    except Refused as error:
        form.refuse(error)
    context = {
        "form": form, "own": own, "house": house, "kind": rules.KINDS[kind].label, "language": dict(LANGUAGES)[language],
        "names": names, "is_english": language == "en",
    }  # fmt: skip
    return render(request, "staff/wording.html", context)
