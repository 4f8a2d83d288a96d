"""A wallet app registers, the holder logs in and says yes on the phone, the app reads; a badge goes into another by its QR code."""

import base64
import hashlib
import io
import json
import re
import secrets
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from sonjuku.protocols.openbadges import proofs, vcjwt
from sonjuku.protocols.wallets import CREDENTIALS_READ, PROFILE_READ
from sonjuku.web.wallets.tests.wallet import Wallet
from tests.stories.conftest import DESK, PATIENCE, PHONE
from tests.stories.looking import axe
from tests.stories.site import Site
from tests.stories.test_matching_event import picture, press, someone

pytestmark = pytest.mark.story


@pytest.fixture(scope="module")
def cast(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.run("tests.stories.wallet_cast", "app"))
    return found


class App:
    """A wallet app on this machine: it listens for the answer, and asks like any OAuth client."""

    def __init__(self, site: Site, port: int, answers: list[dict[str, str]]) -> None:
        self.site, self.answers = site, answers
        self.callback = f"http://127.0.0.1:{port}/callback"
        self.verifier = secrets.token_urlsafe(48)
        told = {
            "client_name": "きろくウォレット",
            "redirect_uris": [self.callback],
            "token_endpoint_auth_method": "none",
        }
        self.metadata = requests.get(f"{site.url}/.well-known/oauth-authorization-server", timeout=30).json()
        self.known = requests.post(self.metadata["registration_endpoint"], json=told, timeout=30).json()

    def question(self) -> str:
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        )
        asked = {
            "response_type": "code", "client_id": self.known["client_id"], "redirect_uri": self.callback, "state": "s-1",
            "scope": f"{CREDENTIALS_READ} {PROFILE_READ}", "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self.metadata['authorization_endpoint']}?{urlencode(asked)}"

    def token(self) -> str:
        [answer] = self.answers
        assert answer["state"] == "s-1"
        sent = {
            "grant_type": "authorization_code", "client_id": self.known["client_id"], "code": answer["code"],
            "redirect_uri": self.callback, "code_verifier": self.verifier,
        }  # fmt: skip
        found = requests.post(self.metadata["token_endpoint"], data=sent, timeout=30)
        assert found.status_code == 200, found.text
        return str(found.json()["access_token"])

    def read(self, token: str) -> requests.Response:
        return requests.get(
            f"{self.site.url}/ims/ob/v3p0/credentials", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )  # fmt: skip


@pytest.fixture
def app(site: Site) -> Iterator[App]:
    answers: list[dict[str, str]] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/callback":
                answers.append({name: value[0] for name, value in parse_qs(parts.query).items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write("<title>app</title><link rel=icon href=data:,><p>つながりました".encode())

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield App(site, server.server_port, answers)
    server.shutdown()


def log_in_by_mail(page: Page, site: Site, email: str) -> None:
    """Without a password: the number comes by mail, and the page that was asked for follows."""
    page.locator("[name=login]").fill(email)
    press(page, "ログインする")
    field = page.locator("[name=code]")
    field.wait_for(timeout=PATIENCE)
    code = re.search(r"\b\d{4}-\d{4}\b", site.mail(email, "番号"))
    assert code is not None
    field.fill(code[0])
    press(page, "確かめる")


def test_an_app_reads_until_the_holder_ends_it(
    site: Site, chromium: Browser, cast: dict[str, Any], app: App
) -> None:
    with someone(chromium, site, "", PHONE) as page:
        page.goto(app.question())
        log_in_by_mail(page, site, cast["email"])
        expect(page.get_by_role("heading", name="アプリにバッジを見せますか")).to_be_visible()
        expect(page.get_by_text("きろくウォレット")).to_be_visible()
        assert axe(page) == []
        picture(page, "wallet-consent")
        press(page, "見せる")
        expect(page.get_by_text("つながりました")).to_be_visible()
        token = app.token()
        badges = app.read(token).json()["credential"]
        assert {badge["id"] for badge in badges} == {f"urn:uuid:{key}" for key in cast["awards"]}
        for badge in badges:
            found = proofs.verify(badge, datetime.now(UTC))
            assert {check.name for check in found.checks if not check.ok} == {"status"}
        page.goto(f"{site.url}/me/")
        page.get_by_role("link", name="アプリとのつながり").click()
        expect(page.get_by_role("heading", name="きろくウォレット")).to_be_visible()
        picture(page, "wallet-connections")
        page.get_by_role("link", name="つながりをやめる").click()
        picture(page, "wallet-connection-end")
        press(page, "つながりをやめる")
        expect(page.get_by_text("つながっているアプリはありません")).to_be_visible()
        picture(page, "wallet-connections-none")
    assert app.read(token).status_code == 401


class Wire:
    """The wallet's way to the site, in place of Django's test client."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def get(self, path: str) -> requests.Response:
        return requests.get(self.site.url + path, timeout=30)

    def post(
        self, path: str, data: Any = None, content_type: str = "", headers: Any = None
    ) -> requests.Response:
        kind = {"Content-Type": content_type} if content_type else {}
        return requests.post(self.site.url + path, data=data, headers={**kind, **(headers or {})}, timeout=30)


def test_a_badge_goes_into_a_wallet_by_its_code(site: Site, chromium: Browser, cast: dict[str, Any]) -> None:
    with someone(chromium, site, cast["holder"], DESK) as page:
        page.goto(f"/me/badges/{cast['awards'][0]}/")
        page.get_by_role("link", name="ウォレットアプリに入れる").click()
        picture(page, "badge-wallet")
        press(page, "QRコードを出す")
        assert axe(page) == []
        picture(page, "badge-wallet-code")
        drawn = page.get_by_role("img", name="ウォレットアプリで読み取るQRコード")
        [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn.screenshot())))
        pin = page.locator("#wallet-pin").inner_text()
    wallet = Wallet("ES256", client=Wire(site), site=site.url)
    offer = wallet.offer(read.text)
    [grant] = offer["grants"].values()
    token = wallet.token(grant["pre-authorized_code"], pin).json()["access_token"]
    [given] = wallet.ask(token).json()["credentials"]
    found, document = vcjwt.verify(given["credential"], datetime.now(UTC))
    assert {check.name for check in found.checks if not check.ok} == {"status"}
    assert document["id"] == f"urn:uuid:{cast['awards'][0]}"
    assert document["credentialSubject"]["id"] == wallet.did
    assert wallet.token(grant["pre-authorized_code"], pin).json()["error"] == "invalid_grant"
