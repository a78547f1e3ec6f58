"""The GraphQL schema, assembled from all concepts."""

from functools import cache

import strawberry

import persistence.registry  # noqa: F401  # so that every relation is readable from both ends
from api.goals import GoalQueries
from api.journal import JournalQueries
from api.kernel.schema.mutations import build_mutation_type
from api.kernel.schema.schema_builder import build_schema
from api.kernel.schema.subscriptions import build_subscription_type
from api.members import MemberQueries
from api.nodes import NodeQueries
from api.organizations import OrganizationQueries
from api.people import PersonQueries
from api.roles import RoleQueries
from api.teams import TeamQueries
from api.tenants import TenantQueries


@strawberry.type(description="All root fields to read.")
class Query(
    MemberQueries,
    RoleQueries,
    TenantQueries,
    PersonQueries,
    TeamQueries,
    OrganizationQueries,
    GoalQueries,
    JournalQueries,
    NodeQueries,
):
    """All root fields to read."""


@cache
def get_schema() -> strawberry.Schema:
    """Return the schema, built once. Raises SchemaError for a declaration that cannot work."""
    return build_schema(Query, build_mutation_type(), build_subscription_type())


def render_sdl() -> str:
    """Return the schema in the schema definition language, as `trellis schema` prints it."""
    return get_schema().as_str() + "\n"
