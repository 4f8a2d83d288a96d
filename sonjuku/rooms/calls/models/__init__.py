"""Calls, their frozen terms, applications, how places are given, and what comes in by file or goes out on paper."""

from sonjuku.rooms.calls.models.applications import (
    Application,
    FactCheck,
    Review,
    Score,
    SelectionRun,
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

__all__ = [
    "Application",
    "Approval",
    "Call",
    "CallBody",
    "ColumnMapping",
    "Criterion",
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
]
