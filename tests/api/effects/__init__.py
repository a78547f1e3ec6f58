"""The effect of each mutation, as data: what is read back, journaled and allowed next."""

from tests.api.effects import (
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
    review_changes,
    review_cycles,
    reviews,
    scorecards,
    service_clients,
    surveys,
    sync_runs,
    teams,
    webhooks,
    work_calendars,
)
from tests.api.effects.effect import TODAY, Effect

__all__ = ["EFFECTS", "TODAY", "Effect"]

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
    service_clients,
    webhooks,
    people,
    teams,
    organizations,
    members,
    work_calendars,
    reviews,
    review_changes,
    review_cycles,
    calibration,
    fairness,
    nominations,
    surveys,
    sync_runs,
)
EFFECTS = [effect for each in CONCEPTS for effect in each.EFFECTS]
