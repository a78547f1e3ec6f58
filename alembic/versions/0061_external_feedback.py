"""Requests for feedback to people without an account, who answer by a link."""

from alembic import op

revision = "0061"
down_revision = "0060"

ADDED = (
    ("feedback_requests", "respondent_name"),
    ("feedback_requests", "link_hash"),
    ("feedbacks", "author_name"),
)
OPTIONAL = (("feedback_requests", "respondent_id"), ("feedbacks", "author_id"))


def upgrade() -> None:
    """Add the names and the hash of the link. Rows of such people name no person."""
    for table, column in ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
    for table, column in OPTIONAL:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL")


def downgrade() -> None:
    """Delete what has no person as its author or respondent, and the columns."""
    for table, column in reversed(OPTIONAL):
        # Without a tenant, row-level security would be in the way; its force returns below.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {table} WHERE {column} IS NULL")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL")
    for table, column in ADDED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
