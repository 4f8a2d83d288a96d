"""Tokens of machines: what is kept, when they work, who may see them."""

import datetime as dt
import hashlib
from typing import Any

import pytest

from sonjuku.rooms.journal.models import Entry
from sonjuku.rooms.people import queries
from sonjuku.rooms.people.actions import issue_token, note_token_use, revoke_token
from sonjuku.rooms.people.models import ApiToken
from sonjuku.toolbox.refusals import Refused

pytestmark = pytest.mark.django_db
LAST_DAY = dt.date(2027, 3, 31)
READS = ["applications:read"]


@pytest.fixture
def made(council: Any, secretariat: Any) -> tuple[ApiToken, str]:
    return issue_token(
        by=secretariat, body=council.host, title="大学の名簿", scopes=READS, expires_on=LAST_DAY
    )


def test_only_the_hash_is_kept(made):
    token, secret = made
    assert secret.startswith("sjk_")
    assert len(secret) >= 4 + 43  # 256 bits
    row = ApiToken.objects.get()
    assert row.token_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert not any(secret in str(value) for value in vars(row).values())
    entry = Entry.objects.get(verb="api_token.created")
    assert entry.subject_id == token.id


def test_it_works_to_the_end_of_its_last_day_in_tokyo(made, at):
    token, secret = made
    assert queries.token_of(secret, at).id == token.id
    midnight = dt.datetime(2027, 3, 31, 15, 0, tzinfo=dt.UTC)
    assert queries.token_of(secret, midnight - dt.timedelta(seconds=1)) is not None
    assert queries.token_of(secret, midnight) is None


@pytest.mark.parametrize("wrong", ["", "sjk_", "sjk_x", "Bearer"])
def test_no_other_characters_open_it(made, at, wrong):
    assert queries.token_of(wrong, at) is None
    assert queries.token_of(made[1][4:], at) is None
    assert queries.token_of(made[1] + "x", at) is None


def test_a_revoked_token_is_dead_at_once(made, at, secretariat):
    token, secret = made
    revoke_token(by=secretariat, token=token)
    revoke_token(by=secretariat.now(at + dt.timedelta(days=1)), token=token)
    assert queries.token_of(secret, at) is None
    assert ApiToken.objects.get().revoked_at == at
    assert Entry.objects.filter(verb="api_token.revoked").count() == 1


def test_at_most_a_year_and_not_in_the_past(council, secretariat):
    for day in (dt.date(2026, 11, 19), dt.date(2027, 11, 22)):
        with pytest.raises(Refused, match="token_too_long"):
            issue_token(by=secretariat, body=council.host, title="x", scopes=READS, expires_on=day)
    issue_token(by=secretariat, body=council.host, title="x", scopes=READS, expires_on=dt.date(2027, 11, 20))


@pytest.mark.parametrize("scopes", [[], ["everything"], ["applications:read", "x"]])
def test_scopes_are_those_there_are(council, secretariat, scopes):
    with pytest.raises(Refused, match="scope_unknown"):
        issue_token(by=secretariat, body=council.host, title="x", scopes=scopes, expires_on=LAST_DAY)


def test_no_token_for_another_councils_body(council, other_council, secretariat):
    with pytest.raises(Refused, match="other_council"):
        issue_token(by=secretariat, body=other_council.host, title="x", scopes=READS, expires_on=LAST_DAY)


def test_only_administrators_see_them(made, secretariat):
    from dataclasses import replace

    assert list(queries.api_tokens_visible_to(secretariat)) == []
    assert queries.api_tokens_visible_to(replace(secretariat, role="administrator")).count() == 1
    assert list(queries.api_tokens_visible_to(replace(secretariat, role="machine"))) == []


def test_use_is_noted_to_the_minute(made, secretariat, at):
    token, _secret = made
    for seconds in (0, 30, 61):
        note_token_use(by=secretariat.now(at + dt.timedelta(seconds=seconds)), token=token)
        token.refresh_from_db()
    assert token.last_used_at == at + dt.timedelta(seconds=61)
    note_token_use(by=secretariat.now(at + dt.timedelta(seconds=90)), token=token)
    token.refresh_from_db()
    assert token.last_used_at == at + dt.timedelta(seconds=61)
