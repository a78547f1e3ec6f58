"""Fairness attributes, in which groups people are, and frozen figures of cycles."""

from alembic import op

revision = "0077"
down_revision = "0076"

CREATE_ATTRIBUTES = """
CREATE TABLE fairness_attributes (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    groups JSONB NOT NULL,
    CONSTRAINT pk_fairness_attributes PRIMARY KEY (tenant_id, id)
)
"""
CREATE_VALUES = """
CREATE TABLE fairness_values (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    attribute_id UUID NOT NULL,
    person_id UUID NOT NULL,
    position INTEGER,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_fairness_values PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_fairness_values_attribute_id FOREIGN KEY(tenant_id, attribute_id)
        REFERENCES fairness_attributes (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_fairness_values_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_FIGURES = """
CREATE TABLE fairness_figures (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    attribute_id UUID NOT NULL,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    favoured_from INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    person_count INTEGER NOT NULL,
    hidden_count INTEGER NOT NULL,
    mean NUMERIC,
    band_starts JSONB NOT NULL,
    CONSTRAINT pk_fairness_figures PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_fairness_figures_cycle_id FOREIGN KEY(tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_fairness_figures_attribute_id FOREIGN KEY(tenant_id, attribute_id)
        REFERENCES fairness_attributes (tenant_id, id)
)
"""
CREATE_GROUPS = """
CREATE TABLE fairness_groups (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    figure_id UUID NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    person_count INTEGER NOT NULL,
    band_counts JSONB NOT NULL,
    mean NUMERIC NOT NULL,
    gap NUMERIC NOT NULL,
    favoured_count INTEGER,
    is_reference BOOLEAN NOT NULL,
    impact_ratio NUMERIC,
    p_value NUMERIC,
    flip_count INTEGER,
    CONSTRAINT pk_fairness_groups PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_fairness_groups_cycle_id FOREIGN KEY(tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_fairness_groups_figure_id FOREIGN KEY(tenant_id, figure_id)
        REFERENCES fairness_figures (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "fairness_attributes": CREATE_ATTRIBUTES,
    "fairness_values": CREATE_VALUES,
    "fairness_figures": CREATE_FIGURES,
    "fairness_groups": CREATE_GROUPS,
}
INDEXES = (
    ("INDEX", "fairness_attributes", "name_sort_key", "id"),
    ("INDEX", "fairness_values", "attribute_id", "person_id"),
    ("INDEX", "fairness_values", "person_id"),
    ("UNIQUE INDEX", "fairness_figures", "cycle_id", "attribute_id"),
    ("INDEX", "fairness_figures", "cycle_id", "computed_at", "id"),
    ("INDEX", "fairness_figures", "attribute_id"),
    ("INDEX", "fairness_groups", "cycle_id"),
    ("UNIQUE INDEX", "fairness_groups", "figure_id", "position"),
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
    """Create the tables."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
