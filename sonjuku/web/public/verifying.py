"""The page where anyone may check anything: paste it, choose its file or photo, read what holds and what doesn't."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from sonjuku.flows import verifying
from sonjuku.rooms.credentials.rules import Report
from sonjuku.rooms.credentials.rules.verification import REVOCATION
from sonjuku.toolbox import qr_reading
from sonjuku.web.api import limits
from sonjuku.web.templatetags.sonjuku_ui import jdatetime_full

ACCEPTED = (
    ".png,.svg,.json,.jwt,.jpg,.jpeg,.webp,image/png,image/svg+xml,image/jpeg,image/webp,application/json"
)


class VerifyForm(forms.Form):
    """Text, or a file, or both where one is laid on the other; the holder's address only to compare."""

    file = forms.FileField(
        label=gettext_lazy("バッジの画像・ファイル、またはQRコードの写真"),
        help_text=gettext_lazy(
            "PNG・SVG・JSON・JWTのファイル（1 MBまで）か、QRコードが写った画像（10 MBまで）"
        ),
        required=False,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    text = forms.CharField(
        label=gettext_lazy("証明の中身（JSON・JWT）、またはアドレス"),
        help_text=gettext_lazy(
            "ファイルと両方入れると、2つの証明として読みます（証明と、それに重ねた認定のとき）。"
        ),
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}
        ),
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

    def brought(self) -> list[bytes]:
        """What to check, one thing or two."""
        file, text = self.cleaned_data.get("file"), str(self.cleaned_data["text"]).encode()
        return [*([content(file)] if file else []), *([text] if text else [])]


def content(file: Any) -> bytes:
    """An uploaded file; of one that is too large its beginning, at a size that tells so."""
    most = min(qr_reading.LARGEST_PICTURE, settings.UPLOAD_MAX_BYTES)
    if file.size <= most:
        return bytes(file.read())
    return bytes(file.read(16)).ljust(qr_reading.LARGEST_PICTURE + 1, b"\0")


@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST the report. Open to everyone; nothing that is brought here is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    can_fetch = settings.FETCH == "https"
    if not form.is_bound or not form.is_valid():
        return render(request, "public/verify.html", {"form": form, "can_fetch": can_fetch})
    if wait := limits.seconds_to_verify(request):
        said = _("短い時間に多く確かめたため、止めました。%(seconds)s 秒待ってから、もう一度押してください。")
        form.add_error(None, said % {"seconds": wait})
        return render(request, "public/verify.html", {"form": form, "can_fetch": can_fetch}, status=429)
    data, *beside = form.brought()
    report = verifying.verify(data, timezone.now(), form.cleaned_data["email"], beside[0] if beside else b"")
    layers = [{"layer": layer, "shown": _shown(layer.report)} for layer in report.layers]
    return render(
        request, "public/verify_result.html", {"report": report, "shown": _shown(report), "layers": layers}
    )


def _shown(report: Report) -> dict[str, Any]:
    """A report in the order of the page: its own words, what was looked at, what could not be."""
    found = report.findings
    status = {one.result for one in found if one.name == "status"}
    return {
        "claims": _claims(report),
        "checked": [one for one in found if one.result != "unknown"],
        "open": [one for one in found if one.result == "unknown"],
        # Where the status is among what could not be told, it has said so itself.
        "unasked": [
            one for one in report.not_checked if one is not REVOCATION or status.isdisjoint({"unknown"})
        ],
    }


def _claims(report: Report) -> list[dict[str, str]]:
    labels = {
        "title": _("名前"), "description": _("内容"), "issuer": _("発行者の名前"), "target": _("認定の対象"),
    }  # fmt: skip
    found = [(label, report.claims.get(name, "")) for name, label in labels.items()]
    rows = [{"label": label, "value": value, "lang": _language(value)} for label, value in found if value]
    if report.issued_at:
        rows.append({"label": _("発行日時"), "value": jdatetime_full(report.issued_at), "lang": ""})
    return rows


def _language(text: str) -> str:
    # Claims come without a language: kana and kanji begin above this sign.
    return "ja" if any(ord(sign) > 0x2E7F for sign in text) else "en"
