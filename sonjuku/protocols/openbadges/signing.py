"""Who signs: a key in this process, or a program outside that keeps it (a card, a box, another machine)."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sonjuku.protocols.openbadges import controllers, dids, keys

SECONDS = 20


class SigningFailed(RuntimeError):
    """The signer gave no signature, or one that its public key doesn't confirm."""


class Signer(Protocol):
    """Whatever signs with an Ed25519 key. `did` names the issuer, `verification_method` the key of that issuer."""

    @property
    def did(self) -> str: ...

    @property
    def verification_method(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature over `data`."""


@dataclass(frozen=True)
class Named:
    """A signer that goes by another DID, whose document lists its key."""

    signer: Signer
    did: str

    @property
    def verification_method(self) -> str:
        return dids.method_of(self.did, self.signer.verification_method.partition("#")[0])

    def sign(self, data: bytes) -> bytes:
        return self.signer.sign(data)


@dataclass(frozen=True)
class Program:
    """A key kept by another program: `command did` reads what is to be signed and writes the 64 bytes of the signature.

    What it answers is checked against the public key before it is used. Raises SigningFailed.
    """

    command: Sequence[str]
    did: str

    @property
    def verification_method(self) -> str:
        return keys.verification_method(self.did)

    def sign(self, data: bytes) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 (the operator's own command, no shell)
                [*self.command, self.did], input=data, capture_output=True, check=True, timeout=SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise SigningFailed("the program that keeps the key didn't sign") from error
        if not self._holds(done.stdout, data):
            raise SigningFailed("the program that keeps the key gave no signature of this key")
        return done.stdout

    def _holds(self, signature: bytes, data: bytes) -> bool:
        try:
            public = controllers.find(self.verification_method, {})
        except controllers.NoKey:
            return False
        return isinstance(public, keys.Ed25519PublicKey) and keys.holds(public, signature, data)
