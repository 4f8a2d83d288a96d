"""What a credential says, and what a verification may claim."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sonjuku.protocols.openbadges.build import Achievement as WireAchievement
from sonjuku.protocols.openbadges.build import Alignment, Evidence, Issuer, issuer_member
from sonjuku.protocols.openbadges.dids import did_web
from sonjuku.rooms.credentials.models import (
    Achievement,
    AchievementAlignment,
    IssuerKey,
    Route,
    StatusChange,
    StatusList,
)
from sonjuku.rooms.credentials.rules.verification import (
    IDENTITY,
    REVOCATION,
    Finding,
    Layer,
    Report,
    claims,
    finding,
    report,
    unreadable,
    worst,
)

__all__ = [
    "IDENTITY", "REVOCATION", "Finding", "Layer", "Report", "claims", "finding", "report", "unreadable", "worst",
]  # fmt: skip


def wire_achievement(achievement: Achievement, alignments: Sequence[AchievementAlignment]) -> WireAchievement:
    """The achievement as the credential carries it; alignments need `skill__framework` loaded."""
    return WireAchievement(
        id=achievement.uri,
        name=achievement.title,
        description=achievement.description,
        criteria=achievement.criteria,
        name_en=achievement.title_en,
        description_en=achievement.description_en,
        # A member of an enumeration is no plain text to the templates that make signing fast.
        kind=str(achievement.type),
        alignments=[alignment(one) for one in alignments if one.skill.framework.source_url],
    )


def alignment(row: AchievementAlignment) -> Alignment:
    framework = row.skill.framework
    # The words go with the credential for good, so they say how sure we were.
    said = [
        f"レベル：{row.level}" if row.level else "",
        "" if framework.verified else "項目名は原典と照合していません（未確認）",
    ]
    return Alignment(
        name=row.skill.title,
        url=framework.source_url,
        code=row.skill.code,
        framework=f"{framework.name} {framework.version}",
        description="。".join(filter(None, said)),
    )


_ROUTES = {Route.EXPERIENCE: "実務の経験による認定", Route.RULE: "スキルマップの条件による認定"}


def evidence_of(route: str, narrative: str) -> list[Evidence]:
    """How the holder came to the badge, where it wasn't by completing its course: the route is the evidence's genre."""
    if route == Route.COURSE and not narrative:
        return []
    return [Evidence(_ROUTES.get(Route(route), "講座の修了"), narrative, genre=f"route:{route}")]


# Who issues, and whether it still holds

STATUS_MOVES: Mapping[str, frozenset[str]] = {
    "valid": frozenset({StatusChange.Kind.REVOKE, StatusChange.Kind.SUSPEND}),
    "suspended": frozenset({StatusChange.Kind.REVOKE, StatusChange.Kind.REINSTATE}),
    "revoked": frozenset(),
}
STATUS_VERBS: Mapping[str, str] = {
    "revoke": "award.revoked",
    "suspend": "award.suspended",
    "reinstate": "award.reinstated",
}


def issuer_page(site: str, key: IssuerKey) -> str:
    """The public page of the issuer; its DID document lies below it."""
    page = f"{site}/c/{key.council.slug}/"
    return f"{page}bodies/{key.body_id}/" if key.body_id else page


def issuer_did(key: IssuerKey, site: str) -> str:
    """The DID that the next badge of this key names. `council` must be loaded."""
    return did_web_of(key, site) if key.naming == IssuerKey.Naming.WEB else key.did


def did_web_of(key: IssuerKey, site: str) -> str:
    """The did:web of the key's issuer, whether its badges name it or not."""
    return did_web(issuer_page(site, key))


def issuer(key: IssuerKey, did: str, site: str) -> Issuer:
    """The issuer as the credential names it. `council` and `body` must be loaded."""
    name = str(key.body) if key.body else key.council.title
    return Issuer(did, name, issuer_page(site, key))


def renamed(credential: Mapping[str, Any], issuer: Issuer, entry: Mapping[str, str]) -> dict[str, Any]:
    """The same words of another issuer, with another place in a status list: unsigned."""
    kept = {name: value for name, value in credential.items() if name != "proof"}
    return {**kept, "issuer": issuer_member(issuer), "credentialStatus": dict(entry)}


def list_address(site: str, slug: str, row: StatusList, purpose: str) -> str:
    """Where a status list is served, for good: badges name it."""
    return f"{site}/c/{slug}/status/{row.pk}/{purpose}"


# Rows of bits, index 0 first, as status lists count them


def is_marked(bits: bytes, index: int) -> bool:
    return bool(bits[index // 8] & 0x80 >> index % 8)


def with_marks(bits: bytes, indexes: Iterable[int], value: bool = True) -> bytes:
    """A copy with these places marked, or cleared."""
    changed = bytearray(bits)
    for index in indexes:
        mask = 0x80 >> index % 8
        changed[index // 8] = changed[index // 8] | mask if value else changed[index // 8] & ~mask
    return bytes(changed)


def marked(bits: bytes) -> list[int]:
    """The places that are marked."""
    return [
        number * 8 + place
        for number, byte in enumerate(bits)
        if byte
        for place in range(8)
        if byte & 0x80 >> place
    ]
