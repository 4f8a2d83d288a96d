"""The demo as a visitor finds it, and where it must not be loaded. Loaded once: it plays hundreds of applications."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from sonjuku.engines.selection.bundle import verify
from sonjuku.flows.demo import CAST, cast_account, load_demo
from sonjuku.rooms.calls import actions
from sonjuku.rooms.calls import queries as calls
from sonjuku.rooms.calls.models import Application, Call
from sonjuku.rooms.credentials.models import (
    Award,
    AwardBatch,
    CertificateKind,
    Dossier,
    Endorsement,
    OutsideCertificate,
)
from sonjuku.rooms.credentials.queries import credentials_held, paths
from sonjuku.rooms.credentials.rules.paths import standing
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.letters.models import Letter
from sonjuku.rooms.matching import queries as matchings
from sonjuku.rooms.matching.actions import submit_ranks
from sonjuku.rooms.matching.models import MatchingEvent
from sonjuku.rooms.newsroom import queries as newsroom
from sonjuku.rooms.participation.models import Occasion, Participation
from sonjuku.rooms.people import queries as people
from sonjuku.rooms.people.models import Account, Consent, Council, Person, Role
from sonjuku.toolbox.dates import day_of
from sonjuku.toolbox.refusals import Refused

AT = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[dict[str, Council]]:
    files = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path_factory.mktemp("files"), "base_url": None},
    }
    with (
        django_db_blocker.unblock(),
        override_settings(STORAGES={**settings.STORAGES, "private": files}),
        transaction.atomic(),
    ):
        yield load_demo(at=AT)
        transaction.set_rollback(True)


@pytest.fixture
def councils(loaded: dict[str, Council], db: Any) -> dict[str, Council]:
    return loaded


def test_every_member_of_the_cast_can_step_in(councils: Any) -> None:
    assert {member.key for member in CAST} >= {
        "learner", "guardian", "secretariat", "firm", "engineer", "support", "officer",
    }  # fmt: skip
    for member in CAST:
        account = cast_account(member.key)
        assert account is not None
        assert account.is_demo
        assert not account.has_usable_password()
        roles = people.roles_of(account, councils[member.council], day_of(AT))
        assert bool(roles) == bool(member.role), member.key
    assert cast_account("nobody") is None
    assert not Account.objects.filter(is_demo=False).exists()
    assert not Council.objects.filter(is_demo=False).exists()


def test_every_council_has_an_administrator(councils: Any) -> None:
    for council in councils.values():
        rows = Role.objects.filter(people.active_on(day_of(AT)), council=council, kind="administrator")
        assert rows.exists(), council.slug


def test_two_people_of_the_desk_draw_the_frozen_list_of_the_demo(councils: Any) -> None:
    run = calls.run_of(Call.objects.get(council=councils["hagi"], code="video-weekend"))
    assert run is not None
    assert (run.state, calls.public_run(run)["state"], run.typed_numbers.count()) == ("frozen", "frozen", 0)
    for key in ("secretariat", "colleague"):
        account = cast_account(key)
        assert account is not None
        [role] = [
            r for r in people.roles_of(account, councils["hagi"], day_of(AT)) if r.kind == "secretariat"
        ]
        by = Actor(
            at=AT, role=role.kind, body_id=role.body_id, council_id=role.council_id, account_id=account.id
        )
        assert calls.runs_visible_to(by).filter(pk=run.pk).exists()
        actions.type_number(by=by, run=run, value="1 2 3 4 5 6")
    run = actions.draw(by=by, run=run)
    assert (run.state, run.complaints) == ("drawn", [])


def test_all_people_are_plainly_made_up(councils: Any) -> None:
    assert set(Person.objects.values_list("family_name", flat=True)) == {"見本"}
    assert not Person.objects.exclude(email="").exclude(email__endswith="@sonjuku.example").exists()
    assert set(Person.objects.values_list("phone", flat=True)) <= {"", "000-0000-0000"}


def test_the_learner_waits_for_the_guardian_and_has_a_ticket_for_today(councils: Any) -> None:
    account = cast_account("learner")
    person = people.person_of(account, councils["hagi"])
    winter = Application.objects.get(person=person, call__code="it-passport-winter")
    consent = people.consent_for(winter.id, Consent.Purpose.GUARDIAN)
    assert consent.given_at is None
    assert consent.due_at > AT
    assert consent.guardian.account == cast_account("guardian")
    assert Letter.objects.filter(to_address="guardian@sonjuku.example", state=Letter.State.QUEUED).exists()
    place = Participation.objects.get(person=person, call__code="video-autumn")
    assert place.state == Participation.State.ACTIVE
    today = [
        occasion
        for occasion in Occasion.objects.filter(call=place.call)
        if day_of(occasion.starts_at) == day_of(AT)
    ]
    assert len(today) == 1
    assert Award.objects.get(person=person).achievement.call.code == "it-passport-summer"


def test_a_firm_sees_the_people_of_its_own_event_only(councils: Any) -> None:
    role = Role.objects.get(account=cast_account("firm"))
    actor = Actor(
        at=AT, role=role.kind, body_id=role.body_id, council_id=role.council_id, account_id=role.account_id
    )
    seen = calls.applications_visible_to(actor)
    assert set(seen.values_list("call__code", flat=True)) == {"programming-booth"}


def test_a_prefecture_officer_sees_nobody(councils: Any) -> None:
    role = Role.objects.get(account=cast_account("officer"))
    actor = Actor(
        at=AT, role=role.kind, body_id=role.body_id, council_id=role.council_id, account_id=role.account_id
    )
    assert not calls.applications_visible_to(actor).exists()


def test_a_finished_draw_can_be_checked_by_anyone(councils: Any) -> None:
    drawn = Call.objects.get(council=councils["hagi"], code="video-autumn")
    assert drawn.state == Call.State.DECIDED
    proof = calls.public_run(calls.run_of(drawn))
    assert verify(proof) == []
    # Nine residents apply for nine seats kept for them, nine others for the three general ones.
    assert proof["order"].count("\n") == 18
    counts = calls.counts(drawn)
    assert counts[Application.State.ACCEPTED] == 12
    assert counts[Application.State.WAITLISTED] == 6


def test_seats_and_waiting_lists_agree_with_the_applications(councils: Any) -> None:
    full = Call.objects.get(code="basics-sapporo")
    assert calls.seats_left(full) == 0
    assert calls.counts(full)[Application.State.WAITLISTED] == 2
    for call in Call.objects.filter(state=Call.State.OPEN):
        taken = sum(pool.taken for pool in call.seat_pools.all())
        assert taken == call.applications.filter(seat_pool__isnull=False).count(), call.code


def test_saikais_338_are_there_by_place_inside_and_outside(councils: Any) -> None:
    call = Call.objects.get(council=councils["saikai"], code="academia-2020")
    assert call.applications.count() == 338
    by_area = calls.by_area(call)
    assert sum(by_area.values()) == 338
    assert len({code[:2] for code in call.applications.values_list("person__lg_code", flat=True)}) > 10
    inside = call.applications.filter(out_of_area=False)
    assert inside.count() + call.applications.filter(out_of_area=True).count() == 338
    assert set(inside.values_list("person__lg_code", flat=True)) == {"422126"}


def test_the_inbox_holds_what_is_new_to_the_cast_and_nothing_else(councils: Any) -> None:
    waiting = Letter.objects.filter(state=Letter.State.QUEUED)
    cast = {member.email for member in CAST}
    assert set(waiting.values_list("to_address", flat=True)) <= cast
    assert waiting.exists()


def test_articles_are_there_and_one_waits(councils: Any) -> None:
    shown = newsroom.published(councils["hagi"])
    assert [row.slug for row in shown] == ["year-end", "winter-course", "digital-advice", "summer-report"]
    assert shown.get(slug="winter-course").updated_at == AT - dt.timedelta(days=2)
    assert shown.get(slug="year-end").updated_at is None
    desk = Role.objects.get(account=cast_account("secretariat"), kind="secretariat")
    by = Actor(at=AT, role=desk.kind, body_id=desk.body_id, council_id=desk.council_id)
    waiting = newsroom.waiting(by).get()
    assert waiting.author == cast_account("firm")
    assert newsroom.published(councils["tsuyama"]).count() == 2


def test_loading_twice_is_refused_and_quietly_skipped_on_request(councils: Any) -> None:
    with pytest.raises(Refused, match="already_loaded"):
        load_demo(at=AT)
    call_command("demo_load", if_empty=True)
    with pytest.raises(CommandError):
        call_command("demo_load")


def test_a_database_with_a_real_council_is_refused(councils: Any) -> None:
    Council.objects.filter(slug="hagi").update(is_demo=False)
    with pytest.raises(Refused, match="not_a_demo"):
        load_demo(at=AT)
    with pytest.raises(CommandError):
        call_command("demo_load", if_empty=True)


def test_the_engineer_may_rank_firms_in_hokkaido(councils: Any) -> None:
    """A matching event takes orders; half of the members have handed one in, and the support desk runs it."""
    event = MatchingEvent.objects.get()
    account = cast_account("engineer")
    assert account is not None
    by = Actor(at=AT, role="member", account_id=account.id)
    mine = matchings.members_visible_to(by).get()
    assert (mine.side, mine.submitted_at) == ("left", None)
    groups = [[partner.id] for partner in matchings.partners(mine)]
    sid = transaction.savepoint()
    assert submit_ranks(by=by, member=mine, groups=groups, agrees=True, text="見本").ranks == groups
    transaction.savepoint_rollback(sid)
    progress = {each["side"]: (each["all"], each["submitted"]) for each in matchings.progress(event)}
    assert progress == {"left": (6, 3), "right": (4, 2)}
    role = Role.objects.get(account=cast_account("support"), council=councils["hokkaido"])
    desk = Actor(at=AT, role=role.kind, body_id=role.body_id, council_id=role.council_id)
    assert list(matchings.events_visible_to(desk)) == [event]


def test_the_engineer_finds_recognition_of_every_kind(councils: Any) -> None:
    aomori = councils["aomori"]
    person = people.person_of(cast_account("engineer"), aomori)
    laid = Endorsement.objects.get(council=aomori, visibility="public")
    assert (laid.state, laid.person, laid.certificate.state) == ("issued", person, "checked")
    [version] = paths.in_force([aomori])
    found = standing(paths.requirement(version), credentials_held(person, day_of(AT)))
    assert not found.is_met, "something is left to do"
    assert Dossier.objects.get(person=person).state == "submitted"
    assert Dossier.objects.exclude(person=person).get(council=aomori).state == "awarded"
    batch = AwardBatch.objects.get(council=aomori)
    assert (batch.state, batch.issued, batch.total) == ("done", 8, 8)
    statuses = Counter(award.status for award in Award.objects.filter(achievement=batch.achievement))
    assert statuses == {"valid": 6, "suspended": 1, "revoked": 1}


def test_the_desk_finds_recognition_that_waits_for_it(councils: Any) -> None:
    aomori = councils["aomori"]
    assert CertificateKind.objects.filter(council=aomori).count() == 2
    assert Endorsement.objects.filter(council=aomori, state="asked").count() == 1
    waiting = OutsideCertificate.objects.get(council=aomori, state="claimed")
    assert waiting.first_by == cast_account("aomori-desk"), "another one has to look"
