"""Appeals against reviews, who reads a packet for one, and who is asked to answer a dispute."""

from uuid import UUID

from alembic import op

revision = "0069"
down_revision = "0068"

CREATE_REVIEW_APPEALS = """
CREATE TABLE review_appeals (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    packet_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    second_level_id UUID,
    level_decided_by_id UUID,
    asked_id UUID,
    decider_id UUID,
    status TEXT NOT NULL,
    due_on DATE NOT NULL,
    statement TEXT,
    answer TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    scale_id UUID,
    level_before INTEGER,
    level_reason_before TEXT,
    content_hash_before TEXT NOT NULL,
    level_after INTEGER,
    content_hash_after TEXT,
    CONSTRAINT pk_review_appeals PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_appeals_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_appeals_manager_id FOREIGN KEY(tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_appeals_second_level_id FOREIGN KEY(tenant_id, second_level_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_appeals_level_decided_by_id FOREIGN KEY(tenant_id, level_decided_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_appeals_asked_id FOREIGN KEY(tenant_id, asked_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_appeals_decider_id FOREIGN KEY(tenant_id, decider_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_appeals_packet_id FOREIGN KEY(tenant_id, packet_id)
        REFERENCES review_packets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_appeals_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT ck_review_appeals_status
        CHECK (status IN ('filed', 'under_review', 'upheld', 'changed', 'withdrawn'))
)
"""
INDEXES = (
    *(("due_on", "id"), ("packet_id", "due_on", "id"), ("subject_id",), ("manager_id",)),
    *(("second_level_id",), ("level_decided_by_id",), ("asked_id",), ("decider_id",)),
    ("scale_id",),
)
PROTECTION = (
    "ALTER TABLE review_appeals ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE review_appeals FORCE ROW LEVEL SECURITY",
    "ALTER TABLE review_appeals ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON review_appeals"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON review_appeals TO trellis_app",
)
NEW_READERS = (
    ("review_packets", "asked_id"),
    ("review_packets", "appeal_decider_id"),
    ("reviews", "appeal_decider_id"),
)


def upgrade() -> None:
    """Create the table, and add the columns. Nobody is asked or reads anything yet.

    Packets that are shared already take no appeals: their last day is not known.
    """
    op.execute(CREATE_REVIEW_APPEALS)
    for statement in PROTECTION:
        op.execute(statement)
    for columns in INDEXES:
        name = f"ix_review_appeals_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON review_appeals (tenant_id, {', '.join(columns)})")
    op.execute("ALTER TABLE review_packets ADD COLUMN appeal_days INTEGER NOT NULL DEFAULT 14")
    op.execute("ALTER TABLE review_packets ADD COLUMN appeal_until DATE")
    op.execute("ALTER TABLE review_cycles ADD COLUMN appeal_days INTEGER NOT NULL DEFAULT 14")
    for table, column in NEW_READERS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} UUID")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT fk_{table}_{column}"
            f" FOREIGN KEY(tenant_id, {column}) REFERENCES people (tenant_id, id) NOT VALID"
        )
    with op.get_context().autocommit_block():
        # No row names anybody; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for table, column in NEW_READERS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT fk_{table}_{column}")
            name = f"ix_{table}_{column}"
            op.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} (tenant_id, {column})"
            )
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Remove the table and the columns."""
    for table, column in NEW_READERS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.execute("ALTER TABLE review_cycles DROP COLUMN appeal_days")
    op.execute("ALTER TABLE review_packets DROP COLUMN appeal_until")
    op.execute("ALTER TABLE review_packets DROP COLUMN appeal_days")
    op.execute("DROP TABLE review_appeals")
