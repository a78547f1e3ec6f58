"""Every concept and every table, imported once: for migrations, start-up checks and the mapping."""

from persistence import (
    action_items,
    alerts,
    annotations,
    creations,
    feedback,
    goals,
    journal_read_model,
    kpi_reviews,
    kpis,
    lineage,
    members,
    organizations,
    people,
    reviews,
    scorecards,
    scores,
    signals,
    surveys,
    teams,
    tenants,
    todos,
    work_calendars,
)
from persistence.access import closure_tables
from persistence.kernel import clocks, redirects, search_index
from persistence.kernel.schema.tables import metadata
from persistence.queue import tables as queue
from persistence.unit_of_work import idempotency_keys

__all__ = [
    "action_items",
    "alerts",
    "annotations",
    "clocks",
    "closure_tables",
    "creations",
    "feedback",
    "goals",
    "idempotency_keys",
    "journal_read_model",
    "kpi_reviews",
    "kpis",
    "lineage",
    "members",
    "metadata",
    "organizations",
    "people",
    "queue",
    "redirects",
    "reviews",
    "scorecards",
    "scores",
    "search_index",
    "signals",
    "surveys",
    "teams",
    "tenants",
    "todos",
    "work_calendars",
]
