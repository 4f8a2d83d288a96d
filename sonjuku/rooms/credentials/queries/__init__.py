"""Who may see which award, what a person holds, and whether a credential is genuine."""

import contextlib
import json
import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from sonjuku.protocols.openbadges import build, dids, endorsing, proofs, reading, status
from sonjuku.rooms.calls.models import Call
from sonjuku.rooms.credentials import rules
from sonjuku.rooms.credentials.models import (
    Achievement,
    AchievementImage,
    Award,
    AwardBatch,
    CertificateKind,
    Endorsement,
    IssuerKey,
    OutsideCertificate,
    StatusList,
)
from sonjuku.rooms.journal.models import Actor
from sonjuku.rooms.people.models import Council, Person
from sonjuku.rooms.people.rules import may

_BADGE_PATH = re.compile(r"(?:/en)?/badges/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/.].*)?")


def awards_visible_to(actor: Actor) -> QuerySet[Award]:
    """A member: the own ones. Staff of the council: those whose holder shows them to the council or to everyone."""
    rows = Award.objects.select_related(
        "achievement__call", "achievement__council", "council", "person", "issuer_key__body"
    )
    if actor.role == "member":
        return rows.filter(person__account_id=actor.account_id) if actor.account_id else rows.none()
    if not actor.council_id or not may(actor.role, "applications.read"):
        return rows.none()
    shown = (Award.Visibility.COUNCIL, Award.Visibility.PUBLIC)
    return rows.filter(council_id=actor.council_id, visibility__in=shown)


def issuer_keys_visible_to(actor: Actor) -> QuerySet[IssuerKey]:
    """The council's signing keys, retired ones too, newest first, for whoever runs its office; never the private half."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return IssuerKey.objects.none()
    rows = IssuerKey.objects.filter(council_id=actor.council_id).select_related("council", "body")
    return rows.defer("private_key").order_by("-created_at", "-id")


def achievements_visible_to(actor: Actor) -> QuerySet[Achievement]:
    """The council's achievements, of calls or of none, for whoever runs its office."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return Achievement.objects.none()
    return Achievement.objects.filter(council_id=actor.council_id).select_related(
        "council", "call", "issuer_body"
    )


def register_visible_to(actor: Actor) -> QuerySet[Award]:
    """All that the council issued, for whoever runs its office and may revoke. A page shows the holder's name only
    where the holder shows the badge (`visibility`): without it a row is a number and a day."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return Award.objects.none()
    rows = Award.objects.filter(council_id=actor.council_id).select_related(
        "achievement", "person", "council"
    )
    return rows.defer("credential")


def batches_visible_to(actor: Actor) -> QuerySet[AwardBatch]:
    """What is being issued to many, for whoever runs the council's office."""
    if not actor.council_id or not may(actor.role, "council.write"):
        return AwardBatch.objects.none()
    return AwardBatch.objects.filter(council_id=actor.council_id).select_related("achievement", "council")


def public_award(award_id: uuid.UUID) -> Award | None:
    """The award if its holder made it public, else None."""
    rows = Award.objects.filter(pk=award_id, visibility=Award.Visibility.PUBLIC)
    return rows.select_related("achievement__council", "council", "person", "issuer_key__body").first()


def shown_award(award_id: uuid.UUID, actor: Actor) -> Award | None:
    """The award if it is public or this reader may see it."""
    return public_award(award_id) or awards_visible_to(actor).filter(pk=award_id).first()


def credentials_held(person: Person, day: date | None = None) -> set[str]:
    """The URIs of the achievements this person was awarded and that hold, and of the kinds of outside certificates that were checked.

    As eligibility rules and skill maps name them. `day` (today): certificates that have run out are left out.
    """
    return held_by([person.pk], day or timezone.localdate())[person.pk]


def held_by(person_ids: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, set[str]]:
    """`credentials_held` of many persons in two queries; everyone asked for has an entry."""
    held: dict[uuid.UUID, set[str]] = {key: set() for key in person_ids}
    awards = holding_awards().filter(person__in=held)
    for person_id, key in awards.order_by().values_list("person_id", "achievement_id"):
        held[person_id].add(Achievement(pk=key).uri)
    checked = good_certificates(day).filter(person__in=held).values_list("person_id", "kind_id")
    for person_id, key in checked:
        held[person_id].add(CertificateKind(pk=key).uri)
    return held


def holding_awards() -> QuerySet[Award]:
    """Those that are neither revoked nor suspended: what `Award.status` says, for the database."""
    return Award.objects.filter(revoked_at=None, suspended_at=None)


def good_certificates(day: date) -> QuerySet[OutsideCertificate]:
    """Those that were checked and hold on that day: what `OutsideCertificate.counts_on` says, for the database."""
    rows = OutsideCertificate.objects.filter(state=OutsideCertificate.State.CHECKED)
    rows = rows.exclude(standing=OutsideCertificate.Standing.BAD)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=day))


def achievement(achievement_id: uuid.UUID) -> Achievement | None:
    return Achievement.objects.select_related("council").filter(pk=achievement_id).first()


def achievements(call: Call) -> QuerySet[Achievement]:
    return call.achievements.prefetch_related("skills__framework")


def named(uris: Collection[str]) -> list[Achievement | CertificateKind]:
    """The achievements and kinds that these URIs stand for; foreign or broken ones are left out."""
    keys = []
    for uri in uris:
        with contextlib.suppress(ValueError):
            keys.append(uuid.UUID(uri.removeprefix("urn:uuid:")))
    return [*Achievement.objects.filter(pk__in=keys), *CertificateKind.objects.filter(pk__in=keys)]


def wire_text(award: Award) -> str:
    """The signed credential as the file that leaves the house: the same bytes every time."""
    return json.dumps(award.credential, ensure_ascii=False, indent=2)


def award_at(address: str) -> Award | None:
    """The public award that an address of this site leads to; None for any other address or a hidden award."""
    parts = urlsplit(address.strip())
    match = _BADGE_PATH.fullmatch(parts.path)
    if match is None or parts.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    return public_award(uuid.UUID(match["id"]))


def verify(data: bytes, at: datetime, email: str = "") -> rules.Report:
    """Check what a visitor brought: JSON text, a baked PNG or SVG, or the address of a public badge of this site.

    `email` is compared with the holder's hashed address and kept nowhere. Nothing is fetched, nothing raised.
    """
    if data.strip()[:8].lower().startswith((b"http://", b"https://")):
        return _verify_address(data, at, email)
    try:
        document = reading.read(data)
    except reading.Unreadable as error:
        return rules.unreadable(error.reason)
    issuer = proofs.issuer_of(document)
    # A council of this site without a key is no stranger: whoever signs in its name is none of its keys.
    known = {issuer: did_document(issuer) or dids.document(issuer, [])} if _slug_of(issuer) else {}
    verification = proofs.verify(document, at, dids=known, types=(*proofs.BADGES, endorsing.ENDORSEMENT))
    key = _key_of(document, issuer)
    matches = build.belongs_to(document, email) if email.strip() else None
    return rules.report(
        verification,
        document,
        council=key and key.council,
        email_matches=matches,
        is_struck=key is not None and key.struck_at is not None,
        status=_status(document, issuer, at, known) if key else None,
    )


def did_document(did: str) -> dict[str, Any] | None:
    """The document of an issuer of this site by its did:web: all keys that are not struck out. None where none ever was."""
    rows = IssuerKey.objects.filter(council__slug=_slug_of(did)).select_related("council")
    keys = [
        key for key in rows.order_by("created_at", "pk") if rules.did_web_of(key, settings.SITE_URL) == did
    ]
    return dids.document(did, [key.did for key in keys if key.struck_at is None]) if keys else None


def _slug_of(did: str) -> str:
    """The council in the name of one of our issuers; "" for another site's."""
    before = dids.did_web(f"{settings.SITE_URL}/c/") + ":"
    return did.removeprefix(before).partition(":")[0] if did.startswith(before) else ""


def status_list(council: Council, list_id: uuid.UUID, purpose: str) -> StatusList | None:
    """The list that is served at its address; `purpose` must be one of its two."""
    if purpose not in StatusList.Purpose.values:
        return None
    rows = StatusList.objects.filter(council=council, pk=list_id)
    return rows.only("council_id", "signed_at", purpose).first()


def own_image(achievement_id: uuid.UUID) -> AchievementImage | None:
    """The uploaded picture of an achievement."""
    return AchievementImage.objects.filter(achievement=achievement_id).first()


def _key_of(document: Mapping[str, Any], issuer: str) -> IssuerKey | None:
    """The key of this site that a proof of the credential names, under the issuer's own DID or under its did:key."""
    named = document.get("proof", [])
    methods = [
        one.get("verificationMethod")
        for one in (named if isinstance(named, list) else [named])
        if isinstance(one, Mapping)
    ]
    ours = [m.partition("#")[2] for m in methods if isinstance(m, str) and m.partition("#")[0] == issuer]
    rows = IssuerKey.objects.filter(did__in=[f"did:key:{name}" for name in ours]).select_related("council")
    # A struck key taints the badge whatever else signed it.
    return rows.order_by("-struck_at").first() if ours else None


def _status(document: Mapping[str, Any], issuer: str, at: datetime, known: Mapping[str, Any]) -> str | None:
    """What our lists and our register say of a badge of ours: see rules.report."""
    award = _registered(document, issuer)
    if _is_taken_back(document, issuer):
        return "revoked"
    if award and award.status != "valid":
        return award.status
    rows = {url: row for url in _urls(document) if (row := _list_at(url))}
    try:
        told = status.status_of(document, {url: _served(url, row) for url, row in rows.items()}, at, known)
    except status.StatusRefused as error:
        return "status_foreign" if error.reason == "list_issuer" else None
    if not rows and not award:
        return None
    return told or ("suspended" if any(_is_suspended(document, row) for row in rows.values()) else "")


def _urls(document: Mapping[str, Any]) -> list[str]:
    entries = [entry for entry in status.entries_of(document) if isinstance(entry, Mapping)]
    return [str(entry.get("statusListCredential", "")) for entry in entries]


def _list_at(url: str) -> StatusList | None:
    """The list of this site that is served at this address."""
    before, _slash, purpose = url.rpartition("/")
    with contextlib.suppress(ValueError):
        row = (
            StatusList.objects.filter(pk=uuid.UUID(before.rpartition("/")[2]))
            .select_related("council")
            .first()
        )
        if row and rules.list_address(settings.SITE_URL, row.council.slug, row, purpose) == url:
            return row
    return None


def _served(url: str, row: StatusList) -> dict[str, Any]:
    served: dict[str, Any] = (
        row.suspension if url.endswith(f"/{StatusList.Purpose.SUSPENSION}") else row.revocation
    )
    return served


def _is_suspended(document: Mapping[str, Any], row: StatusList) -> bool:
    # A badge names one list (Open Badges 3.0 knows no more) and has the same place in both.
    places = [int(entry["statusListIndex"]) for entry in status.entries_of(document)]
    return any(rules.is_marked(bytes(row.suspended), place) for place in places)


def _registered(document: Mapping[str, Any], issuer: str) -> Award | None:
    with contextlib.suppress(ValueError):
        key = uuid.UUID(str(document.get("id", "")).removeprefix("urn:uuid:"))
        row = Award.objects.filter(pk=key).first()
        if row and row.credential.get("issuer", {}).get("id") == issuer:
            return row
    return None


def _is_taken_back(document: Mapping[str, Any], issuer: str) -> bool:
    """Whether it is an endorsement of ours that its council revoked: the old ones name no list, the register knows."""
    if proofs.kind_reason(document, (endorsing.ENDORSEMENT,)):
        return False
    with contextlib.suppress(ValueError):
        key = uuid.UUID(str(document.get("id", "")).removeprefix("urn:uuid:"))
        row = Endorsement.objects.filter(pk=key, state=Endorsement.State.REVOKED).first()
        return bool(row and row.credential and row.credential["issuer"]["id"] == issuer)
    return False


def _verify_address(data: bytes, at: datetime, email: str) -> rules.Report:
    address = data.decode("utf-8", "replace").strip()
    try:
        ours = urlsplit(address).netloc == urlsplit(settings.SITE_URL).netloc
        award = award_at(address)
    except ValueError:
        return rules.unreadable("unknown_kind")
    if award is None:
        return rules.unreadable("no_such_page" if ours else "foreign_address")
    return verify(wire_text(award).encode(), at, email)


def awards_of(actor: Actor, call: Call) -> QuerySet[Award]:
    """The awards of one call that this reader may see."""
    return awards_visible_to(actor).filter(Q(achievement__call=call) | Q(participation__call=call))
