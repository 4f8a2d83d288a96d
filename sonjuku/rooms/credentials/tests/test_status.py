"""Whether a badge still holds: lists, their signatures, who may change what, and what others are told."""

from dataclasses import replace

import pytest

from sonjuku.protocols.openbadges import proofs, status
from sonjuku.rooms.credentials import actions, queries, rules
from sonjuku.rooms.credentials.models import Award, StatusChange, StatusList
from sonjuku.rooms.journal.models import Entry
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db


def found_in(award, at):
    report = queries.verify(queries.wire_text(award).encode(), at)
    return report.result, {found.name: found.result for found in report.findings}["status"]


def bit(document, index):
    bits = status.decode(document["credentialSubject"]["encodedList"])
    return format(bits[index // 8], "08b")[index % 8] == "1"


def signed_by_the_issuer(document, at):
    verification = proofs.verify(document, at, types=(status.LIST,))
    return verification.ok and verification.issuer == document["issuer"]


def test_a_badge_names_its_place_in_a_signed_list(award, at, settings):
    entry = award.credential["credentialStatus"]
    listed = StatusList.objects.get()
    address = f"{settings.SITE_URL}/c/hagi/status/{listed.pk}/revocation"
    assert entry["statusListCredential"] == address == listed.revocation["id"]
    assert (entry["statusPurpose"], entry["statusListIndex"]) == ("revocation", str(award.status_index))
    for document, purpose in ((listed.revocation, "revocation"), (listed.suspension, "suspension")):
        assert document["credentialSubject"]["statusPurpose"] == purpose
        assert len(status.decode(document["credentialSubject"]["encodedList"])) * 8 == 131_072
        assert not bit(document, award.status_index)
        assert signed_by_the_issuer(document, at)
    assert found_in(award, at) == ("ok", "ok")


def test_a_revoked_badge_says_so_everywhere_and_for_good(award, secretariat, at):
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="別の人に渡していた")
    award.refresh_from_db()
    listed = StatusList.objects.get()
    assert (award.status, award.revoked_at) == ("revoked", secretariat.at)
    assert bit(listed.revocation, award.status_index)
    assert not bit(listed.suspension, award.status_index)
    assert signed_by_the_issuer(listed.revocation, at)
    assert found_in(award, at) == ("bad", "bad")
    assert queries.credentials_held(award.person) == set()
    for kind in ("revoke", "suspend", "reinstate"):
        with pytest.raises(Refused, match="no_such_change"):
            actions.change_status(by=secretariat, award=award, kind=kind, reason="もう一度")
    assert [(c.kind, c.reason) for c in award.status_changes.all()] == [("revoke", "別の人に渡していた")]


def test_a_suspension_can_be_lifted_and_the_history_stays(award, secretariat, at):
    actions.change_status(by=secretariat, award=award, kind="suspend", reason="確認中")
    award.refresh_from_db()
    listed = StatusList.objects.get()
    assert award.status == "suspended"
    assert (bit(listed.suspension, award.status_index), bit(listed.revocation, award.status_index)) == (
        True,
        False,
    )
    assert found_in(award, at) == ("bad", "bad")
    assert queries.credentials_held(award.person) == set()
    actions.change_status(by=secretariat, award=award, kind="reinstate", reason="確認できた")
    award.refresh_from_db()
    listed.refresh_from_db()
    assert (award.status, bit(listed.suspension, award.status_index)) == ("valid", False)
    assert signed_by_the_issuer(listed.suspension, at)
    assert found_in(award, at) == ("ok", "ok")
    assert [c.kind for c in StatusChange.objects.filter(award=award)] == ["suspend", "reinstate"]
    assert {e.verb for e in Entry.objects.filter(subject_id=award.id)} >= {
        "award.suspended",
        "award.reinstated",
    }


@pytest.mark.parametrize("reason", ["", "   "])
def test_nothing_changes_without_a_reason(award, secretariat, reason):
    with pytest.raises(Refused, match="no_reason"):
        actions.change_status(by=secretariat, award=award, kind="revoke", reason=reason)
    award.refresh_from_db()
    assert award.status == "valid"


def test_another_council_changes_nothing(award, secretariat, other_council):
    with pytest.raises(Refused, match="other_council"):
        actions.change_status(
            by=replace(secretariat, council_id=other_council.id),
            award=award,
            kind="revoke",
            reason="のっとり",
        )
    assert not Award.objects.filter(revoked_at__isnull=False).exists()


def test_a_badge_from_before_the_lists_is_known_by_the_register(award, secretariat, at):
    key = actions.signer(award.issuer_key)
    old = {
        name: value for name, value in award.credential.items() if name not in {"credentialStatus", "proof"}
    }
    award.credential, award.status_list, award.status_index = proofs.sign(old, key, at), None, None
    award.save()
    assert found_in(award, at) == ("ok", "ok")
    actions.change_status(by=secretariat, award=award, kind="revoke", reason="取り違え")
    assert found_in(award, at) == ("bad", "bad")


def test_what_cannot_be_looked_up_is_never_called_unrevoked(award, at):
    """An erased badge without its list: nobody knows any more."""
    text = queries.wire_text(award)
    Award.objects.all().delete()
    assert {f.name: f.result for f in queries.verify(text.encode(), at).findings}["status"] == "ok"
    StatusList.objects.all().delete()
    report = queries.verify(text.encode(), at)
    assert {f.name: f.result for f in report.findings}["status"] == "unknown"
    assert report.result == "unknown"
    assert rules.REVOCATION in report.not_checked


def test_a_list_of_another_issuer_says_nothing(award, at, secretariat, other_council):
    """A key of ours that names a list of another key of ours: signed, and still refused."""
    other = actions.ensure_key(by=replace(secretariat, council_id=other_council.id), council=other_council)
    forged = {n: v for n, v in award.credential.items() if n != "proof"}
    forged["issuer"] = {**forged["issuer"], "id": other.did}
    forged["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    signed = proofs.sign(forged, actions.signer(other), at)
    award.credential = signed
    assert found_in(award, at) == ("bad", "bad")


def test_a_place_is_never_given_twice_even_after_erasure(award, secretariat, completed, monkeypatch):
    """The dice fall on the place of an erased badge and of a standing one before they find a free one."""
    erased, standing = (
        award.status_index,
        actions.award(by=secretariat, participation=completed())[0].status_index,
    )
    award.delete()
    free = (standing + 7) % status.ENTRIES
    free = free if free != erased else free + 1
    throws = iter([erased, standing, erased, free])
    monkeypatch.setattr("sonjuku.rooms.credentials.actions.status.secrets.randbelow", lambda _n: next(throws))
    assert actions.award(by=secretariat, participation=completed())[0].status_index == free


def test_a_list_half_full_is_followed_by_another(award, secretariat, completed, at):
    StatusList.objects.update(taken=status.ENTRIES // 2)
    later = actions.award(by=secretariat, participation=completed())[0]
    assert later.status_list_id != award.status_list_id
    assert StatusList.objects.count() == 2
    assert found_in(later, at) == ("ok", "ok")


def test_after_a_move_new_badges_get_a_list_at_the_new_address(award, secretariat, completed, at, settings):
    settings.SITE_URL = "https://moved.example.jp"
    later = actions.award(by=secretariat, participation=completed())[0]
    assert later.status_list_id != award.status_list_id
    entry = later.credential["credentialStatus"]
    assert entry["statusListCredential"].startswith("https://moved.example.jp/c/hagi/status/")
    assert found_in(later, at) == ("ok", "ok")


def test_a_key_that_is_named_otherwise_has_lists_under_each_name(award, secretariat, completed, at):
    actions.set_naming(by=secretariat, key=award.issuer_key, naming="web")
    later = actions.award(by=secretariat, participation=completed())[0]
    assert later.status_list.issuer == later.credential["issuer"]["id"] != award.status_list.issuer
    actions.change_status(by=secretariat, award=award, kind="suspend", reason="確認中")
    listed = StatusList.objects.get(pk=award.status_list_id)
    assert signed_by_the_issuer(listed.suspension, at)
    assert found_in(later, at) == ("ok", "ok")
