"""Changes of managers and longer periods while reviews are written."""

from uuid import UUID

from alembic import op

revision = "0062"
down_revision = "0061"

DIRECTIONS = "'self', 'manager', 'peer', 'upward', 'second_level', 'extra'"
CREATE_READERS = """
CREATE TABLE review_readers (
    tenant_id UUID NOT NULL,
    review_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_review_readers PRIMARY KEY (tenant_id, review_id, person_id),
    CONSTRAINT fk_review_readers_review_id FOREIGN KEY(tenant_id, review_id)
        REFERENCES reviews (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_readers_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
PROTECTION = (
    "ALTER TABLE review_readers ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE review_readers FORCE ROW LEVEL SECURITY",
    "ALTER TABLE review_readers ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON review_readers"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON review_readers TO trellis_app",
)


def upgrade() -> None:
    """Add the columns and the table of readers, and allow interim appraisals."""
    op.execute("ALTER TABLE reviews ADD COLUMN days INTEGER")
    op.execute(
        "ALTER TABLE review_packets ADD COLUMN is_manager_named BOOLEAN NOT NULL DEFAULT false"
    )
    op.execute("ALTER TABLE review_participants ADD COLUMN last_day DATE")
    op.execute("ALTER TABLE review_participants ADD COLUMN due_on DATE")
    _allow_directions(f"{DIRECTIONS}, 'interim'")
    op.execute(CREATE_READERS)
    for each in PROTECTION:
        op.execute(each)
    op.execute(
        "CREATE INDEX ix_review_readers_person_id_review_id"
        " ON review_readers (tenant_id, person_id, review_id)"
    )


def downgrade() -> None:
    """Remove the table and the columns. Interim appraisals become those of extra reviewers."""
    op.execute("DROP TABLE review_readers")
    # Without a tenant, row-level security would be in the way.
    op.execute("ALTER TABLE reviews NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE reviews SET direction = 'extra' WHERE direction = 'interim'")
    op.execute("ALTER TABLE reviews FORCE ROW LEVEL SECURITY")
    _allow_directions(DIRECTIONS)
    op.execute("ALTER TABLE review_participants DROP COLUMN due_on")
    op.execute("ALTER TABLE review_participants DROP COLUMN last_day")
    op.execute("ALTER TABLE review_packets DROP COLUMN is_manager_named")
    op.execute("ALTER TABLE reviews DROP COLUMN days")


def _allow_directions(directions: str) -> None:
    tables = ("reviews", "review_cycle_directions")
    for table in tables:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_direction")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_direction"
            f" CHECK (direction IN ({directions})) NOT VALID"
        )
    with op.get_context().autocommit_block():
        # Row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for table in tables:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_direction")
        op.execute("RESET app.tenant_id")
