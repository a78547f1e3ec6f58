"""The schema: the queries, mutations and subscriptions of every concept, as one graph."""

from functools import cache

import strawberry

import persistence.registry  # noqa: F401 - so that every relation is readable from both ends
from api import (
    access,
    access_requests,
    action_items,
    alerts,
    annotations,
    bulk_operations,
    changes,
    cost_estimates,
    custom_fields,
    feedback,
    feedback_programs,
    goals,
    invitations,
    issuers,
    journal,
    kpi_reviews,
    kpis,
    legal_holds,
    members,
    nodes,
    organizations,
    people,
    retention,
    reviews,
    roles,
    scorecards,
    service_clients,
    subject_changes,
    surveys,
    sync_runs,
    teams,
    tenants,
    todos,
    upserts,
    webhooks,
    work_calendars,
)
from api.kernel.schema.declarations import build_query_type
from api.kernel.schema.mutations import build_mutation_type
from api.kernel.schema.schema_builder import build_schema
from api.kernel.schema.subscriptions import build_subscription_type

CONCEPTS = (
    *(
        members,
        roles,
        access_requests,
        tenants,
        people,
        teams,
        organizations,
        goals,
        kpis,
        annotations,
        scorecards,
    ),
    *(alerts, kpi_reviews, action_items, todos, work_calendars, reviews, feedback, surveys),
    *(feedback_programs, service_clients, sync_runs, upserts, bulk_operations, journal),
    *(changes, webhooks, custom_fields, legal_holds, retention, issuers, access, invitations),
    *(subject_changes, cost_estimates, nodes),
)
"""The modules whose import declares the types and root fields of the graph."""


@cache
def get_schema() -> strawberry.Schema:
    """Return the one schema of the process. Raises SchemaError for a wrong declaration."""
    journal.declare_journal_types()
    changes.declare_changed_types()
    return build_schema(build_query_type(), build_mutation_type(), build_subscription_type())


def render_sdl() -> str:
    """Return the schema in the schema definition language, as `trellis schema` prints it."""
    return get_schema().as_str() + "\n"
