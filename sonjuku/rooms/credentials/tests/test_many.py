"""Awarding without a course, and to very many: each person once, by the worker, chunk by chunk."""

from dataclasses import replace

import pytest

from sonjuku.protocols.openbadges import build, canonical
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import Award, AwardBatch, AwardBatchRow, Route
from sonjuku.rooms.journal.models import Entry
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def badge(council, secretariat, skill):
    """A badge of no call, for rules and experience."""
    return actions.define_achievement(
        by=secretariat, council=council, title="地域のデータ案内人", description="できる。", criteria="経験。",
        type="Badge", skills=[skill], levels={skill.pk: "レベル2"},
    )  # fmt: skip


@pytest.fixture
def people(council, make_person):
    return [make_person(council, email=f"p{n}@example.jp") for n in range(5)]


def verdict(award, at):
    return queries.verify(queries.wire_text(award).encode(), at).result


def test_experience_gives_the_same_badge_by_another_route(badge, people, secretariat, at):
    evidence = build.Evidence("作品", "地図をつくった。", "https://example.jp/map")
    [award] = actions.award_many(
        by=secretariat, achievement=badge, claims=[Claim(people[0].pk, evidence=(evidence,))],
        route=Route.EXPERIENCE, narrative="5年の実務。",
    )  # fmt: skip
    [course] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(people[1].pk)])
    assert (award.route, course.route) == ("experience", "course")
    first, second = award.credential["evidence"]
    assert (first["genre"], first["narrative"]) == ("route:experience", "5年の実務。")
    assert (second["id"], second["name"]) == ("https://example.jp/map", "作品")
    assert "evidence" not in course.credential
    assert (
        award.credential["credentialSubject"]["achievement"]
        == course.credential["credentialSubject"]["achievement"]
    )
    assert [verdict(each, at) for each in (award, course)] == ["ok", "ok"]


def test_the_skill_is_named_with_its_level_and_the_frameworks_version(badge, people, secretariat):
    [award] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(people[0].pk)])
    [alignment] = award.credential["credentialSubject"]["achievement"]["alignment"]
    assert alignment["targetFramework"] == "デジタルスキル標準 DSS-P 1.2"
    assert "レベル：レベル2" in alignment["targetDescription"]


def test_everybody_gets_it_once_however_often_they_are_named(badge, people, secretariat, at):
    claims = [Claim(person.pk) for person in (*people, *people)]
    first = actions.award_many(by=secretariat, achievement=badge, claims=claims)
    assert {award.person_id for award in first} == {person.pk for person in people}
    assert len({award.status_index for award in first}) == 5
    assert {verdict(award, at) for award in first} == {"ok"}
    assert actions.award_many(by=secretariat, achievement=badge, claims=claims) == []
    assert Award.objects.count() == Entry.objects.filter(verb="award.issued").count() == 5


def test_nobody_of_another_council_is_awarded(badge, people, make_person, other_council, secretariat):
    claims = [Claim(people[0].pk), Claim(make_person(other_council).pk)]
    for give in (actions.award_many, actions.start_batch):
        with pytest.raises(Refused, match="other_council"):
            give(by=secretariat, achievement=badge, claims=claims)
    assert not Award.objects.exists()
    assert not AwardBatch.objects.exists()


def test_a_batch_goes_on_where_it_ended(badge, people, secretariat, at):
    batch = actions.start_batch(
        by=secretariat,
        achievement=badge,
        claims=[Claim(p.pk) for p in people],
        route=Route.RULE,
        narrative="3つのうち2つ",
    )
    assert (batch.total, batch.rows.count()) == (5, 5)
    seen = []
    while batch.state == "running":
        batch, awards = actions.award_next(by=secretariat, batch=batch, size=2)
        seen.append((len(awards), batch.issued, batch.state))
    assert seen == [(2, 2, "running"), (2, 4, "running"), (1, 5, "done")]
    assert not AwardBatchRow.objects.exists()
    assert {award.person_id for award in Award.objects.all()} == {p.pk for p in people}
    assert {award.route for award in Award.objects.all()} == {"rule"}
    assert actions.award_next(by=secretariat, batch=batch, size=2)[1] == []


@pytest.mark.django_db(transaction=True)
def test_what_breaks_in_the_middle_of_a_chunk_leaves_nothing_of_it(badge, people, secretariat, monkeypatch):
    batch = actions.start_batch(by=secretariat, achievement=badge, claims=[Claim(p.pk) for p in people])
    batch, _awards = actions.award_next(by=secretariat, batch=batch, size=2)
    before = Award.objects.first().status_list.taken

    def breaks(*_args, **_kwargs):
        raise RuntimeError("the worker died")

    with monkeypatch.context() as patched:
        patched.setattr("sonjuku.rooms.credentials.actions.awards.record_many", breaks)
        with pytest.raises(RuntimeError):
            actions.award_next(by=secretariat, batch=batch, size=2)
    assert (Award.objects.count(), AwardBatchRow.objects.count()) == (2, 3)
    assert Award.objects.first().status_list.taken == before
    while batch.state == "running":
        batch, _awards = actions.award_next(by=secretariat, batch=batch, size=2)
    assert (Award.objects.count(), batch.issued) == (5, 5)


def test_who_has_got_it_meanwhile_is_passed_over(badge, people, secretariat):
    batch = actions.start_batch(by=secretariat, achievement=badge, claims=[Claim(p.pk) for p in people])
    actions.award_many(by=secretariat, achievement=badge, claims=[Claim(people[2].pk)])
    people[4].delete()
    batch, awards = actions.award_next(by=secretariat, batch=batch, size=50)
    assert (len(awards), batch.issued, batch.total, batch.state) == (3, 3, 5, "done")


def test_one_batch_at_a_time_and_none_for_nobody(badge, people, secretariat):
    claims = [Claim(p.pk) for p in people]
    batch = actions.start_batch(by=secretariat, achievement=badge, claims=claims)
    with pytest.raises(Refused, match="batch_running"):
        actions.start_batch(by=secretariat, achievement=badge, claims=claims)
    actions.award_next(by=secretariat, batch=batch, size=3)
    stopped = actions.stop_batch(by=secretariat, batch=batch)
    assert (stopped.state, stopped.rows.count(), Award.objects.count()) == ("stopped", 0, 3)
    second = actions.start_batch(by=secretariat, achievement=badge, claims=claims)
    assert second.total == 2
    actions.award_next(by=secretariat, batch=second, size=3)
    with pytest.raises(Refused, match="nobody_left"):
        actions.start_batch(by=secretariat, achievement=badge, claims=claims)


def test_only_the_councils_office_sees_the_register(badge, people, secretariat, other_council):
    actions.award_many(by=secretariat, achievement=badge, claims=[Claim(people[0].pk)])
    assert queries.register_visible_to(secretariat).count() == 1
    assert queries.achievements_visible_to(secretariat).count() == 1
    for stranger in (
        replace(secretariat, role="body_staff"),
        replace(secretariat, council_id=other_council.id),
    ):
        assert not queries.register_visible_to(stranger)
        assert not queries.achievements_visible_to(stranger)
        assert not queries.batches_visible_to(stranger)


@pytest.mark.parametrize("site", ["https://badges.example.jp", "http://localhost:8000"])
def test_badges_of_one_achievement_are_canonicalised_by_template(
    badge, people, secretariat, settings, monkeypatch, site
):
    """The long way is gone twice (to meet the kind of badge, and to make its template), not once a badge."""
    settings.SITE_URL = site
    long_ways = []
    real = canonical.check_form
    monkeypatch.setattr(canonical, "check_form", lambda *given: long_ways.append(1) or real(*given))
    actions.ensure_key(by=secretariat, council=badge.council)
    warm = [Claim(person.pk) for person in people[:3]]
    actions.award_many(by=secretariat, achievement=badge, claims=warm)
    after_three = len(long_ways)
    awards = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(p.pk) for p in people[3:]])
    assert len(awards) == 2
    assert len(long_ways) == after_three
