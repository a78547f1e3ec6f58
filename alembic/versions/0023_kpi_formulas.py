"""Formulas of KPIs, and the KPIs that they read."""

from alembic import op

revision = "0023"
down_revision = "0022"

CREATE = """
CREATE TABLE kpi_formula_inputs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    definition_id UUID NOT NULL,
    alias TEXT NOT NULL,
    input_id UUID NOT NULL,
    CONSTRAINT pk_kpi_formula_inputs PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_formula_inputs_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_formula_inputs_definition_id FOREIGN KEY(tenant_id, definition_id)
        REFERENCES kpi_definitions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_formula_inputs_input_id FOREIGN KEY(tenant_id, input_id)
        REFERENCES kpis (tenant_id, id)
)
"""
INDEXES = (
    ("UNIQUE INDEX", "uq", "definition_id", "alias"),
    ("INDEX", "ix", "kpi_id", "input_id"),
    ("INDEX", "ix", "input_id", "kpi_id"),
)
PROTECTION = (
    "ALTER TABLE kpi_formula_inputs ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_formula_inputs FORCE ROW LEVEL SECURITY",
    "ALTER TABLE kpi_formula_inputs ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON kpi_formula_inputs"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON kpi_formula_inputs TO trellis_app",
)


def upgrade() -> None:
    """Add the formula of a definition, and the table of its inputs."""
    op.execute("ALTER TABLE kpi_definitions ADD COLUMN formula TEXT")
    op.execute(CREATE)
    for each in PROTECTION:
        op.execute(each)
    for kind, prefix, *columns in INDEXES:
        name = f"{prefix}_kpi_formula_inputs_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON kpi_formula_inputs (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Remove the formulas and their inputs."""
    op.execute("DROP TABLE kpi_formula_inputs")
    op.execute("ALTER TABLE kpi_definitions DROP COLUMN formula")
