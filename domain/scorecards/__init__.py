"""Scorecards: sets of KPIs of an organization or a team, in an order and with weights."""

from domain.scorecards.entries import MAX_ENTRIES, EntryValues, ScorecardEntry, ScorecardEntrySize
from domain.scorecards.model import Scorecard, ScorecardStatus
from domain.scorecards.use_cases import create, edit

__all__ = [
    "MAX_ENTRIES",
    "EntryValues",
    "Scorecard",
    "ScorecardEntry",
    "ScorecardEntrySize",
    "ScorecardStatus",
    "create",
    "edit",
]
