"""Calls, their frozen terms, applications, how places are given, and what comes in by file or goes out on paper."""

from sonjuku.rooms.calls.models.applications import (
    Application,
    Companion,
    FactCheck,
    Review,
    Score,
)
from sonjuku.rooms.calls.models.batches import ColumnMapping, ImportBatch, ImportRow
from sonjuku.rooms.calls.models.calls import (
    MOST_PERSONS,
    Approval,
    Call,
    CallBody,
    Criterion,
    EligibilityRule,
    PriorityRule,
    SeatPool,
)
from sonjuku.rooms.calls.models.exports import Export
from sonjuku.rooms.calls.models.papers import PaperTerms, ReferralLink
from sonjuku.rooms.calls.models.published import PublishedCorrection, PublishedSelection, TypedValue
from sonjuku.rooms.calls.models.selection import (
    Correction,
    DoubleCheck,
    SelectionRun,
    TypedNumber,
    Witness,
)

__all__ = [
    "MOST_PERSONS",
    "Application",
    "Approval",
    "Call",
    "CallBody",
    "ColumnMapping",
    "Companion",
    "Correction",
    "Criterion",
    "DoubleCheck",
    "EligibilityRule",
    "Export",
    "FactCheck",
    "ImportBatch",
    "ImportRow",
    "PaperTerms",
    "PriorityRule",
    "PublishedCorrection",
    "PublishedSelection",
    "ReferralLink",
    "Review",
    "Score",
    "SeatPool",
    "SelectionRun",
    "TypedNumber",
    "TypedValue",
    "Witness",
]
