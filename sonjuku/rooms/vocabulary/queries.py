"""Shared reads of the published lists."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from sonjuku.rooms.vocabulary.models import Audience, Municipality, Skill
from sonjuku.toolbox.lg_code import prefecture_of, same_area


def municipality(lg_code: str) -> Municipality | None:
    return Municipality.objects.filter(lg_code=lg_code).first()


def municipalities(prefecture_code: str = "") -> QuerySet[Municipality]:
    """All municipalities and wards, or those of one prefecture (its six-digit code); prefectures left out."""
    rows = Municipality.objects.filter(is_prefecture=False)
    return rows.filter(lg_code__startswith=prefecture_code[:2]) if prefecture_code else rows


def prefectures() -> QuerySet[Municipality]:
    return Municipality.objects.filter(is_prefecture=True)


def name_of(lg_code: str, lang: str = "ja") -> str:
    """`山口県萩市` or `Hagi City, Yamaguchi`; a prefecture by its name alone; the code itself if it is unknown."""
    return names_of([lg_code], lang)[lg_code]


def names_of(lg_codes: Collection[str], lang: str = "ja") -> dict[str, str]:
    """`name_of` for many codes in one query."""
    wanted = {*lg_codes, *(prefecture_of(code) for code in lg_codes if code[:2].isdigit())}
    rows = Municipality.objects.in_bulk(wanted)
    names = {}
    for code in lg_codes:
        row = rows.get(code)
        if row is None:
            names[code] = code
        elif lang == "ja" or row.is_prefecture:
            names[code] = str(row) if lang == "ja" else row.name_en
        else:
            over = rows.get(prefecture_of(code))
            names[code] = f"{row.name_en}, {over.name_en}" if over else row.name_en
    return names


def places(lg_codes: Collection[str]) -> dict[str, Municipality]:
    """The rows of these codes in one query; each one's prefecture also stands under its first two digits."""
    wanted = {*lg_codes, *(prefecture_of(code) for code in lg_codes if code[:2].isdigit())}
    rows = Municipality.objects.in_bulk(wanted)
    return rows | {code[:2]: row for code, row in rows.items() if row.is_prefecture}


def short_names(lg_codes: Collection[str], lang: str = "ja") -> dict[str, str]:
    """Names without the prefecture, for pages of one prefecture: `萩市`, `Hagi City`; the code where it is unknown."""
    rows = Municipality.objects.in_bulk(list(lg_codes))
    field = "name" if lang == "ja" else "name_en"
    return {
        code: getattr(rows[code], field) or rows[code].name if code in rows else code for code in lg_codes
    }


def in_area(lg_code: str, area_codes: Collection[str]) -> bool:
    """Whether a place lies in one of the areas; a prefecture's code covers its municipalities."""
    return same_area(lg_code, area_codes)


def audiences() -> QuerySet[Audience]:
    return Audience.objects.select_related("parent")


def audience_with_children(code: str) -> list[str]:
    """The code and those below it: who filters for 社会人 finds what is for 社会人（IT）."""
    return list(Audience.objects.filter(Q(code=code) | Q(parent_id=code)).values_list("code", flat=True))


def skills(codes: Collection[str]) -> QuerySet[Skill]:
    return Skill.objects.filter(code__in=codes).select_related("framework")
