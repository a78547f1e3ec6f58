"""The first schema: tenants, members, organizations, teams, people, goals, and their journal."""

from collections.abc import Iterable
from pathlib import Path

from alembic import op

from persistence.kernel.schema.row_level_security import SERVING_ROLE, protect_table

revision = "0001"
down_revision = None

APPEND_ONLY_TABLES = ("journal",)
TABLES = (
    "tenants",
    "organizations",
    "organization_closure",
    "organization_references",
    "people",
    "employments",
    "leaves",
    "person_references",
    "reporting_lines",
    "reporting_closure",
    "teams",
    "team_closure",
    "team_memberships",
    "roles",
    "role_grants",
    "members",
    "role_assignments",
    "goals",
    "goal_viewers",
    "key_results",
    "check_ins",
    "check_in_values",
    "words",
)


def upgrade() -> None:
    """Make every table, shut it to all but its tenant, and open it to those who serve."""
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table in TABLES:
        _execute_statements(protect_table(table))
    for table in APPEND_ONLY_TABLES:
        _execute_statements(protect_table(table, is_append_only=True))
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public, directory TO {SERVING_ROLE}")
    op.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA directory TO {SERVING_ROLE}")


def downgrade() -> None:
    """Take away every table, and all that is in them."""
    for table in (*APPEND_ONLY_TABLES, *reversed(TABLES), "directory.issuers", "directory.tenants"):
        op.execute(f"DROP TABLE {table}")


def _execute_statements(statements: Iterable[str]) -> None:
    for statement in statements:
        op.execute(statement)
