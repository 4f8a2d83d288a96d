"""A wallet app with keys of its own, as OpenID4VCI 1.0 describes one; and one that lies."""

import base64
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from django.conf import settings
from django.test import Client
from jwt.algorithms import get_default_algorithms

from sonjuku.protocols.wallets import issuing

_SIGN = get_default_algorithms()


def b64(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Wallet:
    algorithm: str = "EdDSA"
    by_kid: bool = True
    private: Any = None
    client: Any = field(default_factory=Client)
    site: str = field(default_factory=lambda: settings.SITE_URL)

    def __post_init__(self) -> None:
        made = (
            ed25519.Ed25519PrivateKey.generate()
            if self.algorithm == "EdDSA"
            else ec.generate_private_key(ec.SECP256R1())
        )
        self.private = self.private or made

    @property
    def did(self) -> str:
        return issuing.did_key(self.private.public_key())

    @property
    def jwk(self) -> dict[str, Any]:
        return dict(_SIGN[self.algorithm].to_jwk(self.private.public_key(), as_dict=True))

    def nonce(self) -> str:
        return str(self.client.post("/oid4vci/nonce/").json()["c_nonce"])

    def proof(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """The proof of this key; `header` and `claims` in place of what is right. None leaves a member out."""
        kid = {"kid": f"{self.did}#{self.did.removeprefix('did:key:')}"}
        head = {
            "typ": "openid4vci-proof+jwt",
            "alg": self.algorithm,
            **(kid if self.by_kid else {"jwk": self.jwk}),
            **(header or {}),
        }
        body = {
            "aud": self.site,
            "iat": int(time.time()),
            "nonce": claims.pop("nonce", None) or self.nonce(),
            **claims,
        }
        head, body = (
            {name: value for name, value in part.items() if value is not None} for part in (head, body)
        )
        signed = f"{b64(head)}.{b64(body)}"
        return f"{signed}.{b64(_SIGN[self.algorithm].sign(signed.encode(), self.private))}"

    def offer(self, link: str) -> dict[str, Any]:
        """What the QR code leads to."""
        address = unquote(parse_qs(urlsplit(link).query)["credential_offer_uri"][0])
        return dict(self.client.get(address.removeprefix(self.site)).json())

    def token(self, code: str, pin: str | None) -> Any:
        sent = {"grant_type": issuing.GRANT, "pre-authorized_code": code, "tx_code": pin}
        return self.client.post(
            "/oauth/token/", {name: value for name, value in sent.items() if value is not None}
        )

    def ask(
        self, token: str, proof: str | None = None, wanted: str = "OpenBadge_jwt_vc_json", **more: Any
    ) -> Any:
        asked = {"credential_configuration_id": wanted, "proofs": {"jwt": [proof or self.proof()]}, **more}
        return self.client.post(
            "/oid4vci/credential/", json.dumps(asked), content_type="application/json", headers={"Authorization": f"Bearer {token}"}
        )  # fmt: skip


def shown(page: str) -> tuple[str, str]:
    """The link and the number on the holder's page."""
    link = re.search(r'href="(openid-credential-offer://[^"]+)"', page)
    pin = re.search(r'id="wallet-pin">(\d{6})<', page)
    assert link is not None
    assert pin is not None
    return link[1], pin[1]
