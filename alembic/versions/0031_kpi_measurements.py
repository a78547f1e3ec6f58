"""Measurements of KPIs, and the values that they replaced."""

from alembic import op

revision = "0031"
down_revision = "0030"

TABLES = {
    "kpi_measurements": """
CREATE TABLE kpi_measurements (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    member_id UUID,
    period_ordinal INTEGER NOT NULL,
    starts_on DATE NOT NULL,
    state TEXT NOT NULL,
    value NUMERIC,
    numerator NUMERIC,
    denominator NUMERIC,
    item_count INTEGER,
    source TEXT NOT NULL,
    external_reference TEXT,
    comment TEXT,
    recorded_by_id UUID,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_kpi_measurements PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_measurements_recorded_by_id FOREIGN KEY(tenant_id, recorded_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_kpi_measurements_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_kpi_measurements_value CHECK ((value IS NOT NULL) = (state = 'measured')),
    CONSTRAINT ck_kpi_measurements_state CHECK (state IN ('measured', 'not_applicable')),
    CONSTRAINT ck_kpi_measurements_source CHECK (source IN
        ('entered', 'imported', 'computed', 'derived'))
)
""",
    "kpi_measurement_revisions": """
CREATE TABLE kpi_measurement_revisions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    member_id UUID,
    period_ordinal INTEGER NOT NULL,
    starts_on DATE NOT NULL,
    state TEXT NOT NULL,
    value NUMERIC,
    numerator NUMERIC,
    denominator NUMERIC,
    item_count INTEGER,
    source TEXT NOT NULL,
    external_reference TEXT,
    comment TEXT,
    recorded_by_id UUID,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revision INTEGER NOT NULL,
    measurement_id UUID NOT NULL,
    replaced_by_id UUID,
    replaced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT,
    CONSTRAINT pk_kpi_measurement_revisions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_measurement_revisions_recorded_by_id FOREIGN KEY(tenant_id, recorded_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_kpi_measurement_revisions_replaced_by_id FOREIGN KEY(tenant_id, replaced_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_kpi_measurement_revisions_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_kpi_measurement_revisions_state CHECK (state IN ('measured', 'not_applicable')),
    CONSTRAINT ck_kpi_measurement_revisions_source CHECK (source IN
        ('entered', 'imported', 'computed', 'derived'))
)
""",
}
INDEXES = (
    (
        "CREATE INDEX ix_kpi_measurements_kpi_id_starts_on_id"
        " ON kpi_measurements (tenant_id, kpi_id, starts_on, id)"
    ),
    (
        "CREATE INDEX ix_kpi_measurements_recorded_by_id"
        " ON kpi_measurements (tenant_id, recorded_by_id) WHERE recorded_by_id IS NOT NULL"
    ),
    (
        "CREATE UNIQUE INDEX uq_kpi_measurements_kpi_id_external_reference"
        " ON kpi_measurements (tenant_id, kpi_id, external_reference)"
        " WHERE external_reference IS NOT NULL"
    ),
    (
        "CREATE UNIQUE INDEX uq_kpi_measurements_kpi_id_member_id_period_ordinal"
        " ON kpi_measurements (tenant_id, kpi_id, member_id, period_ordinal) NULLS NOT DISTINCT"
    ),
    (
        "CREATE INDEX ix_kpi_measurement_revisions_kpi_id_external_reference"
        " ON kpi_measurement_revisions (tenant_id, kpi_id, external_reference)"
        " WHERE external_reference IS NOT NULL"
    ),
    (
        "CREATE INDEX ix_kpi_measurement_revisions_kpi_id_replaced_at_id"
        " ON kpi_measurement_revisions (tenant_id, kpi_id, replaced_at, id)"
    ),
    (
        "CREATE INDEX ix_kpi_measurement_revisions_measurement_id_revision"
        " ON kpi_measurement_revisions (tenant_id, measurement_id, revision)"
    ),
    (
        "CREATE INDEX ix_kpi_measurement_revisions_recorded_by_id"
        " ON kpi_measurement_revisions (tenant_id, recorded_by_id) WHERE recorded_by_id IS NOT NULL"
    ),
    (
        "CREATE INDEX ix_kpi_measurement_revisions_replaced_by_id"
        " ON kpi_measurement_revisions (tenant_id, replaced_by_id) WHERE replaced_by_id IS NOT NULL"
    ),
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
    """Create the tables with their indexes and row-level security."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for each in INDEXES:
        op.execute(each)


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
