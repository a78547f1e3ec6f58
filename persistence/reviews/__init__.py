"""Reviews: tables, mapping and read models."""

from persistence.reviews import opening, reminders  # noqa: F401 - declare their statements
from persistence.reviews.appeals import REVIEW_APPEAL
from persistence.reviews.calibration import (
    CALIBRATION_ADJUSTMENT,
    CALIBRATION_SESSION,
    CALIBRATION_SUBJECT,
)
from persistence.reviews.calibration_figures import (
    BOX,
    BOX_CELL,
    DISTRIBUTION,
    LEVEL_FIGURE,
    UNIT_FIGURE,
)
from persistence.reviews.calibration_leniency import LENIENCY, MANAGER_FIGURE
from persistence.reviews.calibration_quotas import QUOTA_FIGURE
from persistence.reviews.competencies import (
    COMPETENCY,
    COMPETENCY_EXPECTATION,
    COMPETENCY_FRAMEWORK,
    COMPETENCY_LEVEL,
    COMPETENCY_TRACK,
)
from persistence.reviews.cycles import (
    REVIEW_CYCLE,
    REVIEW_CYCLE_DIRECTION,
    REVIEW_CYCLE_GROUP,
    REVIEW_CYCLE_GROUP_PHASE,
    REVIEW_CYCLE_PHASE,
    REVIEW_CYCLE_PROGRESS,
    REVIEW_CYCLE_SELECTION,
    REVIEW_CYCLE_SUMMARY,
    REVIEW_PARTICIPANT,
)
from persistence.reviews.fairness import FAIRNESS_ATTRIBUTE, FAIRNESS_FIGURE, FAIRNESS_GROUP
from persistence.reviews.nominations import (
    REVIEW_NOMINATION,
    REVIEW_NOMINATION_ROUND,
    REVIEW_NOMINEE,
    REVIEW_PROPOSAL,
)
from persistence.reviews.packets import REVIEW, REVIEW_ANSWER, REVIEW_PACKET
from persistence.reviews.previews import REVIEW_PACKET_PREVIEW, REVIEW_PREVIEW
from persistence.reviews.progress import MAX_UNIT_STEPS, STEP, UNIT_STEP
from persistence.reviews.scales import (
    CONVERTED_RATING_LEVEL,
    RATING_CONVERSION,
    RATING_LEVEL,
    RATING_SCALE,
)
from persistence.reviews.score_rules import SCORE_CONDITION, SCORE_RULE, SCORE_STEP
from persistence.reviews.scores import (
    REVIEW_SCORE,
    REVIEW_SCORE_COMPONENT,
    REVIEW_SCORE_STEP,
)
from persistence.reviews.suggestions import REVIEW_SHARED_TEAM, REVIEW_SUGGESTION
from persistence.reviews.templates import (
    REVIEW_CAREER_GROUP,
    REVIEW_CHOICE,
    REVIEW_QUESTION,
    REVIEW_SECTION,
    REVIEW_TEMPLATE,
)

__all__ = [
    "BOX",
    "BOX_CELL",
    "CALIBRATION_ADJUSTMENT",
    "CALIBRATION_SESSION",
    "CALIBRATION_SUBJECT",
    "COMPETENCY",
    "COMPETENCY_EXPECTATION",
    "COMPETENCY_FRAMEWORK",
    "COMPETENCY_LEVEL",
    "COMPETENCY_TRACK",
    "CONVERTED_RATING_LEVEL",
    "DISTRIBUTION",
    "FAIRNESS_ATTRIBUTE",
    "FAIRNESS_FIGURE",
    "FAIRNESS_GROUP",
    "LENIENCY",
    "LEVEL_FIGURE",
    "MANAGER_FIGURE",
    "MAX_UNIT_STEPS",
    "QUOTA_FIGURE",
    "RATING_CONVERSION",
    "RATING_LEVEL",
    "RATING_SCALE",
    "REVIEW",
    "REVIEW_ANSWER",
    "REVIEW_APPEAL",
    "REVIEW_CAREER_GROUP",
    "REVIEW_CHOICE",
    "REVIEW_CYCLE",
    "REVIEW_CYCLE_DIRECTION",
    "REVIEW_CYCLE_GROUP",
    "REVIEW_CYCLE_GROUP_PHASE",
    "REVIEW_CYCLE_PHASE",
    "REVIEW_CYCLE_PROGRESS",
    "REVIEW_CYCLE_SELECTION",
    "REVIEW_CYCLE_SUMMARY",
    "REVIEW_NOMINATION",
    "REVIEW_NOMINATION_ROUND",
    "REVIEW_NOMINEE",
    "REVIEW_PACKET",
    "REVIEW_PACKET_PREVIEW",
    "REVIEW_PARTICIPANT",
    "REVIEW_PREVIEW",
    "REVIEW_PROPOSAL",
    "REVIEW_QUESTION",
    "REVIEW_SCORE",
    "REVIEW_SCORE_COMPONENT",
    "REVIEW_SCORE_STEP",
    "REVIEW_SECTION",
    "REVIEW_SHARED_TEAM",
    "REVIEW_SUGGESTION",
    "REVIEW_TEMPLATE",
    "SCORE_CONDITION",
    "SCORE_RULE",
    "SCORE_STEP",
    "STEP",
    "UNIT_FIGURE",
    "UNIT_STEP",
]
