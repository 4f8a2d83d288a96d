"""What skill maps ask, as pages show it: what is there, what is missing and where it is given, and a first short way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials.models import Achievement, SkillMapItem, SkillMapVersion
from sonjuku.rooms.credentials.queries import credentials_held, paths
from sonjuku.rooms.credentials.rules.paths import Standing, Way, first_way, standing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Council, Person
from sonjuku.toolbox.dates import day_of
from sonjuku.web.templatetags.sonjuku_ui import tr


@dataclass
class Shown:
    """A map as its page shows it; `mine` only for somebody with a record in the council."""

    version: SkillMapVersion
    standing: Standing
    required: list[dict[str, Any]]
    free: list[dict[str, Any]]
    skills: list[paths.SkillShare]
    mine: bool

    @property
    def lead(self) -> Any:
        """The rule in one sentence."""
        least = self.version.least
        if not self.free:
            return _("次のすべてがそろうと、バッジをお渡しします。")
        words = (
            _("必須のすべてと、選べるもののうち{least}つがそろうと、バッジをお渡しします。")
            if self.required
            else _("次のうち{least}つがそろうと、バッジをお渡しします。")
        )
        return format_lazy(words, least=least)


def shown_to(actor: Actor, persons: Iterable[Person]) -> list[Shown]:
    """The maps of every council in which the reader has a record."""
    return [each for person in persons for each in shown(actor.at, person.council, person)]


def shown(at: datetime, council: Council, person: Person | None) -> list[Shown]:
    """The council's maps in force, for this person or for anybody."""
    versions = paths.in_force([council])
    held = credentials_held(person, day_of(at)) if person and versions else set()
    calls = paths.open_calls(_named(versions), at) if versions else {}
    found = []
    for version in versions:
        items = list(version.items.all())
        lines = {item.pk: _line(item, held, calls, version) for item in items}
        found.append(
            Shown(
                version,
                standing(paths.requirement(version), held),
                [lines[item.pk] for item in items if item.is_required],
                [lines[item.pk] for item in items if not item.is_required],
                list(paths.skills_of(version, held)),
                person is not None,
            )
        )
    return found


def _named(versions: Iterable[SkillMapVersion]) -> list[Achievement]:
    return [one for version in versions for item in version.items.all() for one in item.achievements.all()]


def _line(
    item: SkillMapItem, held: set[str], calls: dict[UUID, Call], version: SkillMapVersion
) -> dict[str, Any]:
    """One item as parts/obligations.html takes it, with the way to it."""
    has = bool(paths.uris_of(item) & held)
    line: dict[str, Any] = {"title": tr(item, "title"), "state": "done" if has else "todo", "text": _("もう持っています") if has else ""}  # fmt: skip
    if has:
        return line
    call = next((calls[one.pk] for one in item.achievements.all() if one.pk in calls), None)
    if call is not None:
        url = reverse("public:call", args=[call.council.slug, call.code])
        text = format_html("{} {}", _("いま受け付けています："), tr(call, "title"))
        return line | {"text": text, "url": url, "label": _("この募集を見る"), "call": call}
    kind = next((one for one in item.kinds.all() if one.is_accepted), None)
    if kind is not None:
        slug = version.skill_map.council.slug
        url = reverse("member:certificate_new", args=[slug]) + f"?kind={kind.pk}"
        offer = _said(_("{title}の証明を持っていれば、届け出られます。"), kind, "issuer_name")
        return line | {"text": offer, "url": url, "label": _("証明を届け出る"), "kind": kind}
    return line | {"text": _("いま受け付けている募集はありません。")}


def starter(at: datetime, councils: Iterable[Council], maps: Iterable[Shown]) -> Way | None:
    """The shortest way to a first badge, of at most three steps: a course that is open, or a map nearly met.

    No councils: of all of them, for a newcomer.
    """
    here = list(councils)
    rows = Achievement.objects.exclude(call=None)
    opened = (rows.filter(council__in=here) if here else rows).filter(
        call__state=Call.State.OPEN, call__opens_at__lte=at, call__closes_at__gt=at
    )
    calls = paths.open_calls(opened, at)
    ways = [_of_course(one, calls[one.pk]) for one in opened if one.pk in calls]
    return first_way([*ways, *filter(None, (_of_map(each) for each in maps))])


def _of_course(achievement: Achievement, call: Call) -> Way:
    url = reverse("public:call", args=[call.council.slug, call.code])
    steps = (
        _step(_said(_("「{title}」に申し込む"), call), link={"url": url, "label": _("この募集を見る")}),
        _step(_("参加して、することを済ませる"), _("何をするかは、マイページに並びます。")),
        _step(_said(_("バッジ「{title}」を受け取る"), achievement), _("そろうと、その場でお渡しします。")),
    )
    return Way(achievement.title, steps, call.closes_at)


def _of_map(each: Shown) -> Way | None:
    missing = [line for line in each.required if line["state"] == "todo"]
    missing += [line for line in each.free if line["state"] == "todo" and "url" in line][
        : each.standing.choose
    ]
    if len(missing) != each.standing.steps or any("url" not in line for line in missing):
        return None
    steps = [_step(line["title"], line["text"], {"url": line["url"], "label": line["label"]}) for line in missing]  # fmt: skip
    steps.append(
        _step(_said(_("バッジ「{title}」を受け取る"), each.version.skill_map.achievement), _("そろうと、その場でお渡しします。"))
    )  # fmt: skip
    closing: list[datetime] = [line["call"].closes_at for line in missing if "call" in line]
    return Way(each.version.skill_map.title, tuple(steps), min(closing, default=None))


def _step(title: Any, text: Any = "", link: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"title": title, "text": text, "state": "next", "link": link}


def _said(words: Any, thing: Any, field: str = "title") -> str:
    """A sentence with a title (or another name) in it, marked as Japanese where an English reader gets it untranslated."""
    if (get_language() or "ja").startswith("ja"):
        return str(words).format(title=getattr(thing, field))
    return format_html(str(words), title=tr(thing, field))


def first_now(way: Way | None) -> list[dict[str, Any]]:
    """The way's steps for parts/steps.html, the first one now."""
    steps = [dict(step) for step in way.steps] if way else []
    return [{**step, "state": "next" if number else "now"} for number, step in enumerate(steps)]


def person_of(request: HttpRequest, council: Council) -> Person | None:
    return people.person_of(request.user, council) if request.user.is_authenticated else None
