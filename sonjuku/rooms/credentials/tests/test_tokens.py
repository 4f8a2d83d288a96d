import pytest

from sonjuku.protocols.openbadges import vcjwt
from sonjuku.rooms.credentials import actions, queries
from sonjuku.toolbox.refusals import Refused


def test_the_token_says_what_the_badge_says_and_verifies_alone(award, at):
    found, document = vcjwt.verify(actions.token(award), at)
    assert [check.reason for check in found.checks if check.name != "status"] == [""] * 5
    assert document == {name: value for name, value in award.credential.items() if name != "proof"}
    assert actions.token(award) == actions.token(award)


def test_a_badge_of_the_sites_own_name_is_found_by_the_sites_own_document(
    award, achievement, completed, secretariat, at
):
    actions.set_naming(by=secretariat, key=award.issuer_key, naming="web")
    (named,) = actions.award(by=secretariat, participation=completed(email="b@example.jp"))
    did = named.credential["issuer"]["id"]
    assert did.startswith("did:web:")
    found, _ = vcjwt.verify(actions.token(named), at, dids={did: queries.did_document(did)})
    assert {check.name: check.reason for check in found.checks}["proof"] == ""


def test_a_struck_key_makes_no_token(award, secretariat):
    key = award.issuer_key
    key.private_key, key.struck_at = b"", secretariat.at
    with pytest.raises(Refused) as refused:
        actions.token(award)
    assert refused.value.code == "no_signer"
