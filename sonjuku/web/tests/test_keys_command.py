"""`sonjuku keys`: what is sealed under SONJUKU_KEYS_SECRET is sealed anew, all or none."""

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from sonjuku.rooms.credentials import actions as credentials
from sonjuku.rooms.letters.models import Webhook
from sonjuku.rooms.letters.webhooks import actions as webhooks
from sonjuku.toolbox.sealing import SealBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(council: Any, secretariat: Any, make_account: Any, at: Any) -> dict[str, Any]:
    """Each kind of secret, and the word that opened them."""
    from django.conf import settings

    from sonjuku.toolbox.sealing import seal

    hook = Webhook.objects.create(
        council=council, url="https://a.example.jp/", events=[], created_at=at, seen_until=at,
        secret=seal("s3cret", settings.KEYS_SECRET, webhooks.PURPOSE),
    )  # fmt: skip
    factor = Authenticator.objects.create(
        user=make_account("a@example.jp"), type="totp", data={"secret": get_adapter().encrypt("TOTP"), "n": 1}
    )
    codes = Authenticator.objects.create(
        user=make_account("b@example.jp"), type="recovery_codes",
        data={"migrated_codes": [get_adapter().encrypt("1111")], "used_mask": 0},
    )  # fmt: skip
    key = credentials.ensure_key(by=secretariat, council=council)
    return {"hook": hook, "factor": factor, "codes": codes, "key": key, "old": settings.KEYS_SECRET}


def test_everything_opens_with_the_new_secret(
    sealed: dict[str, Any], settings: Any, monkeypatch: Any, capsys: Any
) -> None:
    settings.KEYS_SECRET = "another secret of some length"
    monkeypatch.setenv("SONJUKU_OLD_KEYS_SECRET", sealed["old"])
    call_command("keys", "reseal")
    assert "keys=1 webhooks=1 second_factors=2" in capsys.readouterr().out
    for row in (sealed["hook"], sealed["factor"], sealed["codes"], sealed["key"]):
        row.refresh_from_db()
    assert webhooks.secret_of(sealed["hook"]) == "s3cret"
    assert get_adapter().decrypt(sealed["factor"].data["secret"]) == "TOTP"
    assert get_adapter().decrypt(sealed["codes"].data["migrated_codes"][0]) == "1111"
    assert credentials.signer(sealed["key"]).did == sealed["key"].did
    call_command("keys", "reseal")
    assert "keys=0 webhooks=0 second_factors=0" in capsys.readouterr().out


def test_a_wrong_word_changes_nothing(sealed: dict[str, Any], settings: Any, monkeypatch: Any) -> None:
    settings.KEYS_SECRET = "another secret of some length"
    monkeypatch.setenv("SONJUKU_OLD_KEYS_SECRET", "a wrong word of some length")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("keys", "reseal")
    with pytest.raises(SealBroken):
        webhooks.secret_of(sealed["hook"])
    settings.KEYS_SECRET = sealed["old"]
    assert webhooks.secret_of(sealed["hook"]) == "s3cret"


def test_keys_are_listed_without_their_secret(sealed: dict[str, Any], capsys: Any) -> None:
    call_command("keys", "list")
    out = capsys.readouterr().out
    assert out.split() == ["hagi", "-", "in_use", "here", sealed["key"].did]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "did:key:z6Mk"], "no such council"),
        (["hagi", "did:key:z6Mk", "--body", "?"], "no body"),
        (["hagi", "x"], "署名できません"),
    ],
)
def test_a_key_that_nobody_keeps_is_not_registered(council: Any, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("keys", "register", *arguments)
