"""Defining what a badge says, and how it looks."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sonjuku.protocols.openbadges import pictures
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials.models import Achievement, AchievementAlignment, AchievementImage
from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council
from sonjuku.rooms.vocabulary.models import Skill
from sonjuku.toolbox.refusals import Refused

Levels = Mapping[UUID, str]


@writes
def define_achievement(
    *,
    by: Actor,
    council: Council,
    title: str,
    description: str,
    criteria: str,
    call: Call | None = None,
    skills: Iterable[Skill] = (),
    levels: Levels | None = None,
    **fields: Any,
) -> Achievement:
    """What completing `call` awards, or, without a call, what a rule or experience does.

    `levels`: of a skill (by id) in its framework's own words. `fields`: type, title_en, description_en, criteria_en,
    issuer_body, image_text, image_colour. Refused: other_council.
    """
    body = fields.get("issuer_body")
    if call is not None and call.council_id != council.id:
        raise Refused("other_council", _("ほかの協議会の募集です。"), _("この協議会の募集を選んでください。"))
    if body is not None and body.council_id != council.id:
        raise Refused("other_council", _("ほかの協議会の団体です。"), _("この協議会の団体を選んでください。"))
    achievement = Achievement.objects.create(
        council=council, call=call, title=title, description=description, criteria=criteria, **fields
    )
    _align(achievement, skills, levels or {})
    record(by=by, verb="achievement.defined", subject=achievement)
    return achievement


def _align(achievement: Achievement, skills: Iterable[Skill], levels: Levels) -> None:
    achievement.alignments.all().delete()
    AchievementAlignment.objects.bulk_create(
        [
            AchievementAlignment(achievement=achievement, skill=skill, level=levels.get(skill.pk, ""))
            for skill in skills
        ]
    )


@writes
def change_achievement(
    *,
    by: Actor,
    achievement: Achievement,
    skills: Iterable[Skill] | None = None,
    levels: Levels | None = None,
    **fields: Any,
) -> Achievement:
    """Refused("already_awarded") once someone holds it: what a signature covers cannot change."""
    _must_be_free(achievement)
    for name, value in fields.items():
        setattr(achievement, name, value)
    achievement.save(update_fields=list(fields))
    if skills is not None:
        _align(achievement, skills, levels or {})
    record(by=by, verb="achievement.changed", subject=achievement, field_names=fields)
    return achievement


def _must_be_free(achievement: Achievement) -> None:
    if achievement.awards.exists():
        raise Refused(
            "already_awarded",
            _("このバッジを受け取った人がいるため、内容を変えられません。"),
            _("内容を変えるときは、新しいバッジを作ってください。"),
        )


@writes
def set_image(*, by: Actor, achievement: Achievement, content: bytes) -> AchievementImage | None:
    """Take an uploaded picture (PNG or SVG), cleaned, in place of the drawn one; b"" goes back to the drawn one.

    Refused: already_awarded, bad_picture (too large, broken, or with parts that don't belong into a badge).
    """
    _must_be_free(achievement)
    AchievementImage.objects.filter(achievement=achievement).delete()
    made = None
    if content:
        try:
            kind, clean = pictures.clean(content)
        except pictures.BadPicture as error:
            raise Refused(
                "bad_picture", PICTURES[error.reason], _("別のファイルを選んでください。")
            ) from error
        made = AchievementImage.objects.create(achievement=achievement, kind=kind, content=clean)
    record(by=by, verb="achievement.changed", subject=achievement, field_names=["image"])
    return made


PICTURES: Mapping[str, Any] = {
    "too_large": gettext_lazy("画像が大きすぎます。256 KB、縦横64～2000ピクセルまでです。"),
    "not_square": gettext_lazy("画像が正方形ではありません。"),
    "unknown_kind": gettext_lazy("PNGかSVGの画像ではありません。"),
    "broken": gettext_lazy("画像が壊れています。"),
    "forbidden": gettext_lazy(
        "SVGに、バッジには使えない部分（プログラム、外部の画像、文字の飾りなど）があります。"
    ),
}


@writes
def copy_achievements(*, by: Actor, source: Call, target: Call) -> list[Achievement]:
    """Define the source's achievements anew for a cloned call: next year's badge is a badge of its own."""
    kept = (
        *("title", "description", "criteria", "type", "title_en", "description_en", "criteria_en"),
        *("issuer_body", "image_text", "image_colour"),
    )
    return [
        _copied(by, one, target, {name: getattr(one, name) for name in kept})
        for one in source.achievements.all()
    ]


def _copied(by: Actor, one: Achievement, target: Call, fields: dict[str, Any]) -> Achievement:
    aligned = list(one.alignments.select_related("skill"))
    made = define_achievement(
        by=by, council=target.council, call=target, skills=[row.skill for row in aligned],
        levels={row.skill_id: row.level for row in aligned}, **fields,
    )  # fmt: skip
    image = AchievementImage.objects.filter(achievement=one).first()
    if image is not None:
        AchievementImage.objects.create(achievement=made, kind=image.kind, content=bytes(image.content))
    return made
