"""Certificates of others, layers, a skill map and a dossier: one row of each for tests/world.py."""

import datetime as dt
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from sonjuku.protocols.openbadges import build
from sonjuku.protocols.wallets import CREDENTIALS_READ
from sonjuku.rooms.credentials.models import (
    Achievement,
    ActivityRecord,
    Award,
    CertificateKind,
    Dossier,
    DossierFile,
    DossierReview,
    Endorsement,
    ExperienceRoute,
    OutsideCertificate,
    Qualification,
    SkillMap,
    SkillMapItem,
    SkillMapVersion,
    StatusList,
    WalletConnection,
    WalletOffer,
)
from sonjuku.rooms.credentials.rules import activities
from sonjuku.rooms.forms.models import Upload
from sonjuku.rooms.people.models import Account, Body, Person


def fill(
    host: Body, person: Person, award: Award, reviewer: Account, laid: dict[str, Any], now: dt.datetime
) -> dict[str, Any]:
    """Everything belongs to `person`; what staff decide still waits, what anyone may see is shown."""
    council = host.council

    def upload(name: str) -> Upload:
        return Upload.objects.create(
            council=council, person=person, name=name, mime="application/pdf", size=8, sha256="0" * 64,
            file=ContentFile(b"%PDF-1.4", name="x"),
        )  # fmt: skip

    kind = CertificateKind.objects.create(
        council=council, host=host, title="ITパスポート試験", title_en="IT Passport", issuer_name="試験の団体",
        issuer_name_en="Examiners", is_endorsed=True, created_at=now,
    )  # fmt: skip
    certificate = OutsideCertificate.objects.create(
        council=council, person=person, kind=kind, form="paper", state="checked", title="ITパスポート試験",
        number="IP-1", issued_on=dt.date(2026, 4, 1), upload=upload("合格証.pdf"), sha256="0" * 64,
        first_at=now, checked_at=now, created_at=now,
    )  # fmt: skip
    endorsement = Endorsement.objects.create(
        council=council, person=person, certificate=certificate, state="issued", credential=laid,
        issuer_key=award.issuer_key, issued_at=now, created_at=now,
    )  # fmt: skip
    badge = Achievement.objects.create(
        council=council, type="Badge", title="地域DX人材", title_en="Regional DX", description="そろえた",
        description_en="Complete", criteria="条件", criteria_en="All of it",
    )  # fmt: skip
    skill_map = SkillMap.objects.create(
        council=council,
        host=host,
        title="地域DX人材",
        title_en="Regional DX",
        achievement=badge,
        created_at=now,
    )
    version = SkillMapVersion.objects.create(skill_map=skill_map, published_at=now)
    item = SkillMapItem.objects.create(
        version=version, ordinal=1, title="試験", title_en="Examination", is_required=True
    )
    # Nobody meets it: the map's badge stays ungiven.
    item.kinds.add(
        CertificateKind.objects.create(
            council=council,
            host=host,
            title="別の試験",
            title_en="Another",
            issuer_name="試験の団体",
            issuer_name_en="Examiners",
            created_at=now,
        )
    )
    SkillMapVersion.objects.create(skill_map=skill_map, number=2)
    Qualification.objects.create(
        council=council, version=version, person=person, award=award, used=[kind.uri], at=now
    )
    route = ExperienceRoute.objects.create(
        council=council, host=host, achievement=badge, guidance="使われていること", guidance_en="In use", created_at=now
    )  # fmt: skip
    dossier = Dossier.objects.create(
        council=council, person=person, route=route, what="在庫管理を電子化した", place="商店街",
        starts_on=dt.date(2023, 4, 1), statement="秘密山が書いた説明", links=["https://example.jp/"], created_at=now,
    )  # fmt: skip
    DossierFile.objects.create(dossier=dossier, upload=upload("写真.pdf"))
    DossierReview.objects.create(dossier=dossier, reviewer=reviewer, declared_at=now)
    connection = WalletConnection.objects.create(
        account=person.account, client_id="app", app_name="ウォレット", app_site="wallet.example.org", scopes=[CREDENTIALS_READ],
        connected_at=now,
    )  # fmt: skip
    WalletOffer.objects.create(
        council=council,
        award=award,
        code_digest="c" * 64,
        pin_digest="p" * 64,
        created_at=now,
        expires_at=now,
    )
    return {
        "record_id": _activity(award, now).id,
        "connection_id": connection.id,
        "kind_id": kind.id, "certificate_id": certificate.id, "endorsement_id": endorsement.id,
        "skill_map_id": skill_map.id, "dossier_id": dossier.id, "route_id": route.id,
    }  # fmt: skip


def _activity(award: Award, now: dt.datetime) -> ActivityRecord:
    """A day at the desk of an event, certified; nobody reads its signature."""
    fact = activities.Activity(
        starts_at=now, ends_at=now, lg_code="352047", area="山口県萩市", kind="イベント", title="萩IT祭", role="運営スタッフ",
        venue="萩市民館", host="萩市", host_url="https://example.jp/", certifier=award.council.title,
    )  # fmt: skip
    row = ActivityRecord(
        council=award.council, person=award.person, issuer_key=award.issuer_key, starts_at=now, issued_at=now,
        status_list=StatusList.objects.get(), status_index=8,
    )  # fmt: skip
    row.credential = build.achievement_credential(
        id=row.id, issuer=build.Issuer("did:key:z6Mk", award.council.title), subject=uuid4(), valid_from=now,
        achievement=activities.achievement(uuid4().urn, fact), activity=activities.wire(fact),
        evidence=[activities.evidence(fact)],
    )  # fmt: skip
    row.save()
    return row
