"""What hostile credentials are made of: good ones of every kind, and who looks at them for reasons against."""

import copy
import gzip
import json
import struct
import zlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from sonjuku.protocols.openbadges import (
    build,
    controllers,
    endorsing,
    image,
    keys,
    multibase,
    ob2,
    proofs,
    reading,
    records,
    status,
    vcjwt,
)

AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
LIST = "https://council.example/status/1"
DID = "did:web:council.example"
SITE = "https://school.example"
KEY, OTHER = keys.new_key(), keys.new_key()
RSA, OTHER_RSA = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
P256 = ec.generate_private_key(ec.SECP256R1())
SIGNER = vcjwt.SoftwareSigner(KEY.private, KEY.verification_method)
RSA_SIGNER = vcjwt.SoftwareSigner(RSA, f"{DID}#rsa")
PNG = image.badge_png("ITの基礎", "", "#c74700", 64)
SVG_HEAD = b'<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'


def pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def jwk(key):
    algorithm = {rsa.RSAPrivateKey: "RS256", ec.EllipticCurvePrivateKey: "ES256"}
    name = next((name for kind, name in algorithm.items() if isinstance(key, kind)), "EdDSA")
    return vcjwt._SIGN[name].to_jwk(key.public_key(), as_dict=True)


def unsigned(issuer=KEY.did, **fields):
    badge = build.achievement_credential(
        id=UUID(int=1),
        issuer=build.Issuer(issuer, "会"),
        achievement=build.Achievement("urn:uuid:00000000-0000-0000-0000-000000000002", "名", "説明", "条件"),
        subject=UUID(int=3),
        valid_from=AT - timedelta(days=1),
        valid_until=AT + timedelta(days=1),
        evidence=[build.Evidence("出席", "3回中3回")],
    )
    return badge | fields


def signed(key=KEY, **fields):
    return proofs.sign(unsigned(**fields), key, AT)


def altered(document, *path, to):
    document = copy.deepcopy(document)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return document


def web(*methods, **fields):
    """The issuer's DID document: its RSA key, and what is given besides or instead."""
    own = {"id": f"{DID}#rsa", "type": "JsonWebKey", "controller": DID, "publicKeyJwk": jwk(RSA)}
    return {
        DID: {"id": DID, "verificationMethod": [own, *methods], "assertionMethod": [f"{DID}#rsa"]} | fields
    }


def multikey(key, controller=DID):
    return {
        "id": f"{DID}#1", "type": "Multikey", "controller": controller,
        "publicKeyMultibase": key.did.removeprefix("did:key:"),
    }  # fmt: skip


def by_web(document=None, key=KEY, method=f"{DID}#1"):
    """The badge with a proof that names a method of the did:web issuer."""
    document = document or unsigned(DID)
    proof = {
        "type": "DataIntegrityProof", "cryptosuite": proofs.SUITE, "created": proofs.wire_time(AT),
        "verificationMethod": method, "proofPurpose": "assertionMethod",
    }  # fmt: skip
    value = multibase.encode(key.sign(proofs.hash_data(document, proof)))
    return document | {"proof": [proof | {"proofValue": value}]}


def part(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(data).rstrip(b"=")


def token(header=None, payload=None, sign=KEY.sign, drop=()):
    """A token of our own badge with other header members or claims, properly signed all the same."""
    first, body = vcjwt.read(vcjwt.sign(unsigned(), SIGNER))
    first, body = first | (header or {}), body | (payload or {})
    data = part({n: v for n, v in first.items() if n not in drop}) + b"."
    data += part({n: v for n, v in body.items() if n not in drop})
    return (data + b"." + part(sign(data))).decode()


def hmac_token():
    """Signed with the issuer's public key as if it were a secret."""
    body = vcjwt.read(vcjwt.sign(unsigned(DID), RSA_SIGNER))[1]
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    data = part({"alg": "HS256", "kid": f"{DID}#rsa"}) + b"." + part(body)
    return (data + b"." + part(algorithm.sign(data, pem(RSA)))).decode()


def twice_named():
    _, body, _ = token().split(".")
    data = part(b'{"alg":"none","alg":"EdDSA"}') + b"." + body.encode()
    return (data + b"." + part(KEY.sign(data))).decode()


def listing(marked=(), key=KEY, url=LIST, purpose="revocation", **subject):
    document = status.list_credential(url, key.did, marked, valid_from=AT, purpose=purpose)
    document["credentialSubject"] |= subject
    return proofs.sign(document, key, AT)


def entry(index="7", **fields):
    return {"credentialStatus": status.entry(LIST, 7) | {"statusListIndex": index} | fields}


def packed(data):
    return "u" + part(gzip.compress(data)).decode()


# What looks at a thing, and gives the reasons against it


def badge(document, dids=None):
    found = proofs.verify(document, AT, dids=dids)
    return [check.reason for check in found.checks if check.reason not in ("", "not_checked")]


def jwt_badge(text, dids=None, jwks=None):
    found, _ = vcjwt.verify(text, AT, dids=dids, jwks=jwks)
    return [check.reason for check in found.checks if check.reason not in ("", "not_checked")]


def revocation(document, lists):
    try:
        return [found] if (found := status.status_of(document, lists, AT)) else []
    except status.StatusRefused as error:
        return [error.reason]


def endorsement(document, target="urn:uuid:1", file=b"{}"):
    found = proofs.verify(document, AT, types=(endorsing.ENDORSEMENT,))
    against = endorsing.reason_against(document, target, file)
    return [check.reason for check in found.checks if check.reason] + ([against] if against else [])


def file(data):
    try:
        reading.read_any(data)
    except reading.Unreadable as error:
        return [error.reason]
    return []


def old_badge(found, documents):
    checks = ob2.verify(found, documents, AT)[0].checks
    return [check.reason for check in checks if check.reason not in ("", "not_checked")]


def record(document):
    return [
        check.reason
        for check in records.verify(document, AT).checks
        if check.reason not in ("", "not_checked")
    ]


def address(did):
    try:
        return [controllers.did_web_address(did)]
    except controllers.NoKey as error:
        return [error.reason]


# Good things of other kinds


def endorsed(target="urn:uuid:1", file=b"{}", key=KEY, **fields):
    document = endorsing.endorsement_credential(
        id=UUID(int=9), issuer=build.Issuer(key.did, "県"), target=target, target_digest=endorsing.digest(file),
        comment="この修了を認めます。", valid_from=AT,
    )  # fmt: skip
    return proofs.sign(document | fields, key, AT)


def clr(member=None, **fields):
    document = {
        "@context": [*unsigned()["@context"], "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"],
        "id": "urn:uuid:00000000-0000-0000-0000-0000000000c1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": KEY.did, "type": ["Profile"], "name": "会"},
        "name": "記録",
        "validFrom": proofs.wire_time(AT),
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": [member or signed()]},
    } | fields  # fmt: skip
    proof = {
        "type": "DataIntegrityProof", "cryptosuite": proofs.SUITE, "created": proofs.wire_time(AT),
        "verificationMethod": KEY.verification_method, "proofPurpose": "assertionMethod",
    }  # fmt: skip
    value = multibase.encode(KEY.sign(records.hash_data(document, proof)))
    return document | {"proof": [proof | {"proofValue": value}]}


def assertion(kind, **fields):
    return {
        "@context": ob2.CONTEXT, "type": "Assertion", "id": f"{SITE}/a/1", "badge": f"{SITE}/b",
        "recipient": {"type": "email", "hashed": False, "identity": "a@example.jp"},
        "verification": {"type": kind, "creator": f"{SITE}/key"}, "issuedOn": "2026-10-01T00:00:00Z",
    } | fields  # fmt: skip


def school(**more):
    profile = {
        "id": f"{SITE}/i",
        "type": "Profile",
        "publicKey": [f"{SITE}/key"],
        "revocationList": f"{SITE}/r",
    }
    return {
        f"{SITE}/b": {"id": f"{SITE}/b", "type": "BadgeClass", "issuer": f"{SITE}/i"},
        f"{SITE}/i": profile,
        f"{SITE}/key": {"id": f"{SITE}/key", "owner": f"{SITE}/i", "publicKeyPem": pem(RSA).decode()},
        f"{SITE}/r": {"revokedAssertions": []},
        f"{SITE}/a/1": assertion("HostedBadge"),
    } | {f"{SITE}/{name}": value for name, value in more.items()}


def jws(key=RSA, header=None, **fields):
    data = part({"alg": "RS256"} | (header or {})) + b"." + part(assertion("SignedBadge", **fields))
    return (data + b"." + part(vcjwt._SIGN["RS256"].sign(data, key))).decode()


def chunk(kind, data):
    return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))


def png_with(*datas):
    return PNG[:-12] + b"".join(chunk(b"iTXt", data) for data in datas) + PNG[-12:]


def svg_with(text):
    return SVG_HEAD + text + b"</svg>"


ITXT = b"openbadgecredential\0\0\0\0\0"
CARRIED = b"<openbadges:credential>{}</openbadges:credential>"
RECORD_ID = "urn:uuid:00000000-0000-0000-0000-0000000000c1"
