"""Who approved the level that an appeal is about: they assign no appeal against it."""

from uuid import UUID

from alembic import op

revision = "0078"
down_revision = "0077"

KEY = "fk_review_appeals_level_approved_by_id"


def upgrade() -> None:
    """Add the column, with those who have approved the levels of present appeals."""
    op.execute("ALTER TABLE review_appeals ADD COLUMN level_approved_by_id UUID")
    for table in ("review_appeals", "review_packets"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE review_appeals a SET level_approved_by_id = p.approved_by_id FROM review_packets p"
        " WHERE p.tenant_id = a.tenant_id AND p.id = a.packet_id AND a.status <> 'changed'"
    )
    for table in ("review_appeals", "review_packets"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"ALTER TABLE review_appeals ADD CONSTRAINT {KEY} FOREIGN KEY"
        " (tenant_id, level_approved_by_id) REFERENCES people (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # Row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE review_appeals VALIDATE CONSTRAINT {KEY}")
        op.execute("RESET app.tenant_id")
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_review_appeals_level_approved_by_id"
            " ON review_appeals (tenant_id, level_approved_by_id)"
        )


def downgrade() -> None:
    """Remove the column."""
    op.execute("ALTER TABLE review_appeals DROP COLUMN level_approved_by_id")
