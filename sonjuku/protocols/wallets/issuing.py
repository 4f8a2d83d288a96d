"""What an issuer says to wallets, and whose key a wallet's proof shows (OpenID for Verifiable Credential Issuance 1.0).

openvc checks the proofs; it never serves anything, so what is served is written here.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openvc.did.base import DidResolutionError
from openvc.did.did_jwk import DidJwkResolver
from openvc.did.did_key import DidKeyResolver
from openvc.errors import OpenvcError
from openvc.keys import InvalidKey
from openvc.openid4vci import (
    CredentialRequestMalformed,
    ProofReplayed,
    parse_credential_request,
    verify_credential_request_proofs,
)

from sonjuku.protocols.openbadges import contexts, controllers, keys, multibase, proofs
from sonjuku.protocols.wallets import JWT, LDP

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
LINK = "openid-credential-offer://"
# What an offer names: one badge in both forms that wallets read.
CONFIGURATIONS = {"OpenBadge_jwt_vc_json": JWT, "OpenBadge_ldp_vc": LDP}
PROOF_ALGORITHMS = ("ES256", "EdDSA")
LARGEST_REQUEST = 32 * 1024
_TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
_P256 = b"\x80\x24"


class Refusal(ValueError):
    """The request is refused; `code` is an error code of the standard (8.3.1.2)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def metadata(issuer: str, addresses: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """The issuer's metadata; `addresses`: credential_endpoint and nonce_endpoint, `names`: of the site by language."""
    return {
        "credential_issuer": issuer,
        **addresses,
        "display": [{"name": name, "locale": locale} for locale, name in names.items()],
        "credential_configurations_supported": {
            name: _configuration(form) for name, form in CONFIGURATIONS.items()
        },
    }


def _configuration(form: str) -> dict[str, Any]:
    definition: dict[str, Any] = {"type": _TYPES}
    if form == LDP:
        definition = {"@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_3], **definition}
    return {
        "format": form,
        "cryptographic_binding_methods_supported": ["did:key", "did:jwk", "jwk"],
        "credential_signing_alg_values_supported": ["EdDSA" if form == JWT else proofs.SUITE],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": list(PROOF_ALGORITHMS)}},
        "credential_definition": definition,
        "credential_metadata": {
            "display": [{"name": "オープンバッジ", "locale": "ja"}, {"name": "Open Badge", "locale": "en"}]
        },
    }


def offer(issuer: str, code: str, description: str) -> dict[str, Any]:
    """The offer of one badge; `description` tells the holder where the six digits stand."""
    return {
        "credential_issuer": issuer,
        "credential_configuration_ids": list(CONFIGURATIONS),
        "grants": {
            GRANT: {
                "pre-authorized_code": code,
                "tx_code": {"input_mode": "numeric", "length": 6, "description": description},
            }
        },
    }


def offer_link(address: str) -> str:
    """What a QR code holds and a phone opens: the offer by its address, short enough to scan."""
    return f"{LINK}?credential_offer_uri={quote(address, safe='')}"


def form_of(body: bytes) -> str:
    """The format that a credential request asks for. Raises Refusal."""
    try:
        wanted = parse_credential_request(body.decode()).credential_configuration_id
    except (OpenvcError, UnicodeDecodeError) as error:
        raise Refusal("invalid_credential_request") from error
    if wanted is None:
        raise Refusal("unknown_credential_identifier")
    if wanted not in CONFIGURATIONS:
        raise Refusal("unknown_credential_configuration")
    return CONFIGURATIONS[wanted]


def holder_of(body: bytes, issuer: str, at: datetime, spend: Callable[[str], bool]) -> str:
    """The DID whose key signed the request's one proof, for this issuer, now. Raises Refusal.

    `spend` uses up the proof's nonce, once, whoever asks; it is called after all else has held.
    """
    try:
        [proof] = verify_credential_request_proofs(
            body.decode(),
            credential_issuer=issuer,
            check_nonce=spend,
            resolve_proof_key=_key_of,
            now=at,
            allowed_algs=frozenset(PROOF_ALGORITHMS),
        )
        kid = proof.header.get("kid")
        return (
            kid.partition("#")[0] if isinstance(kid, str) else did_key(controllers.from_jwk(proof.public_jwk))
        )
    except CredentialRequestMalformed as error:
        raise Refusal("invalid_credential_request") from error
    except ProofReplayed as error:
        raise Refusal("invalid_nonce") from error
    except (OpenvcError, InvalidKey, controllers.NoKey, UnicodeDecodeError) as error:
        raise Refusal("invalid_proof") from error


def _key_of(kid: str) -> dict[str, Any]:
    did = kid.partition("#")[0]
    for resolver in (DidKeyResolver(), DidJwkResolver()):
        if resolver.supports(did):
            method = next(
                (one for one in resolver.resolve(did).verification_methods if one.id in (kid, did)), None
            )
            if method is not None and method.public_key_jwk is not None:
                return dict(method.public_key_jwk)
    raise DidResolutionError("no such key")


def did_key(public: controllers.PublicKey) -> str:
    """The did:key of a wallet's key. Raises NoKey for what a did:key isn't made of here."""
    if isinstance(public, keys.Ed25519PublicKey):
        return keys.did_key(public)
    if isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return "did:key:" + multibase.encode(_P256 + point)
    raise controllers.NoKey("unsupported_key")


def response(credential: str | Mapping[str, Any]) -> str:
    """The credential response: one badge."""
    return json.dumps({"credentials": [{"credential": credential}]}, ensure_ascii=False)
