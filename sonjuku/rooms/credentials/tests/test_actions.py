from dataclasses import replace

import pytest

from sonjuku.protocols.openbadges import build, proofs
from sonjuku.rooms.credentials import actions, queries
from sonjuku.rooms.credentials.models import Award, IssuerKey
from sonjuku.rooms.journal.models import Actor, Entry
from sonjuku.rooms.participation.models import Participation
from sonjuku.rooms.people.models import Consent
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
V = Award.Visibility


def signed_well(document, at):
    """Whether all holds that the file alone can show; its status stands elsewhere."""
    return all(check.ok for check in proofs.verify(document, at).checks if check.name != "status")


def test_a_council_has_one_key_in_use_and_its_private_half_is_sealed(
    council, other_council, secretariat, settings
):
    key = actions.ensure_key(by=secretariat, council=council)
    assert actions.ensure_key(by=secretariat, council=council) == key
    assert actions.ensure_key(by=secretariat, council=other_council).did != key.did
    assert key.did.startswith("did:key:z6Mk")
    assert bytes(key.private_key).startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_retired_key_is_followed_by_a_new_one(council, secretariat):
    key = actions.ensure_key(by=secretariat, council=council)
    IssuerKey.objects.update(retired_at=secretariat.at)
    assert actions.ensure_key(by=secretariat, council=council).did != key.did


def test_completion_awards_a_signed_open_badge(award, council, skill, at, settings):
    document = award.credential
    assert signed_well(document, at)
    assert isinstance(document["proof"], list)
    assert document["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"
    assert document["id"] == f"urn:uuid:{award.id}"
    assert document["issuer"]["name"] == council.title
    assert document["issuer"]["id"] == award.issuer_key.did
    assert document["issuer"]["url"] == f"{settings.SITE_URL}/c/hagi/"
    achievement = document["credentialSubject"]["achievement"]
    assert achievement["id"] == f"urn:uuid:{award.achievement_id}"
    assert achievement["alignment"][0]["targetName"] == skill.title
    assert achievement["alignment"][0]["targetUrl"] == "https://dss.example.jp/"
    assert achievement["alignment"][0]["targetFramework"] == "デジタルスキル標準 DSS-P 1.2"
    assert award.visibility == V.PRIVATE


def test_a_credential_names_nobody(award):
    text = str(award.credential)
    assert build.belongs_to(award.credential, "Holder@example.jp")
    for secret in ("holder@example.jp", award.person.family_name, award.person.given_name):
        assert secret not in text


def test_awarding_twice_signs_once(award, secretariat):
    again = actions.award(by=secretariat, participation=award.participation)
    assert again == [award]
    assert again[0].credential == award.credential
    assert Entry.objects.filter(verb="award.issued").count() == 1


def test_who_has_no_address_is_named_by_a_random_id(achievement, completed, secretariat, at):
    award = actions.award(by=secretariat, participation=completed(email=""))[0]
    assert award.credential["credentialSubject"]["id"].startswith("urn:uuid:")
    assert signed_well(award.credential, at)


def test_nothing_is_awarded_before_completion(achievement, completed, secretariat):
    place = completed()
    Participation.objects.filter(pk=place.pk).update(state="active")
    with pytest.raises(Refused, match="not_completed"):
        actions.award(by=secretariat, participation=place)


def test_a_call_without_achievement_awards_nothing(completed, secretariat):
    assert actions.award(by=secretariat, participation=completed()) == []


def test_an_achievement_is_fixed_once_someone_holds_it(award, secretariat):
    with pytest.raises(Refused, match="already_awarded"):
        actions.change_achievement(by=secretariat, achievement=award.achievement, title="別の名前")


def test_an_achievement_may_change_before(achievement, secretariat):
    changed = actions.change_achievement(by=secretariat, achievement=achievement, title="別の名前", skills=[])
    changed.refresh_from_db()
    assert changed.title == "別の名前"
    assert not changed.skills.exists()


def test_an_achievement_belongs_to_its_calls_council(call, other_council, secretariat):
    with pytest.raises(Refused, match="other_council"):
        actions.define_achievement(
            by=secretariat, council=other_council, call=call, title="証", description="証", criteria="証"
        )


def standing(award):
    rows = Consent.objects.filter(about_id=award.id, given_at__isnull=False, withdrawn_at__isnull=True)
    return {consent.purpose for consent in rows}


def test_making_a_badge_public_is_a_recorded_consent_and_hiding_it_withdraws_that(award, holder):
    _account, me = holder
    actions.set_visibility(by=me, award=award, visibility=V.PUBLIC)
    assert standing(award) == {Consent.Purpose.BADGE_PUBLIC}
    actions.set_visibility(by=me, award=award, visibility=V.COUNCIL)
    assert standing(award) == {Consent.Purpose.PROVISION}
    actions.set_visibility(by=me, award=award, visibility=V.PRIVATE)
    assert standing(award) == set()
    actions.set_visibility(by=me, award=award, visibility=V.PUBLIC)
    assert standing(award) == {Consent.Purpose.BADGE_PUBLIC}
    entry = Entry.objects.filter(verb="award.shown").first()
    assert entry.field_names == ["visibility"]


def test_the_same_choice_again_is_no_event(award, holder):
    _account, me = holder
    for _ in range(2):
        actions.set_visibility(by=me, award=award, visibility=V.PUBLIC)
    assert Entry.objects.filter(verb="award.shown").count() == 1


def test_nobody_but_the_holder_decides(award, make_account, secretariat, at):
    stranger = Actor(at=at, role="member", account_id=make_account("other@example.jp").id)
    for actor in (stranger, secretariat, Actor(at=at)):
        with pytest.raises(Refused, match="not_holder"):
            actions.set_visibility(by=actor, award=award, visibility=V.PUBLIC)
    award.refresh_from_db()
    assert award.visibility == V.PRIVATE


def test_an_unknown_choice_is_refused(award, holder):
    with pytest.raises(Refused, match="no_such_choice"):
        actions.set_visibility(by=holder[1], award=award, visibility="everywhere")


def test_an_office_answers_for_the_key_and_the_journal_knows_since_when(council, secretariat, other_council):
    key = actions.ensure_key(by=secretariat, council=council)
    for _press in range(2):
        actions.set_custodian(by=secretariat, key=key, custodian="企業誘致推進課")
    key.refresh_from_db()
    assert key.custodian == "企業誘致推進課"
    entry = Entry.objects.get(verb="issuer_key.entrusted")
    assert (entry.subject_id, entry.field_names, entry.at) == (key.id, ["custodian"], secretariat.at)
    foreign = actions.ensure_key(by=secretariat, council=other_council)
    with pytest.raises(Refused, match="other_council"):
        actions.set_custodian(by=secretariat, key=foreign, custodian="のっとり")


def test_the_keys_are_shown_to_the_office_and_without_their_secret(council, secretariat, other_council):
    key = actions.ensure_key(by=secretariat, council=council)
    actions.ensure_key(by=secretariat, council=other_council)
    shown = queries.issuer_keys_visible_to(secretariat)
    assert list(shown) == [key]
    assert "private_key" in shown[0].get_deferred_fields()
    assert not queries.issuer_keys_visible_to(replace(secretariat, role="body_staff"))
