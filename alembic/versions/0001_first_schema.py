"""Create the first schema: tenants, members, organizations, teams, people, goals, journal."""

from pathlib import Path

from alembic import op

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
PROTECTION = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} ALTER COLUMN tenant_id SET (n_distinct=10);
CREATE POLICY own_rows ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid) \
WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);
GRANT {privileges} ON {table} TO trellis_app;
"""
GRANTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, directory TO trellis_app;
GRANT SELECT ON ALL TABLES IN SCHEMA directory TO trellis_app;
"""


def upgrade() -> None:
    """Create every table, restrict it to its tenant, and grant it to the serving role."""
    _execute_script(Path(__file__).with_suffix(".sql").read_text())
    for table in TABLES:
        privileges = "SELECT, INSERT, UPDATE, DELETE"
        _execute_script(PROTECTION.format(table=table, privileges=privileges))
    for table in APPEND_ONLY_TABLES:
        _execute_script(PROTECTION.format(table=table, privileges="SELECT, INSERT"))
    _execute_script(GRANTS)


def downgrade() -> None:
    """Drop every table with its rows."""
    for table in (*APPEND_ONLY_TABLES, *reversed(TABLES), "directory.issuers", "directory.tenants"):
        op.execute(f"DROP TABLE {table}")


def _execute_script(script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement.strip())
