"""People who enter the values of a KPI, and the permission to enter those of all KPIs of a unit.

Of the built-in roles, those that define KPIs of everyone get it, as they do in new tenants. The
force of row-level security is taken off for this one transaction (see 0005).
"""

from alembic import op

revision = "0036"
down_revision = "0035"

CREATE_RECORDERS = """
CREATE TABLE kpi_recorders (
    tenant_id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_kpi_recorders PRIMARY KEY (tenant_id, kpi_id, person_id),
    CONSTRAINT fk_kpi_recorders_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_recorders_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
INDEX = (
    "CREATE INDEX ix_kpi_recorders_person_id_kpi_id ON kpi_recorders (tenant_id, person_id, kpi_id)"
)
PROTECTION = (
    "ALTER TABLE kpi_recorders ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_recorders FORCE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_recorders ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON kpi_recorders"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON kpi_recorders TO trellis_app",
)

KNOWN = (
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
    "goals:manage",
    "goals:read",
    "kpis:manage",
    "kpis:read",
    "members:manage",
    "members:read",
    "organizations:manage",
    "people:correct",
    "people:erase",
    "people:manage",
    "people:merge",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "teams:manage",
)
NEW = "kpis:record"
GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key = 'hr' AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'kpis:manage' AND g.population = 'everyone')
"""


def upgrade() -> None:
    """Create the table, and give the permission to HR."""
    for statement in (CREATE_RECORDERS, INDEX, *PROTECTION):
        op.execute(statement)
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the table."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    op.execute("DROP TABLE kpi_recorders")
    _validate()


def _change_all(statement: str) -> None:
    tables = ("roles", "role_grants")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")


def _allow(*permissions: str) -> None:
    listed = ", ".join(f"'{each}'" for each in sorted(permissions))
    op.execute("ALTER TABLE role_grants DROP CONSTRAINT ck_role_grants_permission")
    op.execute(
        "ALTER TABLE role_grants ADD CONSTRAINT ck_role_grants_permission"
        f" CHECK (permission IN ({listed})) NOT VALID"
    )


def _validate() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE role_grants VALIDATE CONSTRAINT ck_role_grants_permission")
