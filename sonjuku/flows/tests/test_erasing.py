"""Erasure: every row, every file, every column; what the law keeps; what may not be erased yet; and the race."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from sonjuku.flows import asking, erasing, residue
from sonjuku.rooms.calls.models import (
    Application,
    Call,
    Companion,
    FactCheck,
    ImportBatch,
    ImportRow,
    SeatPool,
    SelectionRun,
)
from sonjuku.rooms.events.models import Booth, BoothSlot, SlotBooking
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.journal.actions import record
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.letters.models import Letter, ShortCode, Unsubscription
from sonjuku.rooms.participation.models import CheckIn, Occasion, Participation
from sonjuku.rooms.people import actions as people
from sonjuku.rooms.people.models import (
    Account,
    Body,
    Consent,
    DataRequest,
    Person,
    ProvisionRecord,
    TermsAcceptance,
    TermsVersion,
    Tie,
)
from sonjuku.rooms.talent.models import Gain, Release
from sonjuku.rooms.vocabulary.models import Skill, SkillFramework
from tests import world as worlds
from tests.drawing import run_of

DAY = dt.timedelta(days=1)
# What the world knows about its applicant, and what only this file adds.
STRINGS = (
    "秘密山",
    "ヒミツヤマ",
    "secret-person@example.jp",
    "ひみつ",
    "保護 者",
    "guardian@example.jp",
    "花子",
)
pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[str]]:
    """Every value of every column of every table of the database, as text, by table; and what lies on the disk."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = [_text(value) for row in cursor.fetchall() for value in row]
    for session in Session.objects.all():
        found.setdefault("sessions, decoded", []).append(
            json.dumps(session.get_decoded(), ensure_ascii=False)
        )
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            found.setdefault("files", []).append(path.name + path.read_bytes().decode("utf-8", "replace"))
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    text = str(value)
    # JSON may be stored escaped.
    return text + (text.encode().decode("unicode_escape", "replace") if "\\u" in text else "")


def named_in(strings: tuple[str, ...] = STRINGS) -> dict[str, set[str]]:
    return {
        table: hits
        for table, values in everything().items()
        if (hits := {s for s in strings for value in values if s in value})
    }


@pytest.fixture
def full(db: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """The world of the walk, with one row more of each kind that can hold a person."""
    world = worlds.build()
    world.params["paper_person"].delete()
    person = Person.objects.get(pk=world.params["person_id"])
    person.address, person.employer = "ひみつ町1-2", "ひみつ商店"
    person.save()
    council, now = world.council, timezone.now()
    host = Body.objects.get(council=council, type="council")
    chamber = Body.objects.get(council=council, type="chamber_of_commerce")
    application = Application.objects.get(pk=world.params["application_id"])
    place = Participation.objects.get(pk=world.params["participation_id"])
    Tie.objects.create(council=council, person=person, kind="resident", lg_code="352047", since=now)
    Application.objects.filter(pk=application.pk).update(persons=2)
    Companion.objects.create(
        application=application, ordinal=1, family_name="ひみつ", given_name="連れ",
        family_name_kana="ヒミツ", given_name_kana="ツレ",
    )  # fmt: skip
    FactCheck.objects.create(application=application, fact="age", how="ひみつの書類", checked_at=now)
    occasion = Occasion.objects.get(pk=world.params["occasion_id"])
    CheckIn.objects.create(council=council, occasion=occasion, participation=place, at=now, how="qr")
    version = TermsVersion.objects.create(
        council=council,
        kind="terms",
        number=1,
        operator_name="協議会",
        text="規約",
        valid_from=now.date(),
        created_at=now,
    )
    TermsAcceptance.objects.create(council=council, person=person, version=version, at=now)
    Unsubscription.objects.create(council=council, person=person, at=now)
    code = ShortCode.objects.create(path="/claim/ひみつ/")
    Letter.objects.create(
        council=council, kind="guardian_request", to_address="guardian@example.jp", subject="同意", body="花子さん",
        key="to the guardian", due_at=now, about_id=application.id, short_code=code,
    )  # fmt: skip
    sheet = Upload.objects.create(
        council=council, name="一覧.csv", mime="text/csv", size=9, sha256="1" * 64,
        file=ContentFile("秘密山花子".encode(), name="x"),
    )  # fmt: skip
    ImportBatch.objects.update(state="cancelled")  # a staged row with the name stops an erasure, see below
    batch = ImportBatch.objects.create(
        council=council,
        call=application.call,
        upload=sheet,
        state="done",
        file_name="一覧.csv",
        created_at=now,
    )
    ImportRow.objects.create(batch=batch, number=2, values=["秘密山 花子", "x"], application=application)
    ImportRow.objects.create(batch=batch, number=3, values=["秘密山", "花子", "rest"])
    slot = BoothSlot.objects.create(
        booth=Booth.objects.get(), starts_at=now - 2 * DAY, ends_at=now - DAY, capacity=3, taken=1
    )
    SlotBooking.objects.create(slot=slot, participation=place, booked_at=now)
    skill = Skill.objects.create(
        framework=SkillFramework.objects.create(name="DSS", version="9"), code="A", title="分析"
    )
    release = Release.objects.create(council=council, quarter_on=dt.date(2026, 7, 1), released_at=now)
    Gain.objects.create(council=council, person=person, skill=skill, release=release)
    refused = DataRequest.objects.create(
        council=council, body=host, person=person, kind="correction", state="refused", text="ひみつを直して",
        reason="秘密山様の件", identity_how="秘密山様の免許証", received_at=now, due_on=now.date(),
    )  # fmt: skip
    by = Actor(at=now, role="secretariat", body_id=host.id, council_id=council.id, account_id=world.staff.id)
    record_row = ProvisionRecord.objects.create(
        council=council, from_body=host, to_body=chamber, person=person, person_name="秘密山 花子", basis="同意 1",
        consent=Consent.objects.get(pk=world.params["consent_id"]), items=["氏名"], given_at=now,
        keep_until=now.date() + 3 * 365 * DAY,
    )  # fmt: skip
    record(by=by, verb="data_request.received", subject=refused, for_person_id=person.id)
    record(by=by, verb="application.viewed", subject=application, for_person_id=person.id)
    # Logged in, as a session remembers it.
    browser = Client()
    browser.force_login(world.member)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "email": "secret-person@example.jp"}]
    session.save()
    run = run_of(application.call)
    run.frozen_list, run.order = f"rules\tx\n{application.code}\t1\n", f"{application.code}\n"
    run.save()
    _over(application.call)
    request = asking.ask(by=by, person=person, body=host, kind="erasure", text="秘密山です。消してください")
    people.check_identity(by=by, request=request, how="秘密山様の免許証を窓口で確認")

    def carry_out() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            erasing.erase(by=by, request=request, approval_number="総務第7号")

    world.by, world.request, world.person, world.code = by, request, person, application.code  # type: ignore[attr-defined]
    world.carry_out, world.provision = carry_out, record_row  # type: ignore[attr-defined]
    return world


def _over(call: Call) -> None:
    past = timezone.localdate() - 9 * DAY
    Call.objects.filter(pk=call.pk).update(starts_on=past, ends_on=past, state=Call.State.DECIDED)


def test_the_world_names_its_person_nearly_everywhere(full):
    """The scan below proves something only if there is something to find."""
    found = named_in()
    expected = {
        "people_person", "people_account", "people_guardian", "people_datarequest", "people_provisionrecord",
        "forms_answer", "forms_upload", "calls_companion", "calls_factcheck", "calls_importrow", "letters_letter", "letters_shortcode",
        "files", "sessions, decoded",
    }  # fmt: skip
    assert expected <= found.keys()


def test_after_the_erasure_only_what_the_law_keeps_names_the_person(full):
    full.carry_out()
    assert named_in().keys() == {"people_provisionrecord", "letters_letter"}
    # The last letter leaves the house, then it goes as well.
    last = Letter.objects.get(kind="request_erased")
    assert (last.to_address, last.person_id) == ("secret-person@example.jp", None)
    assert not any(name in last.subject + last.body for name in ("秘密山", "花子"))
    assert erasing.drop_last_letters(by=full.by) == 0
    Letter.objects.filter(pk=last.pk).update(state=Letter.State.SENT)
    assert erasing.drop_last_letters(by=full.by) == 1
    assert named_in() == {"people_provisionrecord": {"秘密山", "花子"}}


def test_no_row_of_any_kind_belongs_to_the_person(full):
    before = {model: model._default_manager.count() for model in residue.personal_models()}
    empty = [model.__name__ for model, number in before.items() if number == 0]
    assert empty == [], "the world should hold one row of each kind"
    full.carry_out()
    after = {model.__name__: model._default_manager.count() for model in residue.personal_models()}
    kept = {name: number for name, number in after.items() if number}
    # The foreign secretary's own record of the other council, the two requests without words, the last letter, and the
    # chamber's part in two matching events, which is no person's.
    assert kept == {"Person": 1, "DataRequest": 2, "ProvisionRecord": 1, "Letter": 1, "MatchingMember": 2}
    assert set(DataRequest.objects.values_list("text", "reason", "identity_how")) == {("", "", "")}
    assert not Account.objects.filter(email="secret-person@example.jp").exists()


def test_the_journal_survives_and_the_report_names_what_is_kept(full):
    kept = full.provision
    full.carry_out()
    full.request.refresh_from_db()
    assert (full.request.state, full.request.approval_number, full.request.person_id) == (
        "done",
        "総務第7号",
        None,
    )
    assert Entry.objects.filter(for_person_id=full.person.id, verb="application.viewed").exists()
    lines = residue.of_erased(full.person.id, full.council)
    assert all(line.allowed for line in lines)
    named = {str(line.label): (line.number, line.until) for line in lines}
    assert named["ほかの団体に渡した記録"] == (1, kept.keep_until)
    assert named["個人情報の請求"] == (2, None)
    assert named["消去が終わったお知らせ"] == (1, None)
    assert set(named) == {
        "ほかの団体に渡した記録", "個人情報の請求", "消去が終わったお知らせ", "記録（番号と項目の名前だけ）"
    }  # fmt: skip


def test_a_row_left_behind_is_called_by_its_name(full):
    full.carry_out()
    stray = Letter.objects.create(
        council=full.council, kind="offer", subject="x", body="x", key="stray", due_at=timezone.now()
    )
    record(by=full.by, verb="letter.queued", subject=stray, for_person_id=full.person.id)
    wrong = [line for line in residue.of_erased(full.person.id, full.council) if not line.allowed]
    assert [(str(line.label), line.number) for line in wrong] == [("お知らせ", 1)]


def test_the_draw_stays_provable_and_the_used_seat_counted(full):
    taken = list(SeatPool.objects.order_by("id").values_list("taken", flat=True))
    full.carry_out()
    assert SelectionRun.objects.get(calls__code="live").order == f"{full.code}\n"
    assert list(SeatPool.objects.order_by("id").values_list("taken", flat=True)) == taken
    assert 1 in taken


def test_the_demo_of_the_report_has_a_word_for_every_kind():
    assert [
        m._meta.label_lower for m in residue.personal_models() if m._meta.label_lower not in residue.LABELS
    ] == []


def test_every_row_that_hangs_on_a_person_is_in_the_report():
    """Whatever Django would delete with a person is a kind of the report (found by the keys, not listed)."""
    seen, todo = set(), [Person]
    while todo:
        model = todo.pop()
        for relation in model._meta.related_objects:
            child = relation.related_model
            if relation.on_delete.__name__ == "CASCADE" and child not in seen:
                seen.add(child)
                todo.append(child)
    ours = {m for m in seen if m.__module__.startswith("sonjuku.rooms.")}
    missing = {m.__name__ for m in ours - set(residue.personal_models())}
    # A score belongs to its sheet, which the report counts.
    assert missing == {"Score"}
