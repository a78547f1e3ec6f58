"""Baselines of KPIs: from which periods on natural limits are computed anew."""

from alembic import op

revision = "0040"
down_revision = "0039"

STATEMENTS = (
    """
CREATE TABLE kpi_baselines (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_kpi_baselines PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_baselines_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE
)
""",
    (
        "CREATE UNIQUE INDEX uq_kpi_baselines_kpi_id_starts_on"
        " ON kpi_baselines (tenant_id, kpi_id, starts_on)"
    ),
    "ALTER TABLE kpi_baselines ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_baselines FORCE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_baselines ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON kpi_baselines"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON kpi_baselines TO trellis_app",
)


def upgrade() -> None:
    """Create the table."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop the table; baselines are lost."""
    op.execute("DROP TABLE kpi_baselines")
