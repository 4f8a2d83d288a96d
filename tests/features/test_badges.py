"""Badges that last: a file alone verifies, issuers' documents can be kept elsewhere, nothing ends with a fiscal year."""

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from sonjuku.protocols.openbadges import proofs, status, vcjwt
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.people.models import Body, Person


@pytest.fixture
def give(hokkaido, desk):
    """Give a new badge to a new person: `body` signs it, its issuer named by `naming`."""

    def make(body=None, naming="key"):
        by = desk(hokkaido)
        key = actions.ensure_key(by=by, council=hokkaido, body=body)
        actions.set_naming(by=by, key=key, naming=naming)
        badge = actions.define_achievement(
            by=by,
            council=hokkaido,
            title="データ案内人",
            description="読み解ける",
            criteria="三つの講座",
            issuer_body=body,
        )
        person = Person.objects.create(
            council=hokkaido, family_name="見本", given_name="花子", family_name_kana="ミホン", given_name_kana="ハナコ",
            email="hanako@example.jp",
        )  # fmt: skip
        [award] = actions.award_many(by=by, achievement=badge, claims=[Claim(person.pk)])
        return award

    return make


def holds(document, at, dids=None):
    """Whether everything holds that can be told without asking a status list."""
    return {check.name for check in proofs.verify(document, at, dids=dids).checks if not check.ok} <= {
        "status"
    }


def test_001_38_a_file_alone_verifies_when_the_service_has_ended(give, desk, hokkaido, tmp_path):
    award = give()
    file = tmp_path / "badge.json"
    file.write_text(json.dumps(award.credential, ensure_ascii=False))
    actions.rotate_key(by=desk(hokkaido), key=award.issuer_key)

    def no_database(*_args):
        raise AssertionError("the service has ended")

    with connection.execute_wrapper(no_database):
        kept = json.loads(file.read_text())
        assert holds(kept, timezone.now() + dt.timedelta(days=50 * 365))
        kept["credentialSubject"]["achievement"]["name"] = "名人"
        assert not holds(kept, timezone.now())


@pytest.mark.parametrize("of_body", [False, True])
def test_001_38_documents_of_the_issuer_can_be_kept_elsewhere(give, client, hokkaido, settings, of_body):
    body = Body.objects.filter(council=hokkaido).first() if of_body else None
    award = give(body=body, naming="web")
    issuer = award.credential["issuer"]["id"]
    below = f"/bodies/{body.id}" if body else ""
    document = json.loads(client.get(f"/c/hokkaido{below}/did.json").content)
    address = award.credential["credentialStatus"]["statusListCredential"]
    listed = json.loads(client.get(address.removeprefix(settings.SITE_URL)).content)
    later = timezone.now() + dt.timedelta(days=50 * 365)
    assert holds(award.credential, later, {issuer: document})
    assert status.status_of(award.credential, {address: listed}, later, {issuer: document}) == ""


def test_001_38_no_badge_ends_with_the_fiscal_year(give):
    award = give()
    assert "validUntil" not in award.credential
    assert all("expires" not in proof for proof in award.credential["proof"])


def test_001_35_the_badge_is_an_open_badge_and_its_holder_says_who_sees_it(
    give, hokkaido, member, officer, saikai, log_in, client
):
    award, (account, _by) = give(), member()
    Person.objects.filter(pk=award.person_id).update(account=account)
    assert {"VerifiableCredential", "OpenBadgeCredential"} <= set(award.credential["type"])
    assert award.credential["credentialSubject"]["achievement"]["name"] == "データ案内人"
    assert holds(award.credential, timezone.now())
    desk, foreign = (
        log_in(officer(council, Body.objects.filter(council=council).first())[0])
        for council in (hokkaido, saikai)
    )
    holder, public = log_in(account), reverse("public:badge", args=[award.id])
    register = reverse("staff:badge_issued", args=["hokkaido", award.id])
    pages = {
        "holder": (holder, public), "council": (desk, register), "other council": (foreign, register),
        "everybody": (client, public),
    }  # fmt: skip
    choose = reverse("member:badge", args=[award.id])

    def told():
        """Who reads whose badge it is."""
        found = {name: browser.get(path) for name, (browser, path) in pages.items()}
        return {name for name, each in found.items() if award.person.listed_name in each.content.decode()}

    assert told() == {"holder"}, "a new badge is its holder's alone"
    for choice, wanted in (
        ("public", {"holder", "council", "everybody"}),
        ("council", {"holder", "council"}),
        ("private", {"holder"}),
    ):
        assert holder.post(choose, {"visibility": choice}).status_code == 302
        assert told() == wanted, choice
        assert (client.get(f"/badges/{award.id}.json").status_code == 200) is (choice == "public")
    assert desk.post(choose, {"visibility": "public"}).status_code == 404, "nobody else decides"
    assert told() == {"holder"}


def test_001_38_the_site_is_kept_as_files(give, tmp_path):
    """What a browser needs for a badge that its holder shows: its token, the issuer's keys, and the list, signed too."""
    award = give(naming="web")
    award.visibility = "public"
    award.save()
    call_command("credentials", "export-site", str(tmp_path / "kept"))
    text = (tmp_path / "kept" / "verify" / "data.js").read_text()
    known = json.loads(text.partition(" = ")[2].removesuffix(";\n"))
    later = timezone.now() + dt.timedelta(days=50 * 365)
    token = (tmp_path / "kept" / "badges" / f"{award.pk}.jwt").read_text()
    found, document = vcjwt.verify(token, later, dids=known["dids"])
    assert [check.name for check in found.checks if not check.ok] == ["status"]
    assert status.status_of(document, known["lists"], later, known["dids"]) == ""
