"""Requests for the next values of KPIs, and due days in working days."""

from alembic import op

revision = "0065"
down_revision = "0064"

TABLE = "kpi_value_requests"
CREATE_TABLE = f"""
CREATE TABLE {TABLE} (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    person_id UUID NOT NULL,
    period_ordinal INTEGER NOT NULL,
    due_on DATE NOT NULL,
    is_asked BOOLEAN NOT NULL,
    CONSTRAINT pk_{TABLE} PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_{TABLE}_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE
)
"""
INDEXES = (
    f"CREATE INDEX ix_{TABLE}_kpi_id_person_id ON {TABLE} (tenant_id, kpi_id, person_id)",
    f"CREATE INDEX ix_{TABLE}_person_id ON {TABLE} (tenant_id, person_id)",
)
PROTECTION = (
    f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY",
    f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY",
    f"ALTER TABLE {TABLE} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        f"CREATE POLICY own_rows ON {TABLE}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO trellis_app",
)


def upgrade() -> None:
    """Add the table and the column. Values of existing KPIs are due by calendar days, as before."""
    op.execute("ALTER TABLE kpis ADD COLUMN due_in_working_days BOOLEAN NOT NULL DEFAULT false")
    for statement in (CREATE_TABLE, *INDEXES, *PROTECTION):
        op.execute(statement)


def downgrade() -> None:
    """Remove both."""
    op.execute(f"DROP TABLE {TABLE}")
    op.execute("ALTER TABLE kpis DROP COLUMN due_in_working_days")
