"""Competency frameworks: what is expected at each level of each career track."""

from domain.reviews.competencies.model import (
    MAX_COMPETENCIES,
    MAX_EXPECTATIONS,
    MAX_LEVELS,
    MAX_TRACKS,
    Competency,
    CompetencyExpectation,
    CompetencyFramework,
    CompetencyLevel,
    CompetencyTrack,
)

__all__ = [
    "MAX_COMPETENCIES",
    "MAX_EXPECTATIONS",
    "MAX_LEVELS",
    "MAX_TRACKS",
    "Competency",
    "CompetencyExpectation",
    "CompetencyFramework",
    "CompetencyLevel",
    "CompetencyTrack",
]
