"""Targets of KPIs, the default tolerance of a tenant, and the state of a KPI under that name.

`status` of a KPI says how its values compare with their target, so whether it is in use is its
`state`.
"""

from alembic import op

revision = "0027"
down_revision = "0026"

CREATE_TARGETS = """
CREATE TABLE kpi_targets (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    kind TEXT NOT NULL,
    span TEXT NOT NULL,
    value NUMERIC NOT NULL,
    upper_value NUMERIC,
    start_value NUMERIC,
    green_from NUMERIC,
    green_to NUMERIC,
    amber_from NUMERIC,
    amber_to NUMERIC,
    reason TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_kpi_targets PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_targets_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_kpi_targets_kind CHECK (kind IN
        ('at_least', 'at_most', 'between', 'increase_to', 'decrease_to')),
    CONSTRAINT ck_kpi_targets_span CHECK (span IN ('period', 'fiscal_year'))
)
"""
STATEMENTS = (
    CREATE_TARGETS,
    (
        "CREATE UNIQUE INDEX uq_kpi_targets_kpi_id_starts_on"
        " ON kpi_targets (tenant_id, kpi_id, starts_on)"
    ),
    "ALTER TABLE kpi_targets ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_targets FORCE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_targets ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON kpi_targets"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON kpi_targets TO trellis_app",
    (
        "ALTER TABLE tenants ADD COLUMN kpi_tolerance_percent INTEGER NOT NULL DEFAULT 10"
        " CONSTRAINT ck_tenants_kpi_tolerance_percent"
        " CHECK (kpi_tolerance_percent BETWEEN 0 AND 100)"
    ),
)


def upgrade() -> None:
    """Create the table, add the setting, and rename the state."""
    for statement in STATEMENTS:
        op.execute(statement)
    _rename("status", "state")


def downgrade() -> None:
    """Undo it; targets are lost."""
    _rename("state", "status")
    op.execute("ALTER TABLE tenants DROP COLUMN kpi_tolerance_percent")
    op.execute("DROP TABLE kpi_targets")


def _rename(old: str, new: str) -> None:
    op.execute(f"ALTER TABLE kpis DROP CONSTRAINT ck_kpis_{old}")
    op.execute(f"ALTER TABLE kpis RENAME COLUMN {old} TO {new}")
    op.execute(
        f"ALTER TABLE kpis ADD CONSTRAINT ck_kpis_{new} CHECK ({new} IN ('active', 'archived'))"
    )
