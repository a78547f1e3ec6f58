"""Calibration sessions, their rows, and what was changed in them."""

from alembic import op

revision = "0063"
down_revision = "0062"

CREATE_CALIBRATION_SESSIONS = """
CREATE TABLE calibration_sessions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cycle_id UUID NOT NULL,
    organization_id UUID,
    scale_id UUID NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    held_on DATE NOT NULL,
    guidance JSONB NOT NULL,
    max_gap INTEGER,
    horizontal_key TEXT,
    vertical_key TEXT,
    horizontal_scale_id UUID NOT NULL,
    vertical_scale_id UUID NOT NULL,
    status TEXT NOT NULL,
    names_are_shown BOOLEAN NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_calibration_sessions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_calibration_sessions_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_calibration_sessions_cycle_id FOREIGN KEY(tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id),
    CONSTRAINT fk_calibration_sessions_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT fk_calibration_sessions_horizontal_scale_id
        FOREIGN KEY(tenant_id, horizontal_scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT fk_calibration_sessions_vertical_scale_id FOREIGN KEY(tenant_id, vertical_scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT ck_calibration_sessions_status
        CHECK (status IN ('draft', 'open', 'locked', 'cancelled'))
)
"""
CREATE_CALIBRATION_SESSION_UNITS = """
CREATE TABLE calibration_session_units (
    tenant_id UUID NOT NULL,
    session_id UUID NOT NULL,
    organization_id UUID NOT NULL,
    CONSTRAINT pk_calibration_session_units PRIMARY KEY (tenant_id, session_id, organization_id),
    CONSTRAINT fk_calibration_session_units_session_id FOREIGN KEY(tenant_id, session_id)
        REFERENCES calibration_sessions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_calibration_session_units_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id)
)
"""
CREATE_CALIBRATION_SESSION_FACILITATORS = """
CREATE TABLE calibration_session_facilitators (
    tenant_id UUID NOT NULL,
    session_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_calibration_session_facilitators PRIMARY KEY (tenant_id, session_id, person_id),
    CONSTRAINT fk_calibration_session_facilitators_session_id FOREIGN KEY(tenant_id, session_id)
        REFERENCES calibration_sessions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_calibration_session_facilitators_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_CALIBRATION_SESSION_MEMBERS = """
CREATE TABLE calibration_session_members (
    tenant_id UUID NOT NULL,
    session_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_calibration_session_members PRIMARY KEY (tenant_id, session_id, person_id),
    CONSTRAINT fk_calibration_session_members_session_id FOREIGN KEY(tenant_id, session_id)
        REFERENCES calibration_sessions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_calibration_session_members_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_CALIBRATION_SUBJECTS = """
CREATE TABLE calibration_subjects (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    session_id UUID NOT NULL,
    packet_id UUID NOT NULL,
    scale_id UUID NOT NULL,
    person_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    organization_id UUID,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    original_level INTEGER NOT NULL,
    level INTEGER NOT NULL,
    horizontal_rating INTEGER,
    vertical_rating INTEGER,
    discussion_key UUID NOT NULL,
    is_left_out BOOLEAN NOT NULL,
    CONSTRAINT pk_calibration_subjects PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_calibration_subjects_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_calibration_subjects_manager_id FOREIGN KEY(tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_calibration_subjects_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_calibration_subjects_session_id FOREIGN KEY(tenant_id, session_id)
        REFERENCES calibration_sessions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_calibration_subjects_packet_id FOREIGN KEY(tenant_id, packet_id)
        REFERENCES review_packets (tenant_id, id),
    CONSTRAINT fk_calibration_subjects_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id)
)
"""
CREATE_CALIBRATION_ADJUSTMENTS = """
CREATE TABLE calibration_adjustments (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    session_id UUID NOT NULL,
    row_id UUID NOT NULL,
    person_id UUID NOT NULL,
    position INTEGER NOT NULL,
    before INTEGER NOT NULL,
    after INTEGER NOT NULL,
    reason TEXT,
    adjusted_by_id UUID NOT NULL,
    adjusted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_calibration_adjustments PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_calibration_adjustments_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_calibration_adjustments_adjusted_by_id FOREIGN KEY(tenant_id, adjusted_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_calibration_adjustments_session_id FOREIGN KEY(tenant_id, session_id)
        REFERENCES calibration_sessions (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_calibration_adjustments_row_id FOREIGN KEY(tenant_id, row_id)
        REFERENCES calibration_subjects (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "calibration_sessions": CREATE_CALIBRATION_SESSIONS,
    "calibration_session_units": CREATE_CALIBRATION_SESSION_UNITS,
    "calibration_session_facilitators": CREATE_CALIBRATION_SESSION_FACILITATORS,
    "calibration_session_members": CREATE_CALIBRATION_SESSION_MEMBERS,
    "calibration_subjects": CREATE_CALIBRATION_SUBJECTS,
    "calibration_adjustments": CREATE_CALIBRATION_ADJUSTMENTS,
}
INDEXES = (
    ("INDEX", "calibration_sessions", "cycle_id", "held_on", "id"),
    ("INDEX", "calibration_sessions", "held_on", "id"),
    ("INDEX", "calibration_sessions", "horizontal_scale_id"),
    ("INDEX", "calibration_sessions", "name_sort_key", "id"),
    ("INDEX", "calibration_sessions", "organization_id"),
    ("INDEX", "calibration_sessions", "scale_id"),
    ("INDEX", "calibration_sessions", "vertical_scale_id"),
    ("INDEX", "calibration_session_units", "organization_id", "session_id"),
    ("INDEX", "calibration_session_facilitators", "person_id", "session_id"),
    ("INDEX", "calibration_session_members", "person_id", "session_id"),
    ("INDEX", "calibration_subjects", "manager_id"),
    ("INDEX", "calibration_subjects", "organization_id"),
    ("INDEX", "calibration_subjects", "packet_id"),
    ("INDEX", "calibration_subjects", "person_id"),
    ("INDEX", "calibration_subjects", "scale_id"),
    ("INDEX", "calibration_subjects", "session_id", "discussion_key", "id"),
    ("UNIQUE INDEX", "calibration_subjects", "session_id", "packet_id"),
    ("INDEX", "calibration_adjustments", "adjusted_by_id"),
    ("INDEX", "calibration_adjustments", "person_id"),
    ("INDEX", "calibration_adjustments", "row_id", "position", "id"),
    ("INDEX", "calibration_adjustments", "session_id", "position", "id"),
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
