"""Review cycles: who is reviewed, in which directions, and when."""

from alembic import op

revision = "0055"
down_revision = "0054"

PHASES = "'self', 'peers', 'manager', 'second_level', 'calibration', 'sharing', 'sign_off'"
CREATE_CYCLES = f"""
CREATE TABLE review_cycles (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    organization_id UUID,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    starts_on DATE NOT NULL,
    last_day DATE NOT NULL,
    employed_on DATE,
    levels JSONB NOT NULL,
    employment_types JSONB NOT NULL,
    min_tenure_days INTEGER NOT NULL,
    min_days INTEGER NOT NULL,
    counts_leave BOOLEAN NOT NULL,
    shows_peer_names BOOLEAN NOT NULL,
    change_rule TEXT NOT NULL,
    cut_off_on DATE,
    missing_answers TEXT NOT NULL,
    min_answered_percent INTEGER NOT NULL,
    max_reviews_per_writer INTEGER NOT NULL,
    advances_by_date BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    phase TEXT,
    CONSTRAINT pk_review_cycles PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_cycles_organization_id FOREIGN KEY (tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT ck_review_cycles_change_rule CHECK (change_rule IN ('keep', 'transfer', 'both')),
    CONSTRAINT ck_review_cycles_missing_answers
        CHECK (missing_answers IN ('exclude', 'minimum', 'block')),
    CONSTRAINT ck_review_cycles_status
        CHECK (status IN ('draft', 'running', 'closed', 'cancelled')),
    CONSTRAINT ck_review_cycles_phase CHECK (phase IN ({PHASES}))
)
"""
CREATE_UNITS = """
CREATE TABLE review_cycle_units (
    tenant_id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    CONSTRAINT pk_review_cycle_units PRIMARY KEY (tenant_id, cycle_id, organization_id),
    CONSTRAINT fk_review_cycle_units_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_cycle_units_organization_id FOREIGN KEY (tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id)
)
"""
CREATE_DIRECTIONS = """
CREATE TABLE review_cycle_directions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    position INTEGER NOT NULL,
    direction TEXT NOT NULL,
    template_id UUID NOT NULL,
    CONSTRAINT pk_review_cycle_directions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_cycle_directions_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_cycle_directions_template_id FOREIGN KEY (tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id),
    CONSTRAINT ck_review_cycle_directions_direction CHECK (
        direction IN ('self', 'manager', 'peer', 'upward', 'second_level', 'extra'))
)
"""
CREATE_PHASES = f"""
CREATE TABLE review_cycle_phases (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    starts_on DATE NOT NULL,
    last_day DATE NOT NULL,
    CONSTRAINT pk_review_cycle_phases PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_cycle_phases_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_review_cycle_phases_kind CHECK (kind IN ({PHASES}))
)
"""
CREATE_SELECTIONS = """
CREATE TABLE review_cycle_selections (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    person_id UUID NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_review_cycle_selections PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_cycle_selections_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_cycle_selections_person_id FOREIGN KEY (tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_review_cycle_selections_kind CHECK (kind IN ('added', 'excluded'))
)
"""
TABLES = {
    "review_cycles": CREATE_CYCLES,
    "review_cycle_units": CREATE_UNITS,
    "review_cycle_directions": CREATE_DIRECTIONS,
    "review_cycle_phases": CREATE_PHASES,
    "review_cycle_selections": CREATE_SELECTIONS,
}
INDEXES = (
    ("review_cycles", "starts_on", "id"),
    ("review_cycles", "name_sort_key", "id"),
    ("review_cycles", "organization_id", "starts_on", "id"),
    ("review_cycle_units", "organization_id", "cycle_id"),
    ("review_cycle_directions", "template_id"),
    ("review_cycle_selections", "person_id", "cycle_id"),
)
UNIQUE_INDEXES = (
    ("review_cycle_directions", "cycle_id", "position"),
    ("review_cycle_phases", "cycle_id", "position"),
    ("review_cycle_selections", "cycle_id", "position"),
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
    for kind, prefix, indexes in (("", "ix", INDEXES), ("UNIQUE ", "uq", UNIQUE_INDEXES)):
        for table, *columns in indexes:
            name = f"{prefix}_{table}_{'_'.join(columns)}"
            op.execute(f"CREATE {kind}INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
