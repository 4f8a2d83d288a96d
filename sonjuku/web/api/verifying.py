"""Whether a credential is genuine, for programs: what the verify page tells people."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_noop as _
from ninja import Router

from sonjuku.flows import verifying
from sonjuku.protocols.openbadges import reading
from sonjuku.rooms.credentials.rules import Report
from sonjuku.web.api import limits, shapes
from sonjuku.web.api.errors import too_many, unreadable, wrong_input
from sonjuku.web.api.operations import reads
from sonjuku.web.public.verifying import VerifyForm, content

router = Router()
THING = {"oneOf": [{"type": "object"}, {"type": "string", "minLength": 1}]}
FILE = {"type": "string", "format": "binary"}
EMAIL = {"type": "string", "format": "email"}


def _body(thing: dict[str, Any]) -> dict[str, Any]:
    members = {"credential": thing, "beside": thing, "email": EMAIL}
    return {"schema": {"type": "object", "properties": members, "required": ["credential"]}}


BODY = {"content": {"application/json": _body(THING), "multipart/form-data": _body(FILE)}, "required": True}
DECLARED = reads(_("証明が本物かを確かめる"), shapes.Verified, "verifyCredential")
DECLARED["response"] = {200: shapes.Verified} | dict.fromkeys([400, 404, 422, 429], shapes.Problem)


@router.post("/verify", **DECLARED, openapi_extra={"requestBody": BODY})
def verify(request: HttpRequest) -> Any:
    """A credential as JSON or text (a token, an address), or as a file; `beside`: what it is laid on, or is laid on it."""
    if wait := limits.seconds_to_verify(request):
        return too_many(wait)
    brought = _brought(request)
    if isinstance(brought, HttpResponse):
        return brought
    data, beside, email = brought
    return _verified(verifying.verify(data, timezone.now(), email, beside))


def _brought(request: HttpRequest) -> tuple[bytes, bytes, str] | HttpResponse:
    """What to check, or the answer to who brought nothing that can be."""
    if request.content_type == "multipart/form-data":
        try:
            files = request.FILES
        except MultiPartParserError:
            return unreadable()
        data, beside = (content(files[name]) if name in files else b"" for name in ("credential", "beside"))
        email: Any = request.POST.get("email", "")
    else:
        try:
            body = json.loads(request.body, object_pairs_hook=reading.members)
        except (ValueError, RecursionError):
            return unreadable()
        if not isinstance(body, dict):
            return unreadable()
        data, beside = (_bytes(body.get(name)) for name in ("credential", "beside"))
        email = body.get("email", "")
    wrong = _wrong_address(email) | ({} if data else {"credential": [now("確かめるものがありません。")]})
    return wrong_input(wrong) if wrong else (data, beside, email)


def _bytes(value: Any) -> bytes:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).encode(errors="replace")
    return value.encode(errors="replace") if isinstance(value, str) else b""


def _wrong_address(email: Any) -> dict[str, list[str]]:
    form = VerifyForm({"text": "-", "email": email if isinstance(email, str) else "-"})
    return {"email": [str(one) for one in form.errors["email"]]} if "email" in form.errors else {}


def _verified(report: Report) -> dict[str, Any]:
    layers = [_one(layer.report) | {"layer": layer.kind} for layer in report.layers]
    missing = [{"address": one.address, "code": one.code, "text": str(one.text)} for one in report.missing]
    return _one(report) | {"layers": layers, "layers_left_out": report.left_out, "missing": missing}


def _one(report: Report) -> dict[str, Any]:
    councils = [report.council] if report.council else report.accepted
    return {
        "kind": report.kind if report.is_read else "none",
        "result": report.result,
        "verdict": report.verdict,
        "headline": str(report.headline[0]),
        "issuer_known": "council" if report.council else "accepted" if report.accepted else "no",
        "councils": [{"slug": one.slug, "title": one.title} for one in councils],
        "findings": [
            {"name": one.name, "result": one.result, "code": one.code, "title": str(one.title), "text": str(one.text)}
            for one in report.findings
        ],
        "not_checked": [str(line) for line in report.not_checked],
        "claims": report.claims,
    }  # fmt: skip
