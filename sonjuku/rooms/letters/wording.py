"""Puts a letter into words: the house's templates, or a council's own wording with plain `{{ name }}` places."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.letters import rules
from sonjuku.rooms.letters.models import LetterTemplate
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox.refusals import Refused

_HOLES = re.compile(r"\n{3,}")
_house = Engine(dirs=[str(Path(__file__).parent / "templates")], autoescape=False)


class _Plain(Engine):
    """Knows variables only: a wording typed by staff can neither load a file nor run a tag or a filter."""

    default_builtins = []


_council = _Plain(autoescape=False)


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str
    body: str


def compose(
    kind: str,
    context: Mapping[str, object],
    *,
    council: Council | None,
    language: str,
    path: str = "",
    short_code: str = "",
    own: LetterTemplate | None = None,
) -> Draft:
    """Subject and body with the standard footer. `own` is the council's wording for this kind, if it has one.

    Raises KeyError for an unknown kind.
    """
    if kind not in rules.KINDS:
        raise KeyError(kind)
    with translation.override(language):
        values = {**_standing(council, language), **rules.in_language(context, language)}
    values |= {"site": settings.SITE_URL, "path": rules.path_in(path, language), "short_code": short_code}
    values["unsubscribe_path"] = rules.path_in(values.get("unsubscribe_path", ""), language)
    if own is None:
        subject, body = rules.split(_render(_house, f"letters/{kind}.{language}.txt", values))
    else:
        subject = " ".join(
            _council.from_string(own.subject).render(Context(values, autoescape=False)).split()
        )
        body = _council.from_string(own.body).render(Context(values, autoescape=False)).strip() + "\n"
    footer = _render(_house, f"letters/_footer.{language}.txt", values)
    # What an {% if %} left out must not show as a hole.
    return Draft(subject=subject[:200], body=_HOLES.sub("\n\n", f"{body}\n{footer.strip()}\n"))


def check(subject: str, body: str) -> None:
    """Refuses a council's wording that cannot be rendered (`wording_unreadable`)."""
    try:
        _council.from_string(subject)
        _council.from_string(body)
    except Exception as error:  # the template language has several kinds of complaint; all mean the same here
        raise Refused(
            "wording_unreadable",
            _("文例の {{ }} の書き方に誤りがあります。"),
            _("使える名前を一覧から選び、{{ 名前 }} の形で書いてください。"),
        ) from error


def _render(engine: Engine, name: str, values: Mapping[str, str]) -> str:
    return engine.get_template(name).render(Context(dict(values), autoescape=False))


def _standing(council: Council | None, language: str) -> dict[str, str]:
    """What every letter may say without being told: the council and how to reach it."""
    if council is None:
        return {"noun": "申込み" if language == "ja" else "application"}
    english = language == "en"
    return {
        "noun": "application" if english else "申込み",
        "council_title": (english and council.title_en) or council.title,
        "contact_office": (english and council.contact_office_en) or council.contact_office,
        "contact_phone": council.contact_phone,
        "contact_hours": (english and council.contact_hours_en) or council.contact_hours,
        "contact_email": council.contact_email,
    }
