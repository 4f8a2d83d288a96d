"""`sonjuku keys hand-over` and `take-over`: keys go to another installation in two steps, under a passphrase."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sonjuku.protocols.openbadges import proofs, status
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim
from sonjuku.rooms.credentials.models import Award, IssuerKey, StatusList
from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people.models import Body
from sonjuku.web.management.commands.keys import PASSPHRASE

pytestmark = pytest.mark.django_db
WORDS = "sixteen signs or more"


@pytest.fixture
def issued(council: Any, secretariat: Any, make_person: Any) -> dict[str, Any]:
    """Badges of the council's key before and now, one revoked, and of a body's, whose first key was struck out."""
    body = Body.objects.create(council=council, type=Body.Type.COMPANY, name="学びの会社")

    def give(issuer: Any) -> Award:
        badge = actions.define_achievement(
            by=secretariat, council=council, title="証", description="証", criteria="証", issuer_body=issuer
        )
        [award] = actions.award_many(
            by=secretariat, achievement=badge, claims=[Claim(make_person(council).pk)]
        )
        return award

    old = give(None)
    actions.change_status(by=secretariat, award=old, kind="revoke", reason="取り違え")
    actions.rotate_key(by=secretariat, key=old.issuer_key)
    new, struck = give(None), give(body)
    actions.strike_key(by=secretariat, key=struck.issuer_key, reason="漏れた")
    return {"old": old, "new": new, "struck": struck, "body": body}


@pytest.fixture
def parcel(issued: Any, tmp_path: Path, monkeypatch: Any, capsys: Any) -> tuple[Path, str]:
    """The file, and the word that goes with it."""
    monkeypatch.setenv(PASSPHRASE, WORDS)
    file = tmp_path / "keys.parcel"
    call_command("keys", "hand-over", "hagi", str(file), "--confirm", "hagi")
    return file, capsys.readouterr().out.rpartition(" ")[2].strip()


def forget(settings: Any) -> None:
    """As in another installation: none of these keys, and another secret."""
    Award.objects.all().delete()
    StatusList.objects.all().delete()
    IssuerKey.objects.all().delete()
    settings.KEYS_SECRET = "the other house's own secret"


def test_handing_over_asks_first_and_is_written_down(issued: Any, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "keys.parcel"
    call_command("keys", "hand-over", "hagi", str(file))
    assert "Nothing was written" in capsys.readouterr().out
    assert not file.exists()
    assert not Entry.objects.filter(verb="issuer_key.handed_over").exists()


def test_the_parcel_is_closed_and_for_its_owner_alone(parcel: Any, issued: Any) -> None:
    file, _word = parcel
    content = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert issued["new"].issuer_key.did.encode() not in content
    assert Entry.objects.filter(verb="issuer_key.handed_over").count() == IssuerKey.objects.count() == 4
    with pytest.raises(CommandError, match="could not be written"):
        call_command("keys", "hand-over", "hagi", str(file), "--confirm", "hagi")
    assert file.read_bytes() == content


def test_a_short_passphrase_hands_nothing_over(issued: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv(PASSPHRASE, "short")
    with pytest.raises(CommandError, match="短すぎ"):
        call_command("keys", "hand-over", "hagi", str(tmp_path / "keys"), "--confirm", "hagi")
    assert not (tmp_path / "keys").exists()
    assert not Entry.objects.filter(verb="issuer_key.handed_over").exists()


def test_another_house_goes_on_with_them(
    parcel: Any, issued: Any, settings: Any, capsys: Any, secretariat: Any, make_person: Any, council: Any, at: Any
) -> None:  # fmt: skip
    file, word = parcel
    before = {row.did: row.state for row in IssuerKey.objects.all()}
    old = issued["old"]
    listed = StatusList.objects.get(pk=old.status_list_id)
    forget(settings)
    call_command("keys", "take-over", "hagi", str(file))
    assert "Nothing was changed" in capsys.readouterr().out
    assert not IssuerKey.objects.exists()
    call_command("keys", "take-over", "hagi", str(file), "--confirm", word)
    assert "Taken: 4 keys." in capsys.readouterr().out
    assert {row.did: row.state for row in IssuerKey.objects.all()} == before
    again = StatusList.objects.get(pk=listed.pk)
    assert (bytes(again.used), bytes(again.revoked), again.revocation) == (
        bytes(listed.used), bytes(listed.revoked), listed.revocation,
    )  # fmt: skip
    url = old.credential["credentialStatus"]["statusListCredential"]
    assert status.status_of(old.credential, {url: again.revocation}, at) == "revoked"
    badge = actions.define_achievement(
        by=secretariat,
        council=council,
        title="続き",
        description="-",
        criteria="-",
        issuer_body=issued["body"],
    )
    [award] = actions.award_many(by=secretariat, achievement=badge, claims=[Claim(make_person(council).pk)])
    assert before[award.issuer_key.did] == "in_use"
    assert [c.name for c in proofs.verify(award.credential, at).checks if not c.ok] == ["status"]
    call_command("keys", "take-over", "hagi", str(file), "--confirm", word)
    assert "Taken: 0 keys." in capsys.readouterr().out
    assert Entry.objects.filter(verb="issuer_key.taken_over").count() == 4


def test_what_does_not_open_or_fit_changes_nothing(
    parcel: Any, issued: Any, settings: Any, monkeypatch: Any, other_council: Any
) -> None:
    file, word = parcel
    with pytest.raises(CommandError, match="ほかの協議会"):
        call_command("keys", "take-over", "aomori", str(file), "--confirm", word)
    forget(settings)
    with pytest.raises(CommandError, match="持ち主の団体"):
        call_command("keys", "take-over", "aomori", str(file), "--confirm", word)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CommandError, match="開けません"):
        call_command("keys", "take-over", "hagi", str(file), "--confirm", word)
    with pytest.raises(CommandError, match="could not be read"):
        call_command("keys", "take-over", "hagi", str(file) + ".not", "--confirm", word)
    with pytest.raises(CommandError, match="no such council"):
        call_command("keys", "take-over", "nowhere", str(file))
    assert not IssuerKey.objects.exists()


def test_an_opened_parcel_shows_no_key(parcel: Any) -> None:
    handed = actions.open_parcel(parcel[0].read_bytes(), WORDS)
    secrets = [one["private"] for one in handed.content["keys"] if one["private"]]
    assert len(secrets) == 3
    assert not any(secret in repr(handed) for secret in secrets)
    assert re.fullmatch(r"[0-9a-f]{64}", secrets[0])
