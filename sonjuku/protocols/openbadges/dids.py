"""did:web names of our issuers and the documents that resolve them (W3C DID Core, did:web method)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from sonjuku.protocols.openbadges.contexts import MULTIKEY_V1

DID_V1 = "https://www.w3.org/ns/did/v1"
MEDIA_TYPE = "application/did+json"


def did_web(url: str) -> str:
    """The did:web of an address below which `did.json` is served: https://a.jp:81/c/x/ is did:web:a.jp%3A81:c:x."""
    parts = urlsplit(url)
    path = [quote(part, safe="") for part in parts.path.split("/") if part]
    return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *path])


def method_of(did: str, key: str) -> str:
    """The verification method of `did` that the did:key `key` stands for: both end in the same multibase name."""
    return f"{did}#{key.removeprefix('did:key:')}"


def document(did: str, keys: Sequence[str]) -> dict[str, Any]:
    """The DID document that lists these did:keys, all of them for assertions."""
    methods = [method_of(did, key) for key in keys]
    return {
        "@context": [DID_V1, MULTIKEY_V1],
        "id": did,
        "verificationMethod": [
            {
                "id": method,
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.removeprefix("did:key:"),
            }
            for method, key in zip(methods, keys, strict=True)
        ],
        "assertionMethod": methods,
    }
