"""What a council certifies, who holds it, and whether it still holds."""

from sonjuku.rooms.credentials.models.achievements import Achievement, AchievementAlignment, AchievementImage
from sonjuku.rooms.credentials.models.activities import ActivityRecord
from sonjuku.rooms.credentials.models.awards import Award, AwardBatch, AwardBatchRow, Route
from sonjuku.rooms.credentials.models.experience import Dossier, DossierFile, DossierReview, ExperienceRoute
from sonjuku.rooms.credentials.models.keys import IssuerKey
from sonjuku.rooms.credentials.models.layers import Endorsement
from sonjuku.rooms.credentials.models.outside import CertificateKind, OutsideCertificate
from sonjuku.rooms.credentials.models.paths import Qualification, SkillMap, SkillMapItem, SkillMapVersion
from sonjuku.rooms.credentials.models.shares import ShareLink
from sonjuku.rooms.credentials.models.status import StatusChange, StatusList
from sonjuku.rooms.credentials.models.wallets import SpentNonce, WalletConnection, WalletOffer

__all__ = [
    "Achievement",
    "AchievementAlignment",
    "AchievementImage",
    "ActivityRecord",
    "Award",
    "AwardBatch",
    "AwardBatchRow",
    "CertificateKind",
    "Dossier",
    "DossierFile",
    "DossierReview",
    "Endorsement",
    "ExperienceRoute",
    "IssuerKey",
    "OutsideCertificate",
    "Qualification",
    "Route",
    "ShareLink",
    "SkillMap",
    "SkillMapItem",
    "SkillMapVersion",
    "SpentNonce",
    "StatusChange",
    "StatusList",
    "WalletConnection",
    "WalletOffer",
]
