"""Open Badges 2.0, read only: signed (JWS) and hosted assertions, given the documents that somebody has fetched.

What `needed` names is to be fetched, guarded, until it names nothing more; then `verify` tells. The issuer's own
profile is always the fetched one: whoever bakes a badge can write any profile into it.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sonjuku.protocols.openbadges import canonical, controllers, jcs, proofs, vcjwt

CONTEXT = "https://w3id.org/openbadges/v2"
Documents = Mapping[str, Any]


def verify(
    found: Mapping[str, Any] | str, documents: Documents, at: datetime
) -> tuple[proofs.Verification, Mapping[str, Any]]:
    """Check an assertion at the instant `at`; gives what was found and the assertion that holds, {} for none.

    `found`: a token (signed) or a JSON object (hosted); `documents`: parsed JSON by the address asked for. Never
    raises, asks no network. Checks as `proofs.verify`; reasons:
    - kind: not_a_badge · form: not_json and `vcjwt.read`'s codes, hosted_differs (from what stands at its address)
    - issuer: not_fetched (badge class, profile or key), wrong_controller (a document that calls itself otherwise),
      outside_issuer (hosted where the issuer doesn't host), not_issuer (the key is another's)
    - proof: `vcjwt`'s header codes, alg_of_other_key, wrong_signature, no_proof (neither signed nor hosted),
      not_checked · dates: bad_date, not_yet_valid, expired · status: revoked, not_fetched, not_checked (no issuer's word)
    """
    try:
        header, assertion = vcjwt.read(found) if isinstance(found, str) else ({}, dict(found))
    except vcjwt.Refusal as error:
        return vcjwt.unreadable(error), {}
    hosted = is_hosted(assertion)
    form = "" if canonical.json_safe(assertion) else "not_json"
    form = form or (_hosted_reason(assertion, documents) if hosted else "")
    profile, address = _profile(assertion, documents)
    if hosted:
        issuer, proof = _scope_reason(assertion, profile, address), "not_checked" if form else ""
    else:
        issuer, proof = _signed_reasons(found, header, assertion, profile, address, documents)
    checks = (
        proofs.check("kind", "" if is_assertion(assertion) else "not_a_badge"),
        proofs.check("form", form),
        proofs.check("issuer", issuer),
        proofs.check("proof", proof),
        proofs.check("dates", _dates_reason(assertion, at)),
        proofs.check("status", _status_reason(assertion, profile, documents)),
    )
    return proofs.Verification(checks, address), assertion


def is_assertion(document: Mapping[str, Any]) -> bool:
    """Whether this is an assertion of Open Badges 2.0."""
    return CONTEXT in _several(document.get("@context")) and "Assertion" in _several(document.get("type"))


def belongs_to(assertion: Mapping[str, Any], email: str) -> bool:
    """Whether the assertion's recipient, hashed or not, is this address."""
    recipient = _mapping(assertion.get("recipient"))
    named, hashed, salt = (recipient.get(name) for name in ("identity", "hashed", "salt"))
    if recipient.get("type") != "email" or not isinstance(named, str):
        return False
    plain = email.strip()
    if hashed is not True:
        return named.strip().lower() == plain.lower()
    algorithm, _, value = named.partition("$")
    if algorithm not in ("sha256", "md5"):
        return False
    salted = [(one + (salt if isinstance(salt, str) else "")).encode() for one in (plain, plain.lower())]
    return value.lower() in [hashlib.new(algorithm, one, usedforsecurity=False).hexdigest() for one in salted]


def parts(
    found: Mapping[str, Any] | str, documents: Documents
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What an assertion's badge class and issuer say of themselves, {} where they aren't at hand."""
    try:
        assertion = vcjwt.read(found)[1] if isinstance(found, str) else found
    except vcjwt.Refusal:
        return {}, {}
    profile, _ = _profile(assertion, documents)
    return _mapping(_followed(assertion.get("badge"), documents)), _mapping(profile)


def needed(found: Mapping[str, Any] | str, documents: Documents) -> list[str]:
    """The addresses (https) that `verify` still lacks; some show only when others were fetched."""
    try:
        assertion = vcjwt.read(found)[1] if isinstance(found, str) else found
    except vcjwt.Refusal:
        return []
    badge_class = _followed(assertion.get("badge"), documents)
    profile, _ = _profile(assertion, documents)
    wanted = [assertion.get("badge"), _address(_mapping(badge_class).get("issuer"))]
    if is_hosted(assertion):
        wanted.append(assertion.get("id"))
    else:
        wanted += [_creator(assertion, profile), _mapping(profile).get("revocationList")]
    plain = [one for one in wanted if isinstance(one, str) and urlsplit_safe(one).scheme == "https"]
    return [one for one in dict.fromkeys(plain) if one not in documents]


def urlsplit_safe(address: str) -> Any:
    """The parts of an address; those of "" where it has none."""
    try:
        parts = urlsplit(address)
        return parts if parts.port or parts.hostname else urlsplit("")
    except ValueError:
        return urlsplit("")


def is_hosted(assertion: Mapping[str, Any]) -> bool:
    """Whether it is checked by standing where it says, not by a signature."""
    named = _mapping(assertion.get("verification")).get("type")
    return any(one in ("HostedBadge", "hosted") for one in _several(named))


def _hosted_reason(assertion: Mapping[str, Any], documents: Documents) -> str:
    """What stands at its own address is the assertion; another word in the copy at hand is a forgery."""
    own = _fetched(assertion.get("id"), documents)
    if own is None:
        return "not_fetched"
    if not canonical.json_safe(own):
        return "not_json"
    try:
        return "" if jcs.encode(own) == jcs.encode(assertion) else "hosted_differs"
    except canonical.NotCanonical:
        return "not_json"


def _profile(assertion: Mapping[str, Any], documents: Documents) -> tuple[Any, str]:
    """The issuer's fetched profile (None without one) and its address."""
    badge_class = _mapping(_followed(assertion.get("badge"), documents))
    address = _address(badge_class.get("issuer"))
    return _fetched(address, documents), address


def _scope_reason(assertion: Mapping[str, Any], profile: Any, address: str) -> str:
    """Whether the issuer hosts assertions where this one stands (Open Badges 2.0, hosted verification)."""
    if profile is None:
        return "not_fetched"
    if _mapping(profile).get("id") != address:
        return "wrong_controller"
    own, rules = urlsplit_safe(str(assertion.get("id"))), _mapping(profile.get("verification"))
    starts = [one for one in _several(rules.get("startsWith")) if isinstance(one, str)]
    hosts = [one for one in _several(rules.get("allowedOrigins")) if isinstance(one, str)]
    if starts:
        inside = any(_starts(own, urlsplit_safe(one)) for one in starts)
    else:
        inside = own.netloc in (hosts or [urlsplit_safe(address).netloc])
    return "" if inside and own.scheme == "https" else "outside_issuer"


def _starts(own: Any, start: Any) -> bool:
    """Below that path: an address that merely begins with the same letters isn't."""
    path = start.path if start.path.endswith("/") else start.path + "/"
    same = (own.scheme, own.netloc) == (start.scheme, start.netloc)
    return same and (own.path + "/").startswith(path) and ".." not in own.path.split("/")


def _signed_reasons(
    found: Mapping[str, Any] | str,
    header: Mapping[str, Any],
    assertion: Mapping[str, Any],
    profile: Any,
    address: str,
    documents: Documents,
) -> tuple[str, str]:
    if not isinstance(found, str):
        return "", "no_proof"
    reason = vcjwt.header_reason(header)
    creator = _creator(assertion, profile)
    key = _fetched(creator, documents)
    if profile is None or key is None:
        return "not_fetched", reason or "not_checked"
    if _mapping(profile).get("id") != address or _mapping(key).get("id") != creator:
        return "wrong_controller", reason or "not_checked"
    listed = [_address(one) for one in _several(profile.get("publicKey"))]
    if key.get("owner") != address or creator not in listed:
        return "not_issuer", reason or "not_checked"
    return "", reason or vcjwt.signature_reason(found, header, _public(key))


def _public(key: Mapping[str, Any]) -> controllers.PublicKey | None:
    try:
        return controllers.strong(load_pem_public_key(str(key.get("publicKeyPem")).encode()))
    except (ValueError, UnsupportedAlgorithm, controllers.NoKey):
        return None


def _creator(assertion: Mapping[str, Any], profile: Any) -> str:
    """The address of the key that signed: the assertion's word, or the profile's only key."""
    named = _mapping(assertion.get("verification")).get("creator")
    listed = _several(_mapping(profile).get("publicKey"))
    return _address(named) or (_address(listed[0]) if len(listed) == 1 else "")


def _dates_reason(assertion: Mapping[str, Any], at: datetime) -> str:
    try:
        if at < proofs.read_time(assertion.get("issuedOn")):
            return "not_yet_valid"
        return "expired" if "expires" in assertion and proofs.read_time(assertion["expires"]) <= at else ""
    except ValueError:
        return "bad_date"


def _status_reason(assertion: Mapping[str, Any], profile: Any, documents: Documents) -> str:
    if assertion.get("revoked") not in (None, False) or _mapping(
        _fetched(assertion.get("id"), documents) if is_hosted(assertion) else None
    ).get("revoked") not in (None, False):
        return "revoked"
    address = _mapping(profile).get("revocationList")
    if (_fetched(assertion.get("id"), documents) if is_hosted(assertion) else profile) is None:
        return "not_checked"
    if is_hosted(assertion) or address is None:
        return ""
    revoked = _fetched(address, documents)
    if not isinstance(revoked, Mapping) or not isinstance(revoked.get("revokedAssertions"), list):
        return "not_fetched"
    listed = [one if isinstance(one, str) else _address(one) for one in revoked["revokedAssertions"]]
    return "revoked" if assertion.get("id") in listed else ""


def _followed(value: Any, documents: Documents) -> Any:
    return _fetched(value, documents) if isinstance(value, str) else value


def _fetched(address: Any, documents: Documents) -> Any:
    return documents.get(address) if isinstance(address, str) else None


def _address(value: Any) -> str:
    named = value.get("id") if isinstance(value, Mapping) else value
    return named if isinstance(named, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
