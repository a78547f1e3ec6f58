"""What upserts store beside external references, and the trees that they read as a whole."""

from domain.kernel.upserts import PendingReference, SourceVersion
from domain.kernel.upserts.line_graph import LINES_ABOVE
from domain.upserts.goals import PendingGoalReference
from persistence.kernel.mapping.registry import map_entity
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table, parent_foreign_key, tenant_index
from persistence.unit_of_work.declared_statements import declare_statement

source_versions = entity_table(
    "source_versions", *columns_of(SourceVersion), prefix="sourceversion"
)
pending_references = entity_table(
    "pending_references",
    *columns_of(PendingReference),
    parent_foreign_key("object_id", "people"),
    tenant_index("object_id", "field"),
    tenant_index("source", "external_id", "id"),
    prefix="pendingref",
)
pending_goal_references = entity_table(
    "pending_goal_references",
    *columns_of(PendingGoalReference),
    parent_foreign_key("object_id", "goals"),
    tenant_index("object_id", "field"),
    tenant_index("source", "external_id", "id"),
    prefix="pendinggoalref",
)

map_entity(SourceVersion, source_versions, affects_access=False)
map_entity(PendingReference, pending_references, affects_access=False)
map_entity(PendingGoalReference, pending_goal_references, affects_access=False)

declare_statement(
    "tree_of_organizations", "SELECT id, parent_id FROM organizations WHERE tenant_id = $1"
)
declare_statement("tree_of_teams", "SELECT id, parent_id FROM teams WHERE tenant_id = $1")
declare_statement(
    "goals_above",
    """
    WITH RECURSIVE above (id, parent_id) AS (
        SELECT id, parent_id FROM goals WHERE tenant_id = $1 AND id = ANY($2::uuid[])
        UNION
        SELECT g.id, g.parent_id FROM above a
        JOIN goals g ON g.tenant_id = $1 AND g.id = a.parent_id
    )
    SELECT id, parent_id FROM above
    """,
    "ids",
)
declare_statement(
    LINES_ABOVE,
    """
    WITH RECURSIVE above (id) AS (
        SELECT * FROM unnest($2::uuid[])
        UNION
        SELECT l.manager_id FROM above a
        JOIN reporting_lines l ON l.tenant_id = $1 AND l.person_id = a.id AND l.kind = 'primary'
    )
    SELECT l.person_id, l.manager_id, l.starts_on, l.ends_on, p.left_on, m.left_on
    FROM above a
    JOIN reporting_lines l ON l.tenant_id = $1 AND l.person_id = a.id AND l.kind = 'primary'
    JOIN people p ON p.tenant_id = $1 AND p.id = l.person_id
    JOIN people m ON m.tenant_id = $1 AND m.id = l.manager_id
    """,
    "ids",
)
