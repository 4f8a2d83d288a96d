"""Calls, their frozen terms, applications, how places are given, and what comes in by file or goes out on paper."""

from sonjuku.rooms.calls.models.applications import (
    Application,
    FactCheck,
    Review,
    Score,
)
from sonjuku.rooms.calls.models.batches import ColumnMapping, ImportBatch, ImportRow
from sonjuku.rooms.calls.models.calls import (
    Approval,
    Call,
    CallBody,
    Criterion,
    EligibilityRule,
    SeatPool,
)
from sonjuku.rooms.calls.models.exports import Export
from sonjuku.rooms.calls.models.papers import PaperTerms, ReferralLink
from sonjuku.rooms.calls.models.published import PublishedSelection
from sonjuku.rooms.calls.models.selection import (
    Correction,
    DoubleCheck,
    SelectionRun,
    TypedNumber,
    Witness,
)

__all__ = [
    "Application",
    "Approval",
    "Call",
    "CallBody",
    "ColumnMapping",
    "Correction",
    "Criterion",
    "DoubleCheck",
    "EligibilityRule",
    "Export",
    "FactCheck",
    "ImportBatch",
    "ImportRow",
    "PaperTerms",
    "PublishedSelection",
    "ReferralLink",
    "Review",
    "Score",
    "SeatPool",
    "SelectionRun",
    "TypedNumber",
    "Witness",
]
