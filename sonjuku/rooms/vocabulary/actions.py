"""Loading the published lists that the other rooms name by code."""

from pathlib import Path
from typing import Any

import yaml

from sonjuku.rooms.journal.actions import record, writes
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.vocabulary.models import Audience, Municipality, Skill, SkillFramework
from sonjuku.toolbox import postal

DATA = Path(__file__).parent / "data"


@writes
def load_vocabulary(*, by: Actor) -> dict[str, int]:
    """Load municipalities, audiences and the skill framework that ship with the product; returns rows held, by kind.

    Safe to repeat: texts are brought up to date, nothing is removed, an operator's `verified` mark stays.
    """
    counts = {
        "municipalities": _municipalities(),
        "audiences": _audiences(_read("audiences.yaml")),
        "skills": _framework(_read("dss_p.yaml")),
    }
    record(by=by, verb="vocabulary.loaded")
    return counts


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def _municipalities() -> int:
    rows = [
        Municipality(
            lg_code=one.lg_code,
            prefecture=one.name,
            name=one.name,
            name_kana=one.kana,
            name_en=one.name_en,
            is_prefecture=True,
        )
        for one in postal.prefectures()
    ]
    rows += [
        Municipality(
            lg_code=one.lg_code,
            prefecture=one.prefecture,
            name=one.name,
            name_kana=one.kana,
            name_en=one.name_en,
        )
        for one in postal.municipalities()
    ]
    Municipality.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["lg_code"],
        update_fields=["prefecture", "name", "name_kana", "name_en", "is_prefecture"],
    )
    return len(rows)


def _audiences(rows: list[dict[str, str]]) -> int:
    for ordinal, row in enumerate(rows):
        Audience.objects.update_or_create(
            code=row["code"],
            defaults={
                "parent_id": row.get("parent"),
                "title": row["title"],
                "title_en": row["title_en"],
                "ordinal": ordinal,
            },
        )
    return len(rows)


def _framework(data: dict[str, Any]) -> int:
    framework, _ = SkillFramework.objects.get_or_create(
        name=data["name"],
        version=data["version"],
        defaults={name: data[name] for name in ("source_url", "valid_from", "verified")},
    )
    Skill.objects.bulk_create(
        [Skill(framework=framework, ordinal=ordinal, **row) for ordinal, row in enumerate(data["skills"])],
        update_conflicts=True,
        unique_fields=["framework", "code"],
        update_fields=["title", "title_en", "category", "subcategory", "ordinal"],
    )
    return len(data["skills"])
