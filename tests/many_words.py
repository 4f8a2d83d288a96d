"""The world of tests/world.py with every kind of row in it and all words filled in, for whoever reads its pages.

Where a row has room for English it gets English; all other words are Japanese.
"""

import datetime as dt
import re
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from sonjuku.rooms.calls.models import Approval, Call, EligibilityRule, PriorityRule, SeatPool
from sonjuku.rooms.credentials.models import Achievement, Award, Endorsement
from sonjuku.rooms.events.models import Booth, BoothSlot, Material, Speaker
from sonjuku.rooms.forms.models import Answer, FormVersion, Question, Response
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.participation.models import Obligation, ObligationRule, Participation
from sonjuku.rooms.people.models import Body
from sonjuku.rooms.programmes.models import Agreement, Matter, Party, Programme, ProgrammeYear
from sonjuku.rooms.vocabulary.models import Audience, Municipality, Skill, SkillFramework
from tests.world import World

ROOT = Path(__file__).resolve().parent.parent / "sonjuku"
JAPANESE, ENGLISH = "和文の言葉", "Words"
PAST = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NEVER_WORDS = {"code", "key", "language", "lg_code", "venue_lg_code", "colour", "pattern", "did", "mime", "sha256",
               "verb", "path", "postal_code", "phone", "contact_phone", "list_hash", "seed", "kind", "run_code", "rules",
               "image_colour", "issuer", "rules_hash", "frozen_list", "public_value", "order", "result",
               "subject_kind", "show_if_value", "source_key", "problem", "password", "actor_role", "text_version"}  # fmt: skip
OPTIONS = [
    {"value": "o1", "title": "はい", "title_en": "Yes"},
    {"value": "o2", "title": "いいえ", "title_en": "No"},
]
ADDRESS = {"postal_code": "758-0041", "lg_code": "352047", "area": "山口県萩市", "street": "江向510"}
ANSWERS: dict[str, Any] = {
    "text": "言葉", "long_text": "長い言葉", "number": 3, "date": "2026-11-20", "single": "o1", "multiple": ["o1", "o2"],
    "scale": "o2", "email": "a@example.jp", "phone": "0838-00-0000", "address": ADDRESS, "consent": True,
}  # fmt: skip


def fill(world: World) -> None:
    """Add the rows, then the words."""
    _vocabulary()
    _call(world)
    _form(world)
    _agreement(world)
    _after(world)
    _journal(world)
    _fill_in()


def without_english() -> None:
    """Take away every English name: Japanese stands in."""
    for model in _models():
        fields = [f.name for f in model._meta.get_fields() if _is_words(f) and f.name.endswith("_en")]
        if fields:
            model._default_manager.update(**dict.fromkeys(fields, ""))
    plain = [{**option, "title_en": ""} for option in OPTIONS]
    Question.objects.exclude(options=[]).update(options=plain)


def _vocabulary() -> None:
    Municipality.objects.get_or_create(
        lg_code="352047", defaults={"prefecture": "山口県", "name": "萩市", "name_en": "Hagi"}
    )
    Municipality.objects.get_or_create(
        lg_code="350001", defaults={"prefecture": "山口県", "name": "山口県", "name_en": "Yamaguchi", "is_prefecture": True}
    )  # fmt: skip
    framework = SkillFramework.objects.create(name="DSS-P", version="2.0")
    Skill.objects.create(framework=framework, code="A1", title="分析", title_en="Analysis", category="分類")


def _call(world: World) -> None:
    call = Call.objects.get(code="live")
    call.audiences.add(*Audience.objects.all()[:2])
    Programme.objects.get().audiences.add(*Audience.objects.all()[:2])
    values = {"residence_in": ["352047"], "residence_out": ["350001"], "school_stage": ["high"],
              "audience": list(Audience.objects.values_list("code", flat=True)[:2]),
              "credential": [Achievement.objects.get(call__code="live").uri]}  # fmt: skip
    for place, kind in enumerate(EligibilityRule.Kind.values):
        limits = (
            {"minimum": 15, "maximum": 90} if kind == "age" else {"minimum": 3} if kind == "score" else {}
        )
        EligibilityRule.objects.create(
            call=call, kind=kind, values=values.get(kind, []), ordinal=place, as_of=dt.date(2026, 4, 1), **limits
        )  # fmt: skip
    for place, kind in enumerate(PriorityRule.Kind.values):
        PriorityRule.objects.create(
            call=call, kind=kind, values=values.get(kind, []), ordinal=place, title="先の方", title_en="First",
            **({"minimum": 3} if kind == "score" else {"maximum": 90} if kind == "age" else {}),
        )  # fmt: skip
    for number, step in enumerate(Approval.Step.values):
        Approval.objects.create(call=call, step=step, number=str(number), decided_on=dt.date(2026, 4, 1))
    SeatPool.objects.create(call=call, capacity=3, option="午後", option_en="Afternoon")
    occasion_id = world.params["occasion_id"]
    Speaker.objects.create(
        council=world.council, occasion_id=occasion_id, name="登壇 者", name_en="A Speaker"
    )
    Material.objects.create(
        occasion_id=occasion_id, upload_id=world.params["upload_id"], title="資料", public_from=PAST,
        council=world.council,
    )  # fmt: skip
    world.params.setdefault("material_id", Material.objects.get().id)
    booth = Booth.objects.get()
    now = timezone.now()
    BoothSlot.objects.create(
        booth=booth,
        starts_at=now + dt.timedelta(days=9),
        ends_at=now + dt.timedelta(days=9, hours=1),
        capacity=3,
    )


def _form(world: World) -> None:
    """A question of every kind, all but the file answered, one of them asked on a condition."""
    response = Response.objects.get()
    version = response.version
    first = None
    for place, kind in enumerate(Question.Kind.values, 10):
        has_options = kind in ("single", "multiple", "scale")
        question = Question.objects.create(
            version=version, key=f"k-{kind.replace('_', '-')}", ordinal=place, kind=kind, title="問い",
            options=OPTIONS if has_options else [], show_if_question=first,
            show_if_op="is" if first else "", show_if_value="o1" if first else "",
        )  # fmt: skip
        first = question if kind == "single" else None
        if kind in ANSWERS:
            Answer.objects.create(response=response, question=question, value=ANSWERS[kind])
    FormVersion.objects.filter(pk=version.pk).update(frozen_at=PAST)


def _agreement(world: World) -> None:
    agreement = Agreement.objects.get()
    host = Body.objects.filter(council=world.council).first()
    Party.objects.create(
        agreement=agreement,
        body=host,
        ordinal=1,
        role_text="人を育てる",
        covers=["講座"],
        representative_on=PAST.date(),
    )
    Matter.objects.create(agreement=agreement, ordinal=1, title="育成")
    ProgrammeYear.objects.create(
        council=world.council,
        programme=Programme.objects.get(),
        fiscal_year=2024,
        contractor=host,
        reported_applications=9,
    )


def _after(world: World) -> None:
    Achievement.objects.get(call__code="live").skills.add(Skill.objects.first())
    Award.objects.update(visibility=Award.Visibility.PUBLIC)
    Endorsement.objects.update(visibility=Award.Visibility.PUBLIC)
    participation = Participation.objects.get()
    for place, kind in enumerate(ObligationRule.Kind.values, 5):
        rule = ObligationRule.objects.create(
            call=participation.call, kind=kind, title="決まり", ordinal=place
        )
        Obligation.objects.create(council=world.council, participation=participation, rule=rule)
    letter = Letter.objects.get(key="walk")
    for state in Letter.State.values:
        Letter.objects.create(
            council=world.council, person=letter.person, kind="offer", to_address="x@example.jp", subject="件名",
            body="本文", key=f"many-{state}", due_at=PAST, state=state, problem="no_address" if state == "failed" else "",
        )  # fmt: skip


def _journal(world: World) -> None:
    """One entry of every verb that the code writes."""
    verbs = {
        verb
        for path in ROOT.rglob("*.py")
        if "tests" not in path.parts
        for verb in re.findall(r"""verb=["']([a-z_]+\.[a-z_]+)["']""", path.read_text(encoding="utf-8"))
    }
    assert len(verbs) > 80
    for verb in verbs:
        Entry.objects.create(
            at=PAST,
            council_id=world.council.id,
            verb=verb,
            actor_role="secretariat",
            subject_kind=verb.split(".")[0],
        )


def _models() -> list[Any]:
    return [m for m in apps.get_models() if m.__module__.startswith("sonjuku.rooms.")]


def _fill_in() -> None:
    for model in _models():
        blank = {f.name: _words_for(f) for f in model._meta.get_fields() if _is_words(f)}
        for row in model._default_manager.all():
            changed = {name: words for name, words in blank.items() if not getattr(row, name)}
            if changed:
                model._default_manager.filter(pk=row.pk).update(**changed)


def _is_words(field: Any) -> bool:
    plain = type(field) in (models.CharField, models.TextField)
    return plain and not field.choices and not field.unique and field.name not in NEVER_WORDS


def _words_for(field: Any) -> str:
    return ENGLISH if field.name.endswith("_en") else JAPANESE
