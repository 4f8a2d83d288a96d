"""What a verification may claim: findings with their words, a report of one credential and of what lies on or in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from sonjuku.protocols.openbadges.proofs import Check, Verification, read_time
from sonjuku.rooms.credentials.rules.verdicts import FINE, HEADLINES, OUTSIDE, TITLES, UNREADABLE, WORDS

Result = Literal["ok", "bad", "unknown"]
Kind = Literal["badge", "badge_2", "endorsement", "record"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. "unknown" means that it could not be checked: never a kind of "ok".

    `code` is stable: the reason of the protocol, "" (or accepted, beside) where it held.
    """

    name: str
    result: Result
    title: Any
    text: Any
    code: str = ""


@dataclass(frozen=True)
class Missing:
    """An outside address that could not be read, and why."""

    address: str
    code: str
    text: Any


@dataclass(frozen=True)
class Report:
    """What a visitor learns about one credential. `result` is the worst of the findings and of the layers.

    `claims` are the credential's own words (title, description, issuer, valid_from), true only as far as the
    findings carry. `council` is set when the signing key is one of ours; `accepted`: councils that take this
    issuer's certificates. `not_checked`: plain sentences. `needed`: outside addresses that would tell more;
    `missing`: those that were tried in vain. `left_out`: how many layers were too many.
    """

    result: Result
    findings: tuple[Finding, ...]
    not_checked: tuple[Any, ...] = ()
    claims: dict[str, str] = field(default_factory=dict)
    council: Any = None
    accepted: tuple[Any, ...] = ()
    kind: Kind = "badge"
    layers: tuple["Layer", ...] = ()
    left_out: int = 0
    needed: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether there was a credential at all."""
        return [found.name for found in self.findings] != ["read"]

    @property
    def issued_at(self) -> datetime | None:
        """The claimed instant of issue; None where it can't be read."""
        try:
            return read_time(self.claims.get("valid_from"))
        except ValueError:
            return None

    @property
    def verdict(self) -> str:
        """One of verdicts.HEADLINES: what to say first."""
        wrong = {found.code for found in self.findings if found.result == "bad"}
        if wrong:
            return wrong.pop() if len(wrong) == 1 and wrong <= HEADLINES.keys() else "bad"
        if not self.is_read:
            return "unreadable"
        return "inside_bad" if self.result == "bad" else self.result

    @property
    def headline(self) -> tuple[Any, Any]:
        """The verdict in words: what it is, and what to do."""
        return HEADLINES[self.verdict]


@dataclass(frozen=True)
class Layer:
    """A credential on or in another: an endorsement of it, or a member of a record."""

    kind: Literal["endorsement", "member"]
    report: Report


IDENTITY = _("これを見せている人が、受け取った本人かどうか")
REVOCATION = _("発行されたあとに失効していないかどうか")
BASE = _("この認定が、もとの証明と合っているかどうか（もとの証明もいっしょに入れると、確かめられます）")
FETCH_OFF = _("ほかのサイトにあること（このサイトは、ほかのサイトを読みに行かない設定です）")
LEFT_OUT = _("数が多いため、残りの証明")


def unreadable(reason: str) -> Report:
    """The report for something that isn't a credential at all; `reason` is one of UNREADABLE's codes."""
    text = UNREADABLE.get(reason, UNREADABLE["unknown_kind"])
    return Report("unknown", (Finding("read", "unknown", TITLES["read"], text, reason),))


def finding(check: Check) -> Finding:
    """A check in plain words. A reason that this house doesn't know counts as not checked."""
    title = TITLES[check.name]
    if check.ok:
        return Finding(check.name, "ok", title, FINE[check.reason or check.name], check.reason)
    own = f"{check.name}.{check.reason}"
    result, text = WORDS.get(own) or WORDS.get(check.reason) or WORDS["not_checked"]
    return Finding(check.name, result, title, text, check.reason)


def report(
    verification: Verification,
    document: dict[str, Any],
    *,
    council: Any,
    email_matches: bool | None,
    accepted: Sequence[Any] = (),
    is_struck: bool = False,
    status: str | None = None,
    kind: Kind = "badge",
    said: dict[str, str] | None = None,
) -> Report:
    """Put the checks together. `council` owns the key (None: nobody we know); `email_matches` None: not asked.

    `is_struck`: its owner struck the key out. `status`: "" where the lists say that it holds, else a reason; None
    where no list was read. `said`: its own words, where `claims` doesn't find them.
    """
    findings = [finding(check) for check in verification.checks if check.name != "status"]
    if all(found.result == "ok" for found in findings if found.name in {"issuer", "proof"}):
        findings.append(_key_finding(council, accepted, is_struck))
    else:
        council, accepted = None, ()
    if email_matches is not None:
        findings.append(finding(Check("holder", email_matches, "" if email_matches else "other_holder")))
    told = _told(verification, kind) if status is None else status
    if status is not None or any(check.name == "status" for check in verification.checks):
        findings.append(finding(Check("status", not told, told)))
    is_unsure = findings[-1].name != "status" or findings[-1].result == "unknown"
    left_out = [REVOCATION] * is_unsure + [IDENTITY] * (email_matches is None and kind != "endorsement")
    result = worst(weighed(findings))
    words = claims(document) if said is None else said
    return Report(result, tuple(findings), tuple(left_out), words, council, tuple(accepted), kind)


def _key_finding(council: Any, accepted: Sequence[Any], is_struck: bool) -> Finding:
    if accepted and not council:
        return finding(Check("key", True, "accepted"))
    reason = "struck" if is_struck else "" if council else "stranger"
    return finding(Check("key", not reason, reason))


def _told(verification: Verification, kind: Kind) -> str:
    checks = [check for check in verification.checks if check.name == "status"]
    # Open Badges 2.0 answers for itself: its register was read, or is not_fetched.
    if kind == "badge_2" and checks:
        return checks[0].reason
    return next(filter(None, (check.reason for check in checks)), "no_status")


def with_finding(report: Report, found: Finding) -> Report:
    """The same report with one more finding."""
    return replace(report, result=worst([report, found]), findings=(*report.findings, found))


def with_base_unknown(report: Report) -> Report:
    """An endorsement that was brought without what it endorses."""
    return replace(report, not_checked=(*report.not_checked, BASE))


def with_layers(report: Report, layers: Sequence[Layer], left_out: int = 0) -> Report:
    """The report of the whole; what was too much to look at is told and leaves it unknown."""
    cut = [finding(Check("members", False, "too_many_members"))] if left_out else []
    result = worst([report, *cut, *(layer.report for layer in layers)])
    not_checked = (*report.not_checked, *([LEFT_OUT] if left_out else []))
    return replace(report, result=result, layers=tuple(layers), left_out=left_out, not_checked=not_checked)


def with_outside(report: Report, needed: Sequence[str], refused: dict[str, str], *, is_on: bool) -> Report:
    """The report with what outside addresses would have told. Not having read them never makes anything fine."""
    missing = tuple(
        Missing(address, code, OUTSIDE.get(code, OUTSIDE["status"])) for address, code in refused.items()
    )
    off = [FETCH_OFF] if needed and not is_on and report.is_read else []
    return replace(
        report, needed=tuple(needed), missing=missing, not_checked=(*report.not_checked, *off)
    )  # fmt: skip


def weighed(findings: Iterable[Finding]) -> list[Finding]:
    """No list named: nothing was skipped that the issuer offers, so it's told but doesn't lower the result."""
    return [found for found in findings if found.code != "no_status"]


def worst(findings: Iterable[Finding | Report]) -> Result:
    results = {found.result for found in findings}
    return "bad" if "bad" in results else "unknown" if "unknown" in results else "ok"


def claims(document: dict[str, Any]) -> dict[str, str]:
    """What the credential says of itself, each at most 500 characters; anything unexpected is left out."""
    subject = _dict(document.get("credentialSubject"))
    achievement = _dict(subject.get("achievement"))
    issuer = document.get("issuer")
    found = {
        "title": achievement.get("name") or document.get("name"),
        "description": achievement.get("description") or subject.get("endorsementComment"),
        "issuer": _dict(issuer).get("name") or issuer,
        "valid_from": document.get("validFrom"),
        "id": document.get("id"),
    }
    if "endorsementComment" in subject:
        found["target"] = subject.get("id")
    return {name: value[:500] for name, value in found.items() if isinstance(value, str)}


def old_claims(assertion: dict[str, Any], badge_class: Any, profile: Any) -> dict[str, str]:
    """The same of an assertion of Open Badges 2.0 with its badge class and issuer, where they were had."""
    badge_class, profile = _dict(badge_class), _dict(profile)
    found = {
        "title": badge_class.get("name"),
        "description": badge_class.get("description"),
        "issuer": profile.get("name") or profile.get("id") or _dict(badge_class.get("issuer")).get("id"),
        "valid_from": assertion.get("issuedOn"),
        "id": assertion.get("id"),
    }
    return {name: value[:500] for name, value in found.items() if isinstance(value, str)}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
