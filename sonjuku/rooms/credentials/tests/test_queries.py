import copy
import datetime as dt
import json
import uuid

import pytest

from sonjuku.protocols.openbadges import baking, image, keys, proofs
from sonjuku.rooms.credentials import queries, rules
from sonjuku.rooms.credentials.models import Award
from sonjuku.rooms.journal.models import Actor

pytestmark = pytest.mark.django_db
V = Award.Visibility


def show(award, visibility):
    Award.objects.filter(pk=award.pk).update(visibility=visibility)
    award.refresh_from_db()
    return award


def results(report):
    return {found.name: found.result for found in report.findings}


@pytest.mark.parametrize(("visibility", "found"), [(V.PRIVATE, False), (V.COUNCIL, False), (V.PUBLIC, True)])
def test_the_public_sees_public_badges_only(award, at, visibility, found):
    show(award, visibility)
    assert (queries.public_award(award.id) is not None) is found
    assert (queries.shown_award(award.id, Actor(at=at)) is not None) is found


@pytest.mark.parametrize(("visibility", "found"), [(V.PRIVATE, False), (V.COUNCIL, True), (V.PUBLIC, True)])
def test_staff_see_what_the_holder_shows_the_council(award, secretariat, other_council, visibility, found):
    show(award, visibility)
    assert queries.awards_visible_to(secretariat).exists() is found
    abroad = Actor(at=secretariat.at, role="secretariat", council_id=other_council.id)
    officer = Actor(at=secretariat.at, role="prefecture_officer", council_id=award.council_id)
    assert not queries.awards_visible_to(abroad)
    assert not queries.awards_visible_to(officer)


def test_the_holder_always_sees_the_own_badge_and_a_stranger_never(award, holder, make_account, at):
    assert queries.shown_award(award.id, holder[1]) == award
    stranger = Actor(at=at, role="member", account_id=make_account("other@example.jp").id)
    assert queries.shown_award(award.id, stranger) is None
    assert not queries.awards_visible_to(Actor(at=at, role="member"))


def test_what_is_held_is_named_by_the_achievements_uri(award, make_person, council):
    assert queries.credentials_held(award.person) == {award.achievement.uri}
    assert queries.credentials_held(make_person(council)) == set()


def test_an_untouched_badge_is_confirmed_and_says_what_was_not_checked(award, council, at):
    report = queries.verify(queries.wire_text(award).encode(), at)
    assert report.result == "ok"
    assert report.council == council
    assert report.claims["title"] == award.achievement.title
    found = results(report)
    assert set(found.values()) == {"ok"}
    assert set(found) == {"kind", "form", "issuer", "proof", "dates", "key", "status"}
    assert list(report.not_checked) == [rules.IDENTITY]


def test_baked_images_are_confirmed_too(award, at):
    text = queries.wire_text(award)
    png = baking.bake_png(image.badge_png("修了", "", "#0017c1"), text)
    svg = baking.bake_svg(image.badge_svg("修了", "", "#0017c1").encode(), text)
    assert queries.verify(png, at).result == "ok"
    assert queries.verify(svg, at).result == "ok"


@pytest.mark.parametrize("change", ["title", "date", "holder"])
def test_a_changed_badge_is_found_out(award, at, change):
    forged = copy.deepcopy(award.credential)
    if change == "title":
        forged["credentialSubject"]["achievement"]["name"] = "博士"
    elif change == "date":
        forged["validFrom"] = "2020-01-01T00:00:00Z"
    else:
        forged["credentialSubject"]["identifier"][0]["identityHash"] = "sha256$" + "0" * 64
    report = queries.verify(json.dumps(forged).encode(), at)
    assert report.result == "bad"
    assert results(report)["proof"] == "bad"
    assert report.council is None


def test_a_well_signed_badge_of_a_stranger_who_takes_our_name_is_not_confirmed(award, at):
    """Anyone can sign with a key of their own and write our council's name: only the key tells."""
    forged = {k: v for k, v in award.credential.items() if k != "proof"}
    thief = keys.new_key()
    forged["issuer"] = {**forged["issuer"], "id": thief.did}
    report = queries.verify(json.dumps(proofs.sign(forged, thief, at)).encode(), at)
    assert results(report)["proof"] == "ok"
    assert results(report)["key"] == "unknown"
    assert report.result == "unknown"
    assert report.council is None


def test_a_status_list_that_is_not_read_is_never_shown_as_fine(award, at, settings):
    key = keys.open_sealed(bytes(award.issuer_key.private_key).decode(), settings.KEYS_SECRET)
    document = {k: v for k, v in award.credential.items() if k != "proof"}
    document["credentialStatus"] = {
        "id": "https://example.jp/1#5",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://example.jp/1",
    }
    report = queries.verify(json.dumps(proofs.sign(document, key, at)).encode(), at)
    assert results(report)["proof"] == "ok"
    assert results(report)["status"] == "unknown"
    assert report.result == "unknown"


def test_a_badge_from_tomorrow_is_not_valid_today(award, at):
    report = queries.verify(queries.wire_text(award).encode(), at - dt.timedelta(days=1))
    assert results(report)["dates"] == "bad"
    assert report.result == "bad"


def test_the_holders_address_can_be_compared(award, at):
    data = queries.wire_text(award).encode()
    same = queries.verify(data, at, "HOLDER@example.jp ")
    assert results(same)["holder"] == "ok"
    assert same.result == "ok"
    assert same.not_checked == ()
    other = queries.verify(data, at, "someone@example.jp")
    assert results(other)["holder"] == "bad"
    assert other.result == "bad"


def test_an_address_of_ours_leads_to_a_public_badge_only(award, at, settings):
    address = f"{settings.SITE_URL}/badges/{award.id}/"
    assert queries.verify(address.encode(), at).result == "unknown"
    show(award, V.PUBLIC)
    for form in (
        address,
        f"{settings.SITE_URL}/en/badges/{award.id}/",
        f"{settings.SITE_URL}/badges/{award.id}.json",
    ):
        assert queries.verify(form.encode(), at).result == "ok"


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example.jp/badges/1/", "http://[", "https://", "http://localhost:8000/../etc/passwd"],
)
def test_other_addresses_are_never_fetched(db, at, address, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("asked the network"))
    report = queries.verify(address.encode(), at)
    assert report.result == "unknown"
    assert results(report) == {"read": "unknown"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"hello",
        b"[1, 2]",
        b"{",
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"\x89PNG\r\n\x1a\n truncated",
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><svg>&a;</svg>",
        b"eyJhbGciOiJFZERTQSJ9.e30.c2ln",
        b"\xff\xfe\x00\x01",
        b"x" * (1024 * 1024 + 1),
        b'{"type": "VerifiableCredential"}',
        b'{"@context": ["https://evil.example/ctx"], "type": ["VerifiableCredential", "OpenBadgeCredential"]}',
        b'{"credentialSubject": [], "issuer": 3, "validFrom": {}, "proof": [[]]}',
    ],
)
def test_hostile_input_gets_a_clear_answer_and_never_a_pass(at, data):
    report = queries.verify(data, at)
    assert report.result != "ok"
    assert report.findings
    assert all(str(found.title) and str(found.text) for found in report.findings)


def test_awards_of_a_call(award, secretariat, holder):
    assert list(queries.awards_of(holder[1], award.achievement.call)) == [award]
    assert not queries.awards_of(secretariat, award.achievement.call)
    assert queries.public_award(uuid.uuid4()) is None
