"""How many badges are sealed and verified in a second by one core, beside openbadgeslib and PyLD in the same run.

python3 run.py bench seals [badges]              rounds in turn, the best of each; prints a table and JSON
python3 run.py bench seals bulk [badges]         100,000 of one achievement at once: seconds and memory

The badge is the same for all: two alignments, an English version, evidence, a hashed holder, dates. Every one differs in id,
holder and second. CPU seconds of this process. openbadgeslib and PyLD are what the product itself leans on, so they need
no environment of their own; both get the frozen contexts, parsed and kept, as they do in use.
"""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from openbadgeslib.ob3 import OB3LdpSigner, OB3LdpVerifier, OpenBadgeCredential
from pyld import jsonld

from sonjuku.protocols.openbadges import build, contexts, jcs, keys, multibase, proofs, templates, vcjwt

BADGES, ROUNDS = 2_000, 5
AIM_ISSUED, AIM_VERIFIED, AIM_RATIO = 5_000, 500, 0.6
AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
KEY = keys.new_key()
SIGNER = vcjwt.SoftwareSigner(KEY.private, KEY.verification_method)
ISSUER = build.Issuer(KEY.did, "萩市デジタル人材育成推進協議会", "https://sonjuku.example/c/hagi/")
ACHIEVEMENT = build.Achievement(
    id="urn:uuid:019a3f00-0000-7000-8000-000000000002",
    name="ITの基礎",
    description="パソコンとネットワークの基礎を学びました。",
    criteria="3回の講座すべてに出席し、アンケートに答えること。",
    name_en="IT basics",
    description_en="Learnt the basics of computers and networks.",
    alignments=[
        build.Alignment("データ活用", "https://skills.example/dss", "B-2", "DSS-P", "データを使う"),
        build.Alignment("セキュリティ", "https://skills.example/dss"),
    ],
    image="https://sonjuku.example/badges/1.svg",
)
Badge = dict[str, Any]
_plain_jcs = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def badge(number: int) -> Badge:
    return build.achievement_credential(
        id=UUID(int=(4 << 76) + number),
        issuer=ISSUER,
        achievement=ACHIEVEMENT,
        subject=build.HashedEmail(f"person{number}@example.jp", f"{number:032x}"),
        valid_from=AT + timedelta(seconds=number),
        evidence=[build.Evidence("出席", f"3回中{number % 3 + 1}回")],
    )


def created(number: int) -> datetime:
    return AT + timedelta(seconds=number)


def sealed(document: Badge, number: int, suite: str, canonical: Callable[[Badge], str], **more: Any) -> Badge:
    """A proof as any cryptosuite makes it: canonical options and document, hashed, signed."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": proofs.wire_time(created(number)),
        "verificationMethod": KEY.verification_method,
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }
    parts = (canonical(part).encode() for part in (proof, document))
    data = b"".join(hashlib.sha256(part).digest() for part in parts)
    return {**document, "proof": [{**proof, "proofValue": multibase.encode(KEY.sign(data))}]}


def by_pyld(document: Badge, number: int) -> Badge:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader()}
    return sealed(document, number, proofs.SUITE, lambda part: str(jsonld.normalize(part, options)))


def long_way(document: Badge, number: int) -> Badge:
    """As Sonjuku seals the first badge of a kind: form checked, canonicalised in full."""
    shelf = templates.Shelf()
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": proofs.SUITE,
        "created": proofs.wire_time(created(number)),
    }
    return {
        **document,
        "proof": [{**proof, "proofValue": multibase.encode(KEY.sign(shelf.hash_data(document, proof)))}],
    }


def operations(badges: list[Badge]) -> dict[str, tuple[int, Callable[[int], Any]]]:
    """Name: how many a round, and what is done to badge n. The slow ones get fewer."""
    few = max(len(badges) // 50, 5)
    pem = KEY.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signed = [proofs.sign(one, KEY, created(number)) for number, one in enumerate(badges)]
    tokens = [vcjwt.sign(one, SIGNER) for one in badges]
    at = created(len(badges))
    signer = OB3LdpSigner(pem)
    credentials = [OpenBadgeCredential.from_vc_document(one) for one in badges[:few]]
    verifier = OB3LdpVerifier.for_issuer_did(KEY.did)
    texts = [json.dumps(one, ensure_ascii=False) for one in signed[:few]]
    every = len(badges)
    return {
        "raw Ed25519 over 64 bytes": (every, lambda n: KEY.sign(b"x" * 64)),
        "issue: JCS only, the fastest writer": (
            every,
            lambda n: sealed(badges[n], n, proofs.JCS_SUITE, _plain_jcs),
        ),
        "issue: JCS only, RFC 8785 in full": (
            every,
            lambda n: sealed(badges[n], n, proofs.JCS_SUITE, jcs.encode),
        ),
        "issue: Sonjuku, by template": (every, lambda n: proofs.sign(badges[n], KEY, created(n))),
        "issue: Sonjuku, the long way": (few, lambda n: long_way(badges[n], n)),
        "issue: PyLD": (few, lambda n: by_pyld(badges[n], n)),
        "issue: openbadgeslib": (few, lambda n: signer.sign(credentials[n])),
        "issue: Sonjuku, VC-JWT": (every, lambda n: vcjwt.sign(badges[n], SIGNER)),
        "verify: Sonjuku, by template": (every, lambda n: held(proofs.verify(signed[n], at).ok)),
        "verify: Sonjuku, VC-JWT": (every, lambda n: held(vcjwt.verify(tokens[n], at)[0].ok)),
        "verify: openbadgeslib": (few, lambda n: verifier.verify(texts[n])),
    }


def held(ok: bool) -> None:
    if not ok:
        raise AssertionError("a badge of ours was refused")


def measured(count: int = BADGES) -> dict[str, float]:
    """Per second, the best of the rounds; the operations take turns, so that none has the quiet hour to itself."""
    table = operations([badge(number) for number in range(count)])
    found = dict.fromkeys(table, 0.0)
    for _ in range(ROUNDS):
        for name, (times, operation) in table.items():
            began = time.process_time()
            for number in range(times):
                operation(number)
            found[name] = max(found[name], times / (time.process_time() - began))
    return found


def bulk(count: int) -> None:
    """Badges built, sealed and written as JSON one after the other: none is kept, as none needs to be."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, size = time.process_time(), 0
    for number in range(count):
        size += len(json.dumps(proofs.sign(badge(number), KEY, AT), ensure_ascii=False).encode())
    spent = time.process_time() - began
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{count:,} badges: {spent:.1f} CPU-s ({count / spent:,.0f}/s), {size / 2**20:,.0f} MiB of JSON, "
          f"{more:.0f} MiB more memory")  # fmt: skip


def report(words: list[str]) -> None:
    if words[:1] == ["bulk"]:
        bulk(int(words[1]) if words[1:] else 100_000)
        return
    found = measured(int(words[0]) if words else BADGES)
    print("| one core | per second |\n|---|---|")
    for name, rate in found.items():
        print(f"| {name} | {rate:,.0f} |")
    issued, verified = found["issue: Sonjuku, by template"], found["verify: Sonjuku, by template"]
    ratio = issued / found["issue: JCS only, the fastest writer"]
    for what, is_held in (
        (f"issue {AIM_ISSUED:,}/s", issued >= AIM_ISSUED),
        (f"verify {AIM_VERIFIED:,}/s", verified >= AIM_VERIFIED),
        (f"{AIM_RATIO:.0%} of JCS only ({ratio:.0%})", ratio >= AIM_RATIO),
    ):
        print(f"aim: {what}: {'held' if is_held else 'missed'}")
    print(json.dumps({name: round(rate) for name, rate in found.items()}, ensure_ascii=False))


if __name__ == "__main__":
    report(sys.argv[1:])
