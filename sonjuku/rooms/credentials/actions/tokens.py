"""A badge in its other certifying form: the signed token that wallets and browsers read (VC-JWT, Open Badges 3.0, 8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sonjuku.protocols.openbadges import vcjwt
from sonjuku.protocols.openbadges.signing import Signer
from sonjuku.rooms.credentials.actions.keys import signer
from sonjuku.rooms.credentials.models import Award, IssuerKey


@dataclass(frozen=True)
class _Token:
    holder: Signer
    algorithm: str = "EdDSA"

    @property
    def method(self) -> str:
        return self.holder.verification_method

    def sign(self, data: bytes) -> bytes:
        return self.holder.sign(data)


def token(award: Award) -> str:
    """The award's credential as a token of the same issuer and key; the same award gives the same token.

    `issuer_key__council` must be loaded. Raises Refused("no_signer") where the key can't be used any more,
    SigningFailed, and keys.KeyRefused as `signer` does.
    """
    document = {name: value for name, value in award.credential.items() if name != "proof"}
    return sign_token(document, award.issuer_key)


def sign_token(document: Mapping[str, Any], key: IssuerKey) -> str:
    """A token of a document without proof, under the name of its own issuer. Raises as `token` does."""
    return vcjwt.sign(document, _Token(signer(key, document["issuer"]["id"])))
