"""Participants of review cycles, and when a cycle was launched and ended."""

from alembic import op

revision = "0056"
down_revision = "0055"

CREATE_PARTICIPANTS = """
CREATE TABLE review_participants (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    cycle_id UUID NOT NULL,
    person_id UUID NOT NULL,
    manager_id UUID,
    days INTEGER NOT NULL,
    status TEXT NOT NULL,
    joined_on DATE NOT NULL,
    reason TEXT,
    planned_reviews JSONB NOT NULL,
    CONSTRAINT pk_review_participants PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_participants_cycle_id FOREIGN KEY (tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_participants_person_id FOREIGN KEY (tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_participants_manager_id FOREIGN KEY (tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_review_participants_status
        CHECK (status IN ('active', 'unratable', 'removed'))
)
"""
TABLE = "review_participants"
INDEXES = (
    ("cycle_id", "person_id"),
    ("cycle_id", "joined_on", "id"),
    ("cycle_id", "status"),
    ("person_id", "cycle_id"),
    ("manager_id",),
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
    """Create the table, and add the two moments."""
    op.execute(CREATE_PARTICIPANTS)
    for each in PROTECTION:
        op.execute(each.format(TABLE))
    for columns in INDEXES:
        name = f"ix_{TABLE}_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON {TABLE} (tenant_id, {', '.join(columns)})")
    for each in ("launched_at", "ended_at"):
        op.execute(f"ALTER TABLE review_cycles ADD COLUMN {each} TIMESTAMP WITH TIME ZONE")


def downgrade() -> None:
    """Remove what this migration added."""
    for each in ("launched_at", "ended_at"):
        op.execute(f"ALTER TABLE review_cycles DROP COLUMN {each}")
    op.execute(f"DROP TABLE {TABLE}")
