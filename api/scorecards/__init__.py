"""Scorecards in the graph: types, queries and mutations."""

from api.scorecards import editing
from api.scorecards.scorecard import Scorecard, ScorecardEntry, ScorecardQueries

__all__ = ["Scorecard", "ScorecardEntry", "ScorecardQueries", "editing"]
