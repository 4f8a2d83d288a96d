"""A holder with a badge, and an app that speaks OAuth as any client library does."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from sonjuku.protocols.wallets import CREDENTIALS_READ, PROFILE_READ
from sonjuku.rooms.credentials import actions
from sonjuku.rooms.credentials.actions import Claim

CALLBACK = "https://wallet.example.org/callback"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@dataclass
class App:
    """The client's side of the dance; `browser` is the holder's."""

    browser: Client = field(default_factory=Client)
    client: Client = field(default_factory=Client)
    known: dict[str, Any] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def register(self, **more: Any) -> Any:
        told = {"client_name": "きろくウォレット", "redirect_uris": [CALLBACK], **more}
        answer = self.client.post("/oauth/register/", json.dumps(told), content_type="application/json")
        if answer.status_code == 201:
            self.known = answer.json()
        return answer

    def question(self, scope: str = f"{CREDENTIALS_READ} {PROFILE_READ}", **more: str) -> str:
        """The address that the app opens in the holder's browser."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code", "client_id": self.known.get("client_id", ""), "redirect_uri": CALLBACK, "scope": scope,
            "state": "here-again", "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), **more,
        }  # fmt: skip
        return "/oauth/authorize/?" + urlencode({name: value for name, value in asked.items() if value})

    def answer(self, allow: bool = True, **asked: str) -> dict[str, str]:
        """What comes back to the app once the holder pressed a button on the page of the question."""
        page = self.browser.get(self.question(**asked))
        assert page.status_code == 200, page.content.decode()
        hidden = {name: value for name, value in page.context["form"].initial.items() if value}
        sent = self.browser.post("/oauth/authorize/", {**hidden, **({"allow": "on"} if allow else {})})
        assert sent["Location"].startswith(CALLBACK), sent["Location"]
        return {name: value[0] for name, value in parse_qs(urlsplit(sent["Location"]).query).items()}

    def token(self, **more: str) -> Any:
        return self.client.post("/oauth/token/", {**self.secrets(), **more})

    def secrets(self) -> dict[str, str]:
        return {name: self.known[name] for name in ("client_id", "client_secret") if name in self.known}

    def fetch(self, code: str, **more: str) -> Any:
        return self.token(
            **{"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": self.verifier, **more}
        )  # fmt: skip

    def refresh(self, refresh_token: str) -> Any:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def connect(self, **asked: str) -> dict[str, Any]:
        """The whole dance; the tokens."""
        self.known or self.register()
        fetched = self.fetch(self.answer(**asked)["code"])
        assert fetched.status_code == 200, fetched.content
        return dict(fetched.json())

    def read(self, token: str, path: str = "credentials", **query: Any) -> Any:
        return self.client.get(f"/ims/ob/v3p0/{path}", query, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def achievement(council: Any, secretariat: Any) -> Any:
    return actions.define_achievement(
        by=secretariat, council=council, title="データ活用 修了", title_en="Data skills", description="修了した。",
        criteria="6回以上の出席。",
    )  # fmt: skip


@pytest.fixture
def holder(council: Any, make_account: Any, make_person: Any) -> Any:
    account = make_account("holder@example.jp")
    account.person = make_person(council, account=account, email=account.email, display_name="はなこ")
    return account


@pytest.fixture
def award(achievement: Any, holder: Any, secretariat: Any) -> Any:
    [row] = actions.award_many(by=secretariat, achievement=achievement, claims=[Claim(holder.person.pk)])
    return row


@pytest.fixture
def app(holder: Any) -> App:
    made = App()
    made.browser.force_login(holder)
    return made
