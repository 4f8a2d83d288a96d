"""The public record of a draw: what was promised, what is fixed, and after the announcement all that repeats it."""

import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sonjuku.engines.selection.draw import list_bytes
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call, SelectionRun
from sonjuku.rooms.calls.rules import LATE_CLASS, freezes_from, named_classes, read_rules, reason_text
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.ids import normalise_code
from sonjuku.web.public import recompute
from sonjuku.web.public.pages import of_council
from sonjuku.web.public.proof_table import Line, Table, table_of
from sonjuku.web.templatetags.sonjuku_ui import tr

R = SelectionRun.State
PAGE = 100
REASONS = {
    "staff": gettext_lazy("事務局が資格を確かめて、対象外としたもの"),
    "other": gettext_lazy("そのほか（5人より少ない理由の合計）"),
}
TEXT = "text/plain; charset=utf-8"


class CodeForm(forms.Form):
    """A reader looks for their own number; the address carries it, nothing is kept."""

    code = forms.CharField(
        label=gettext_lazy("受付番号"),
        help_text=gettext_lazy("8文字の番号です。マイページとお知らせにあります。小文字でもかまいません。"),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
    )


@of_council
def proof(request: HttpRequest, council: Council, code: str) -> HttpResponse:
    """The record of the run of a call: a page, or `?format=json` (all of it), `rules` or `list` (the hashed texts)."""
    row = calls.call(council, code, request.actor)  # type: ignore[attr-defined]
    if row is None or not row.uses_draw:
        raise Http404
    run = calls.run_of(row, with_texts=True)
    if run is None:
        waiting = {"state": "prepared", "seed_source": row.seed_source, "seed_source_en": row.seed_source_en}
        return _answer(request, council, SelectionRun(council=council), waiting, [row])
    return _of_run(request, council, run)


@of_council
def selection(request: HttpRequest, council: Council, run_code: str) -> HttpResponse:
    """The same record at the run's own address, where also one stays readable that was declared void."""
    run = SelectionRun.objects.filter(council=council, code=run_code).first()
    if run is None:
        raise Http404
    return _of_run(request, council, run)


def _of_run(request: HttpRequest, council: Council, run: SelectionRun) -> HttpResponse:
    """404 for a run of which no call is public, and for a review's."""
    of_now = run
    while of_now.state == R.VOIDED and (after := calls.corrected_by(of_now)):
        of_now = after
    rows = calls.calls_visible_to(request.actor).filter(selection_run=of_now)  # type: ignore[attr-defined]
    visible = sorted(rows, key=lambda row: (row.run_ordinal, row.code))
    if not any(row.uses_draw for row in visible):
        raise Http404
    shown = calls.public_run(run)
    if not run.rules_at and "calls" in shown:  # a draft stays unseen until the rules name it
        known = {f"{council.slug}/{row.code}" for row in visible}
        shown["calls"] = [each for each in shown["calls"] if each["call"] in known]
    return _answer(request, council, run, shown, visible)


def _answer(
    request: HttpRequest, council: Council, run: SelectionRun, shown: dict[str, Any], visible: list[Call]
) -> HttpResponse:
    wanted = request.GET.get("format", "")
    if wanted == "json":
        return JsonResponse(shown, json_dumps_params={"ensure_ascii": False, "indent": 1})
    if wanted in ("rules", "list"):
        text = shown.get("rules", "") if wanted == "rules" else _list(shown)
        if not text:
            raise Http404
        return HttpResponse(text, content_type=TEXT)
    context = {
        "call": visible[0],
        "run": run,
        "proof": shown,
        "crumbs": _crumbs(council, visible),
        **_before(run, shown, visible),
        **_after(request, run, shown),
    }
    return render(request, "public/proof.html", context)


def _crumbs(council: Council, visible: list[Call]) -> list[dict[str, Any]]:
    found = [{"url": reverse("public:calls", args=[council.slug]), "label": _("募集")}]
    if len(visible) == 1:
        address = reverse("public:call", args=[council.slug, visible[0].code])
        found.append({"url": address, "label": tr(visible[0], "title")})
    return found


def _list(shown: Mapping[str, Any]) -> str:
    """The hashed text itself, "" before the announcement."""
    if "entries" in shown:
        return list_bytes([(code, priority) for code, priority in shown["entries"]]).decode()
    return str(shown.get("list", ""))


# What was promised


def _before(run: SelectionRun, shown: dict[str, Any], visible: list[Call]) -> dict[str, Any]:
    corrects = run.corrects
    return {
        "at": {key: datetime.fromisoformat(shown[key]) for key in _TIMES if shown.get(key)},
        "entry_count": shown.get("entry_count") or len(shown.get("entries", ())),
        "corrections": _dated(shown),
        "calls": _calls(shown, visible),
        "is_drand": run.seed_kind == SelectionRun.SeedKind.DRAND,
        "checked_until": _checked_until(run, visible),
        "steps": calls.timeline(visible[0], timezone.now()) if run.state in _UNDER_WAY else [],
        "before_it": {"code": corrects.code, "corrections": _dated_rows(corrects)} if corrects else None,
        **_rules(run),
    }


_TIMES = ("rules_at", "frozen_at", "draws_at", "drawn_at", "announced_at", "voided_at")
_UNDER_WAY = (R.PREPARED, R.PUBLISHED, R.FROZEN, R.DRAWN)


def _dated(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {**each, "at": datetime.fromisoformat(each["published_at"])} for each in shown.get("corrections", ())
    ]


def _dated_rows(run: SelectionRun) -> list[dict[str, Any]]:
    return [
        {"reason": each.reason, "reason_en": each.reason_en, "at": each.published_at}
        for each in run.corrections.all()
    ]


def _calls(shown: Mapping[str, Any], visible: list[Call]) -> list[dict[str, Any]]:
    """The run's calls by name; only those that are public have a page."""
    found = []
    urls = {row.code: reverse("public:call", args=[row.council.slug, row.code]) for row in visible}
    for each in shown.get("calls", ()):
        found.append({**each, "url": urls.get(each["call"].partition("/")[2], "")})
    named = [{"title": row.title, "title_en": row.title_en, "url": urls[row.code]} for row in visible]
    return found or named


def _checked_until(run: SelectionRun, visible: list[Call]) -> datetime | None:
    closes = [row.closes_at for row in visible if row.closes_at]
    return freezes_from(max(closes), run.check_days) if closes and run.check_days else None


def _rules(run: SelectionRun) -> dict[str, Any]:
    """`courses`: title, seats, and `kinds` of seats in the order in which they are dealt; nothing before they are public."""
    if not run.rules:
        return {"courses": []}
    method, rules = read_rules(run.rules)
    named = titles(run)
    found = [
        {
            "title": named(programme.code),
            "seats": sum(kind.size for kind in programme.seats),
            "kinds": [
                {"group": named(kind.group) if kind.group else None, "size": kind.size}
                for kind in programme.seats
            ],
        }
        for programme in rules.programmes
    ]
    return {
        "courses": found,
        "classes": _classes(run, named),
        "is_plain": method == "draw",
        "has_groups": any(kind["group"] for course in found for kind in course["kinds"]),
    }


def _classes(run: SelectionRun, named: Any) -> list[dict[str, Any]]:
    """The classes of each programme that has rules of priority; once where all have the same."""
    found = list(run.class_titles.items())
    is_one = len(found) == len([code for code in run.titles if code.startswith("p")]) and all(
        pairs == found[0][1] for _code, pairs in found
    )
    shown = found[:1] if is_one else found
    return [
        {"course": None if is_one else named(code), "lines": named_classes(pairs)} for code, pairs in shown
    ]


def titles(run: SelectionRun) -> Any:
    """Code in the published texts -> its title for `{% tr %}`; a code without one stands for itself."""

    def named(code: str) -> dict[str, str]:
        ja, en = run.titles.get(code, (code, code))
        return {"title": ja, "title_en": en}

    return named


# What came of it


def _after(request: HttpRequest, run: SelectionRun, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing before the announcement: `shown` has no codes until then."""
    table = table_of(shown)
    if table is None:
        return {"is_announced": False}
    page = Paginator(range(1, len(table) + 1), PAGE).get_page(request.GET.get("page"))
    seen = _Seen(run)
    lines = table.lines(page.start_index(), page.end_index()) if len(table) else []
    return {
        "is_announced": True,
        "is_first_format": "entries" in shown,
        "page_obj": page,
        "lines": [seen.told(line) for line in lines],
        "has_classes": table.has_classes,
        "has_units": table.has_units,
        "one_course": seen.one_course,
        "excluded": [
            (REASONS.get(kind) or reason_text(kind), number)
            for kind, number in shown.get("excluded", {}).items()
        ],
        "merged": shown.get("merged_classes", []),
        "late_class": LATE_CLASS,
        "recompute": recompute.part("?format=json"),
        "recipe": _first_recipe(shown) if "entries" in shown else recompute.recipe(shown),
        **_searched(request, run, table, seen),
    }


def _searched(request: HttpRequest, run: SelectionRun, table: Table, seen: "_Seen") -> dict[str, Any]:
    form = CodeForm(request.GET if "code" in request.GET else None, auto_id="own_%s")
    asked = normalise_code(form.cleaned_data["code"]) if form.is_bound and form.is_valid() else ""
    line = table.of(asked) if asked else None
    if asked and line is None:
        # Who applied to several calls of a run is known in it by the first of their numbers.
        own = Application.objects.filter(call__selection_run=run.pk, code=asked).values_list(
            "run_code", flat=True
        )
        line = table.of(own[0]) if own else None
    found = seen.told(line) if line else None
    if found:
        found["page"] = (found["line"].number - 1) // PAGE + 1
    return {"form": form, "asked": asked, "found": found, "total": len(table)}


class _Seen:
    """Lines as the page shows them."""

    def __init__(self, run: SelectionRun) -> None:
        self.named = titles(run)
        method, rules = read_rules(run.rules) if run.rules else ("draw", None)
        self.kinds = {p.code: [s.group for s in p.seats] for p in rules.programmes} if rules else {}
        self.one_course = method == "draw" or len(self.kinds) == 1

    def told(self, line: Line) -> dict[str, Any]:
        kinds = self.kinds.get(line.got, [])
        group = kinds[int(line.seat) - 1] if line.seat.isdigit() and int(line.seat) <= len(kinds) else ""
        return {
            "line": line,
            "got": self.named(line.got) if line.got else None,
            "held": self.named(group) if group else None,
            "released": line.seat == "released",
            "waiting": [(self.named(programme), place) for programme, place in line.waiting],
            "groups": [self.named(each) for each in line.groups],
            "wishes": [
                {"title": self.named(programme), "place": place, "is_got": programme == line.got}
                for programme, place in line.wishes
            ],
        }


def _first_recipe(shown: Mapping[str, Any]) -> str:
    """Shell commands that repeat a draw of the first format from list.txt with nothing but standard tools."""
    source = shlex.quote(f"{shown['list_hash']}:{shown['public_value']}")
    return "\n".join(
        [
            "sha256sum list.txt",
            f"printf '%s' {source} | sha256sum",
            f"seed={shlex.quote(shown['seed'])}",
            "while IFS=$'\\t' read -r code class; do",
            '  printf \'%s %s %s\\n\' "$class" "$(printf \'%s\' "$seed:$code" | sha256sum)" "$code"',
            "done < list.txt | LC_ALL=C sort -k1,1n -k2,2 | awk '{print NR, $4}'",
        ]
    )
