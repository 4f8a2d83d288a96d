"""Whether what a stranger brought is genuine: badges of 2.0 and 3.0, endorsements, records, from here or from others.

Nothing is fetched here: `Report.needed` names what stands outside, and `Fetched` brings it (see flows/verifying.py).
"""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sonjuku.protocols.openbadges import (
    build,
    controllers,
    dids,
    endorsing,
    ob2,
    proofs,
    reading,
    records,
    status,
    vcjwt,
)
from sonjuku.rooms.credentials.models import CertificateKind
from sonjuku.rooms.credentials.queries import own_status
from sonjuku.rooms.credentials.queries.own_pages import credential_at, is_ours
from sonjuku.rooms.credentials.rules import verification as rules
from sonjuku.rooms.credentials.rules.verification import Layer, Report
from sonjuku.rooms.people.models import Council
from sonjuku.toolbox import qr_reading

# Each is a canonicalisation that a stranger makes us pay for.
MOST_CREDENTIALS = 60
_ADDRESS = re.compile(rb"\s*https?://\S+\s*", re.IGNORECASE)
Found = dict[str, Any] | str


@dataclass
class Fetched:
    """What was read outside for one verification: bytes by address, and codes for what could not be had.

    `keys`: addresses whose own host alone may answer, for what stands there is to be its key.
    """

    documents: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    is_on: bool = False


def verify(
    data: bytes, at: datetime, email: str = "", *, beside: bytes = b"", fetched: Fetched | None = None
) -> Report:
    """Check what a visitor brought: JSON, a token, a baked PNG or SVG, a picture with a QR code, or an address.

    `beside`: a second thing; one of the two is then an endorsement of the other. `email` is compared with the
    holder's address and kept nowhere. Nothing is fetched, nothing raised.
    """
    look = _Look(at, email.strip(), fetched or Fetched())
    try:
        report = look.pair(data, beside) if beside else look.whole(look.text(data))
    except reading.Unreadable as error:
        report = rules.unreadable(error.reason)
    return rules.with_outside(
        report, list(look.needed), look.fetched.refused, is_on=look.fetched.is_on
    )  # fmt: skip


def content_of(text: bytes) -> dict[str, Any]:
    """The credential that a text is, unverified, without a token's claims; {} for a broken token. Raises Unreadable."""
    return _content(reading.parsed(text))


class _Keys(NamedTuple):
    """As `vcjwt.verify` takes them."""

    dids: controllers.Documents
    jwks: Mapping[str, Any]


class _Look:
    """One verification: what it was given, what it lacked, how much it may still look at."""

    def __init__(self, at: datetime, email: str, fetched: Fetched) -> None:
        self.at, self.email, self.fetched = at, email, fetched
        self.needed: dict[str, None] = {}
        self.left = MOST_CREDENTIALS

    # What was brought

    def text(self, data: bytes) -> bytes:
        """The credential's own bytes. Raises Unreadable."""
        if _ADDRESS.fullmatch(data):
            return self._at(data.decode("utf-8", "replace").strip())
        if not qr_reading.is_picture(data):
            return reading.text(data)
        try:
            return reading.text(data) if data.startswith(b"\x89PNG") else self._scanned(data)
        except reading.Unreadable as error:
            # A photo, not a badge: without a credential, or larger than a badge may be.
            if error.reason != "no_credential" and len(data) <= reading.LARGEST_FILE:
                raise
            return self._scanned(data, error.reason)

    def _scanned(self, data: bytes, otherwise: str = "") -> bytes:
        try:
            found = qr_reading.read(data).encode()
        except qr_reading.NoCode as error:
            is_plain = error.reason in ("no_code", "broken_picture")
            reason = otherwise if otherwise and is_plain else error.reason
            raise reading.Unreadable(reason) from error
        if _ADDRESS.fullmatch(found):
            return self._at(found.decode().strip())
        return reading.text(found)

    def _at(self, address: str) -> bytes:
        """What an address leads to: a page of this site, or what was fetched. An address leads to no other."""
        if is_ours(address):
            own = credential_at(address, self.at)
            if own is None:
                raise reading.Unreadable("no_such_page")
            return own
        if not self.fetched.is_on:
            raise reading.Unreadable("foreign_address")
        self._want(address)
        if address in self.fetched.refused:
            raise reading.Unreadable(f"outside_{self.fetched.refused[address]}")
        try:
            text = reading.text(self.fetched.documents.get(address, b""))
            reading.parsed(text)
        except reading.Unreadable as error:
            raise reading.Unreadable("outside_no_credential") from error
        return text

    def _want(self, address: str) -> None:
        if address not in self.fetched.documents and address not in self.fetched.refused:
            self.needed[address] = None

    def _document(self, address: str, *, is_key: bool = False) -> Found | None:
        """What stands at an outside address, None without it; ours are never asked for over the network."""
        if is_ours(address):
            return None
        if is_key:
            self.fetched.keys.add(address)
        self._want(address)
        with contextlib.suppress(reading.Unreadable):
            if address in self.fetched.documents:
                return reading.parsed(self.fetched.documents[address].strip(), reading.LARGEST_FILE)
        return None

    # What it is

    def pair(self, data: bytes, beside: bytes) -> Report:
        """A credential with the endorsement that was brought beside it."""
        texts = sorted((self.text(data), self.text(beside)), key=_is_endorsement)
        if [_is_endorsement(text) for text in texts] != [False, True]:
            raise reading.Unreadable("not_a_pair")
        base, upper = texts
        report, laid = self.whole(base), self._one(reading.parsed(upper))
        against = endorsing.reason_against(content_of(upper), str(content_of(base).get("id", "")), base)
        check = proofs.Check("target", not against, against or "beside")
        layer = Layer("endorsement", rules.with_finding(laid, rules.finding(check)))
        return rules.with_layers(report, [*report.layers, layer], report.left_out)

    def whole(self, text: bytes) -> Report:
        """The credential with its layers: members of a record, endorsements inside."""
        found = reading.parsed(text)
        report = self._one(found)
        if report.kind == "endorsement":
            return rules.with_base_unknown(report)
        inside = (
            () if report.kind == "badge_2" else _inside(_content(found), is_record=report.kind == "record")
        )
        layers, left_out = [], 0
        for target, one in inside:
            if self.left < 1:
                left_out += 1
            elif target is None:
                layers.append(Layer("member", self._one(one)))
            else:
                against = _other_target(one, target)
                check = proofs.Check("target", not against, against)
                layers.append(Layer("endorsement", rules.with_finding(self._one(one), rules.finding(check))))
        return rules.with_layers(report, layers, left_out)

    def _one(self, found: Found) -> Report:
        """One credential for itself."""
        self.left -= 1
        content = _content(found)
        if ob2.is_assertion(content):
            return self._old(found, content)
        issuer = proofs.issuer_of(content)
        known = self._keys(issuer, found)
        verification = self._verified(found, content, known)
        key = own_status.key_of(_methods(found, issuer), issuer)
        told = None
        if verification.checks[0] == proofs.Check("kind", True):
            told = (
                own_status.told(content, issuer, self.at, known.dids) if key else self._told(content, issuer)
            )
        return rules.report(
            verification,
            content,
            council=key and key.council,
            email_matches=build.belongs_to(content, self.email) if self.email else None,
            accepted=_accepting(issuer),
            is_struck=key is not None and key.struck_at is not None,
            status=told,
            kind=_kind(content),
        )

    def _verified(self, found: Found, content: dict[str, Any], known: _Keys) -> proofs.Verification:
        is_record = _kind(content) == "record"
        types = (records.RECORD,) if is_record else (*proofs.BADGES, endorsing.ENDORSEMENT)
        if isinstance(found, str):
            return vcjwt.verify(found, self.at, dids=known.dids, jwks=known.jwks, types=types)[0]
        if is_record:
            return records.verify(found, self.at, known.dids)
        return proofs.verify(found, self.at, dids=known.dids, types=types)

    def _keys(self, issuer: str, *signed: Found) -> _Keys:
        """The issuer's own keys, as far as these need them: its document, and JWKs alone on its host."""
        if own_status.slug_of(issuer):
            # A council of this site without a key is no stranger: whoever signs in its name is none of its keys.
            return _Keys({issuer: own_status.did_document(issuer) or dids.document(issuer, [])}, {})
        methods = [method for one in signed for method in _methods(one, issuer)]
        alone = {
            one: self._document(one, is_key=True) for one in methods if controllers.is_beside(one, issuer)
        }
        address = issuer if any(one.startswith(f"{issuer}#") for one in methods) else ""
        with contextlib.suppress(controllers.NoKey):
            address = controllers.did_web_address(issuer)
        is_asked = address.startswith("https://")
        document = self._document(address, is_key=address == issuer) if is_asked else None
        return _Keys({} if document is None else {issuer: document}, {issuer: alone} if alone else {})

    def _told(self, content: dict[str, Any], issuer: str) -> str | None:
        """What the lists of others say: None where none was asked for."""
        urls = own_status.urls_of(content)
        lists = {
            url: found for url in urls if url.startswith("https://") and (found := self._document(url)) is not None
        }  # fmt: skip
        tried = [url for url in urls if url in self.fetched.refused or url in self.fetched.documents]
        if not urls or not (lists or tried):
            return None
        try:
            known = self._keys(issuer, *lists.values())
            return status.status_of(content, lists, self.at, known.dids, known.jwks)
        except status.StatusRefused as error:
            return error.reason

    def _old(self, found: Found, assertion: dict[str, Any]) -> Report:
        """Open Badges 2.0, whose every part stands outside."""
        documents = {url: one for url in self.fetched.documents if (one := self._document(url)) is not None}
        for address in ob2.needed(found, documents):
            if not is_ours(address):
                self._want(address)
        verification, _assertion = ob2.verify(found, documents, self.at)
        badge_class, profile = ob2.parts(found, documents)
        holds = verification.checks[-1] == proofs.Check("status", True)
        is_listed = ob2.is_hosted(assertion) or "revocationList" in profile
        return rules.report(
            verification,
            assertion,
            council=None,
            email_matches=ob2.belongs_to(assertion, self.email) if self.email else None,
            accepted=_accepting(verification.issuer),
            status="no_status" if holds and not is_listed else None,
            kind="badge_2",
            said=rules.old_claims(assertion, badge_class, profile),
        )


def _is_endorsement(text: bytes) -> bool:
    return _kind(content_of(text)) == "endorsement"


def _kind(content: Mapping[str, Any]) -> rules.Kind:
    if not proofs.kind_reason(content, (records.RECORD,)):
        return "record"
    return "badge" if proofs.kind_reason(content, (endorsing.ENDORSEMENT,)) else "endorsement"


def _content(found: Found) -> dict[str, Any]:
    if isinstance(found, dict):
        return found
    with contextlib.suppress(vcjwt.Refusal):
        return vcjwt.document_of(vcjwt.read(found)[1])
    return {}


def _inside(document: Mapping[str, Any], *, is_record: bool) -> Iterator[tuple[str | None, Found]]:
    """What stands in a credential: members of a record (None), endorsements with the id of what they must be of."""
    if is_record:
        with contextlib.suppress(records.RecordRefused):
            yield from ((None, member) for member in records.members_of(document))
    yield from _endorsements(document)


def _endorsements(document: Mapping[str, Any]) -> Iterator[tuple[str, Found]]:
    """The endorsements inside a credential, each with the id of what it stands in (Open Badges 3.0, B.1)."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    for place in (document, achievement, document.get("issuer")):
        if not isinstance(place, dict):
            continue
        for name in ("endorsement", "endorsementJwt"):
            held = place.get(name, [])
            for one in held if isinstance(held, list) else [held]:
                if isinstance(one, dict | str):
                    yield str(place.get("id", "")), one


def _other_target(found: Found, target: str) -> str:
    """Why an endorsement that stands inside isn't one of what it stands in: by its id, for no digest can hold there."""
    content = _content(found)
    subject = content.get("credentialSubject")
    if _kind(content) != "endorsement" or not isinstance(subject, dict):
        return "not_an_endorsement"
    return "" if target and subject.get("id") == target else "other_id"


def _methods(found: Found, issuer: str) -> list[str]:
    """The verification methods that the proofs, or the token's header, name."""
    if isinstance(found, dict):
        held = found.get("proof", [])
        listed = held if isinstance(held, list) else [held]
        named = [one.get("verificationMethod") for one in listed if isinstance(one, Mapping)]
        return [one for one in named if isinstance(one, str)]
    with contextlib.suppress(vcjwt.Refusal):
        return [vcjwt.method_of(vcjwt.read(found)[0], issuer)]
    return []


def _accepting(issuer: str) -> list[Council]:
    """Councils of this site that take this issuer's certificates."""
    # A database takes no NUL.
    if not issuer or len(issuer) > 300 or not issuer.isprintable():
        return []
    kinds = CertificateKind.objects.filter(issuer_uri=issuer, is_accepted=True)
    return list(Council.objects.filter(pk__in=kinds.order_by().values("council")).order_by("slug"))
