"""Cycles say who shares their reviews, and when; packets repeat it."""

from alembic import op

revision = "0070"
down_revision = "0069"

TABLES = ("review_cycles", "review_packets")


def upgrade() -> None:
    """Add the columns. Managers share what exists."""
    for table in TABLES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN release TEXT NOT NULL DEFAULT 'by_manager'"
            f" CONSTRAINT ck_{table}_release"
            " CHECK (release IN ('by_manager', 'on_date', 'all_at_once'))"
        )
        op.execute(f"ALTER TABLE {table} ADD COLUMN release_on DATE")
    op.execute("ALTER TABLE review_cycles ADD COLUMN released_at TIMESTAMP WITH TIME ZONE")


def downgrade() -> None:
    """Remove the columns."""
    op.execute("ALTER TABLE review_cycles DROP COLUMN released_at")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN release_on")
        op.execute(f"ALTER TABLE {table} DROP COLUMN release")
