"""The frozen JSON-LD contexts. They come out of an installed wheel and are never fetched."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LEARNER_RECORD_2 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"

_WHEEL = "openbadgeslib.ob3.contexts"
# File in the wheel and its SHA-256: another text would change what every signature covers.
FROZEN = {
    CREDENTIALS_V2: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES_3: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        "ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    LEARNER_RECORD_2: (
        "clr_context_2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
    DATA_INTEGRITY_V2: (
        "security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    MULTIKEY_V1: (
        "security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
}

Contexts = Mapping[str, dict[str, Any]]


class UnknownContext(ValueError):
    """A document names a context outside the frozen set; nothing is ever fetched."""


class ChangedContext(RuntimeError):
    """The wheel holds another text than the one that was frozen: neither sign nor verify with it."""


def text(url: str) -> bytes:
    """The frozen text of exactly this URL. Raises UnknownContext, or ChangedContext where the wheel's is another."""
    if url not in FROZEN:
        raise UnknownContext("context outside the frozen set")
    name, digest = FROZEN[url]
    content = resources.files(_WHEEL).joinpath(name).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ChangedContext(f"{name} in {_WHEEL} is not the frozen text")
    return content


@cache
def context(url: str) -> dict[str, Any]:
    """The document of `text`. Shared: do not change it. Raises as `text` does."""
    document: dict[str, Any] = json.loads(text(url))
    return document


def known(document: Mapping[str, Any], extra: Contexts | None = None) -> bool:
    """Whether every context at the top of `document` is a URL of the frozen set (or of `extra`)."""
    named = document.get("@context")
    urls = named if isinstance(named, list) else [named]
    return all(isinstance(url, str) and (url in FROZEN or url in (extra or {})) for url in urls)


def loader(extra: Contexts | None = None) -> Callable[[str, Any], dict[str, Any]]:
    """A document loader in PyLD's shape that serves the frozen set and `extra`, and nothing else."""

    def load(url: str, options: Any = None) -> dict[str, Any]:
        if extra and url in extra:
            return {"contextUrl": None, "documentUrl": url, "document": extra[url]}
        # The tag lets the processor keep the parsed context: frozen texts can't go stale.
        return {"contextUrl": None, "documentUrl": url, "document": context(url), "tag": "static"}

    return load
