"""A badge as anyone may see it, its files, and the page where anyone may check a badge."""

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from sonjuku.protocols.openbadges import reading
from sonjuku.rooms.credentials import queries, rules
from sonjuku.rooms.credentials.models import Award
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import badge_files, pictures
from sonjuku.web.errors import refusal
from sonjuku.web.templatetags.sonjuku_ui import jdatetime_full


class VerifyForm(forms.Form):
    """One of text (JSON or an address of this site) and file; the holder's address only to compare."""

    text = forms.CharField(
        label=gettext_lazy("証明の中身、またはこのサイトのバッジのアドレス"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("バッジの画像かファイル"),
        help_text=gettext_lazy("PNG・SVG・JSON、1 MBまで"),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.svg,.json,image/png,image/svg+xml"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("受け取った人のメールアドレス"),
        help_text=gettext_lazy("入れると、その人に発行されたものかも確かめます。保存はしません。"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> None:
        if not self.errors and not self.cleaned_data.get("text") and not self.files.get("file"):
            self.add_error(
                "text", _("確かめるものがまだありません。貼り付けるか、ファイルを選んでください。")
            )

    def brought(self) -> bytes:
        """What to check; of a file never more than the reader takes, plus the byte that shows it is too large."""
        file = self.cleaned_data.get("file")
        if not file:
            return str(self.cleaned_data["text"]).encode()
        too_large = file.size > reading.LARGEST_FILE
        return bytes(reading.LARGEST_FILE + 1) if too_large else file.read()


def verify(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST the report. Open to everyone; nothing that is brought here is kept."""
    form = (
        VerifyForm(request.POST or None, request.FILES or None) if request.method == "POST" else VerifyForm()
    )
    if not form.is_bound or not form.is_valid():
        return render(request, "public/verify.html", {"form": form})
    report = queries.verify(form.brought(), timezone.now(), form.cleaned_data["email"])
    readable = not (len(report.findings) == 1 and report.findings[0].name == "read")
    context = {"report": report, "readable": readable, "claims": _claims(report)}
    return render(request, "public/verify_result.html", context)


def _claims(report: rules.Report) -> list[dict[str, str]]:
    labels = {"title": _("名前"), "description": _("内容"), "issuer": _("発行者")}
    found = [(label, report.claims.get(name, "")) for name, label in labels.items()]
    rows = [{"label": label, "value": value, "lang": _language(value)} for label, value in found if value]
    if report.issued_at:
        rows.append({"label": _("発行日時"), "value": jdatetime_full(report.issued_at), "lang": ""})
    return rows


def _language(text: str) -> str:
    # Claims come without a language: kana and kanji begin above this sign.
    return "ja" if any(ord(sign) > 0x2E7F for sign in text) else "en"


def _award(request: HttpRequest, award_id: uuid.UUID) -> Award:
    award = queries.shown_award(award_id, request.actor)  # type: ignore[attr-defined]
    if award is None:
        raise Http404
    return award


@never_cache
@require_safe
def badge(request: HttpRequest, award_id: uuid.UUID) -> HttpResponse:
    award = _award(request, award_id)
    skills = award.achievement.skills.select_related("framework")
    address = request.build_absolute_uri(request.path)
    context = {
        "award": award,
        "skills": skills,
        "council": award.council,
        "address": address,
        "has_own_picture": pictures.is_own(award.achievement),
        "ways": badge_files.ways(award),
    }
    return render(request, "public/badge.html", context)


@never_cache
@require_safe
def badge_file(request: HttpRequest, award_id: uuid.UUID, kind: str) -> HttpResponse:
    """One of badge_files.WAYS, for whoever may see the badge."""
    award = _award(request, award_id)
    try:
        return badge_files.file(award, kind)
    except Refused as error:
        return refusal(request, error)


@require_safe
@cache_control(public=True, max_age=600)
def achievement_image(request: HttpRequest, achievement_id: uuid.UUID) -> HttpResponse:
    """What a badge of this kind looks like; it names no holder."""
    achievement = queries.achievement(achievement_id)
    if achievement is None:
        raise Http404
    response = HttpResponse(pictures.svg(achievement), content_type="image/svg+xml")
    # An uploaded drawing was cleaned; opened as a page of its own it still gets nothing to work with.
    response["Content-Security-Policy"] = "default-src 'none'; img-src data:; sandbox"
    return response
