"""Benchmarks of KPIs: how others do who measure the same."""

from alembic import op

revision = "0053"
down_revision = "0052"

CREATE = """
CREATE TABLE kpi_benchmarks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    source TEXT NOT NULL,
    cohort TEXT NOT NULL,
    starts_on DATE NOT NULL,
    last_day DATE NOT NULL,
    sample_size INTEGER,
    lower_quartile NUMERIC NOT NULL,
    median NUMERIC NOT NULL,
    upper_quartile NUMERIC NOT NULL,
    mean NUMERIC,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_kpi_benchmarks PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_benchmarks_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE
)
"""
PROTECTION = (
    "ALTER TABLE kpi_benchmarks ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_benchmarks FORCE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_benchmarks ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON kpi_benchmarks"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON kpi_benchmarks TO trellis_app",
)


def upgrade() -> None:
    """Create the table."""
    op.execute(CREATE)
    for statement in PROTECTION:
        op.execute(statement)
    op.execute(
        "CREATE UNIQUE INDEX uq_kpi_benchmarks_kpi_id_source_cohort_starts_on"
        " ON kpi_benchmarks (tenant_id, kpi_id, source, cohort, starts_on)"
    )
    op.execute(
        "CREATE INDEX ix_kpi_benchmarks_kpi_id_starts_on_id"
        " ON kpi_benchmarks (tenant_id, kpi_id, starts_on, id)"
    )


def downgrade() -> None:
    """Remove the table."""
    op.execute("DROP TABLE kpi_benchmarks")
