"""Two hands at once: one award, one badge handed in, two different pairs of eyes."""

import dataclasses
from typing import Any

import pytest

from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import NewItem
from sonjuku.rooms.credentials.models import Award, OutsideCertificate, Qualification
from sonjuku.rooms.credentials.queries import paths
from sonjuku.toolbox.refusals import Refused
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
HANDS = 6


def said(work: Any) -> Any:
    """What came of it: the row, or the code of the refusal."""

    def run(item: Any) -> Any:
        try:
            return work(item)
        except Refused as error:
            return error.code

    return run


def test_a_map_awards_once(council, secretariat, system, learner, achievement, kind):
    badge = actions.define_achievement(
        by=secretariat, council=council, title="地図", description="した。", criteria="すること。"
    )
    row = actions.make_map(
        by=secretariat, council=council, host=council.host, title="地図", achievement=badge
    )
    item = NewItem("講座", is_required=True, achievements=[achievement])
    draft = actions.set_items(by=secretariat, version=paths.draft(row), least=0, items=[item])
    actions.publish_version(by=secretariat, version=draft)
    version = paths.current(row)
    actions.award_many(by=secretariat, achievement=achievement, claims=[actions.Claim(learner.pk)])
    found = at_once(
        lambda _n: actions.qualify(by=system, version=version, person_id=learner.id), range(HANDS)
    )
    assert sum(one is not None for one in found) == 1
    assert Award.objects.filter(achievement=badge).count() == Qualification.objects.count() == 1


def test_one_badge_is_handed_in_once(holder, learner, kind, outside_badge):
    data = outside_badge()
    claim = said(lambda _n: actions.claim_badge(by=holder[1], person=learner, kind=kind, data=data))
    found = at_once(claim, range(HANDS))
    assert found.count("already_claimed") == HANDS - 1
    assert OutsideCertificate.objects.count() == 1


def test_one_person_at_many_windows_is_one_pair_of_eyes(paper, secretariat, colleague):
    check = said(lambda by: actions.check_certificate(by=by, certificate=paper))
    found = at_once(check, [secretariat] * HANDS)
    assert found.count("same_eyes") == HANDS - 1
    paper.refresh_from_db()
    assert paper.state == "claimed"
    found = at_once(check, [dataclasses.replace(colleague)] * HANDS)
    assert found.count("wrong_state") == HANDS - 1
    paper.refresh_from_db()
    assert (paper.state, paper.checked_by_id) == ("checked", colleague.account_id)
