"""Who may do what: a table for each concept, with an input for each row."""

from tests.api.permission_matrix import Inputs
from tests.api.permissions import (
    action_items,
    alerts,
    annotations,
    calibration,
    fairness,
    feedback,
    feedback_programs,
    goals,
    kpi_reviews,
    kpis,
    members,
    nominations,
    organizations,
    people,
    review_appeals,
    review_changes,
    review_cycles,
    reviews,
    scorecards,
    surveys,
    teams,
    work_calendars,
)

CONCEPTS = (
    action_items,
    feedback,
    feedback_programs,
    goals,
    kpi_reviews,
    kpis,
    alerts,
    annotations,
    scorecards,
    people,
    teams,
    organizations,
    members,
    work_calendars,
    reviews,
    review_changes,
    review_appeals,
    review_cycles,
    calibration,
    fairness,
    nominations,
    surveys,
)
TABLES = tuple(each.TABLE for each in CONCEPTS)
INPUTS: Inputs = {row: build for each in CONCEPTS for row, build in each.INPUTS.items()}
