"""The ways to carry a badge away: its files, each with what it is for, and the answers that bring them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges import baking
from sonjuku.protocols.openbadges.keys import KeyRefused
from sonjuku.protocols.openbadges.signing import SigningFailed
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Award, Endorsement
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Person
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused
from sonjuku.web import pictures

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Way:
    """One file: where it is, what it is called, what for."""

    url: str
    label: Any
    text: Any


WAYS: dict[str, tuple[Any, Any]] = {
    "png": (_("画像（PNG）"), _("メールやSNSで送るときに。画像の中に証明が入っています。")),
    "svg": (_("画像（SVG）"), _("ウェブページや大きな印刷に。拡大してもきれいです。")),
    "jwt": (_("ウォレット用（JWT）"), _("スマートフォンのウォレットアプリに入れるときに。")),
    "json": (_("データ（JSON）"), _("長く手もとに残すときに。ほかのシステムにも読み込めます。")),
}


def ways(award: Award) -> list[Way]:
    """The files at the badge's own address."""
    return [Way(reverse(f"public:badge_{kind}", args=[award.pk]), *words) for kind, words in WAYS.items()]


def ways_by(token: str, award: Award) -> list[Way]:
    """The same files by a share link."""
    return [
        Way(reverse("public:shared_file", args=[token, award.pk, kind]), *words)
        for kind, words in WAYS.items()
    ]


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def sealed_now(make: Callable[[], Any]) -> Any:
    """What `make` signs at this moment; Refused("no_signer") in plain words where no signature can be had."""
    try:
        return make()
    except (KeyRefused, SigningFailed) as error:
        raise Refused(
            "no_signer", now("いまは、署名ができません。"), now("時間をおいて、もう一度お試しください。")
        ) from error


def file(award: Award, kind: str) -> HttpResponse:
    """The file of one of WAYS. Refused("no_signer") for a token whose key can't sign any more."""
    content, mime = _MAKERS[kind](award)
    return download(content, mime, f"badge-{award.id.hex[-8:]}.{kind}")


def _png(award: Award) -> tuple[bytes, str]:
    return baking.bake_png(pictures.png(award.achievement), queries.wire_text(award)), "image/png"


def _svg(award: Award) -> tuple[bytes, str]:
    return baking.bake_svg(pictures.svg(award.achievement), queries.wire_text(award)), "image/svg+xml"


def _jwt(award: Award) -> tuple[bytes, str]:
    return sealed_now(lambda: actions.token(award)).encode(), "application/vc+jwt"


def _json(award: Award) -> tuple[bytes, str]:
    return queries.wire_text(award).encode(), JSON


_MAKERS = {"png": _png, "svg": _svg, "jwt": _jwt, "json": _json}


def endorsement_file(row: Endorsement) -> HttpResponse:
    return document(row.credential, f"endorsement-{row.id.hex[-8:]}.json")


def document(content: Any, name: str) -> HttpResponse:
    return download(_text(content), JSON, name)


def record_file(actor: Actor, person: Person) -> HttpResponse:
    """All that one holds of a council, sealed at this moment. Refused as `actions.learner_record`, and no_signer."""
    record = sealed_now(lambda: actions.learner_record(by=actor, person=person))
    return document(record, f"record-{person.council.slug}-{day_of(actor.at):%Y%m%d}.json")


def _text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
