"""Dimensions of KPIs and their members, and values that point to a member."""

from uuid import UUID

from alembic import op

revision = "0037"
down_revision = "0036"

CREATE_DIMENSIONS = """
CREATE TABLE kpi_dimensions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    unknown_members TEXT NOT NULL,
    is_complete BOOLEAN NOT NULL,
    CONSTRAINT pk_kpi_dimensions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_dimensions_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_kpi_dimensions_unknown_members CHECK (unknown_members IN ('refuse', 'create'))
)
"""
CREATE_MEMBERS = """
CREATE TABLE kpi_dimension_members (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    dimension_id UUID NOT NULL,
    code TEXT NOT NULL,
    code_folded TEXT,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    organization_id UUID,
    is_archived BOOLEAN NOT NULL,
    CONSTRAINT pk_kpi_dimension_members PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_dimension_members_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_dimension_members_dimension_id FOREIGN KEY(tenant_id, dimension_id)
        REFERENCES kpi_dimensions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_dimension_members_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id)
)
"""
TABLES = {"kpi_dimensions": CREATE_DIMENSIONS, "kpi_dimension_members": CREATE_MEMBERS}
MEASUREMENTS = ("kpi_measurements", "kpi_measurement_revisions")
INDEXES = (
    ("UNIQUE INDEX", "kpi_dimensions", "kpi_id", "key"),
    ("UNIQUE INDEX", "kpi_dimension_members", "dimension_id", "code_folded"),
    ("INDEX", "kpi_dimension_members", "kpi_id", "dimension_id", "position"),
    ("INDEX", "kpi_dimension_members", "organization_id"),
)
PROTECTION = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {0} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON {0}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {0} TO trellis_app",
)


def upgrade() -> None:
    """Create the tables. No value has a member yet, so there is nothing to check."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    for table in MEASUREMENTS:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_member_id"
            " FOREIGN KEY(tenant_id, member_id)"
            " REFERENCES kpi_dimension_members (tenant_id, id) NOT VALID"
        )
        op.execute(
            f"CREATE INDEX ix_{table}_member_id ON {table} (tenant_id, member_id)"
            " WHERE member_id IS NOT NULL"
        )
    with op.get_context().autocommit_block():
        # No value has a member; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for table in MEASUREMENTS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_member_id")
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Drop the tables, and the values of slices."""
    for table in MEASUREMENTS:
        op.execute(f"DROP INDEX ix_{table}_member_id")
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_member_id")
        # Without a tenant, row-level security would be in the way; its force returns below.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {table} WHERE member_id IS NOT NULL")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
