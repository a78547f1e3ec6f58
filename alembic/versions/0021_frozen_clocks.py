"""A clock can be frozen while its tenant moves to another database; then it cannot be advanced."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column and its check; all clocks run."""
    op.execute("ALTER TABLE tenant_clocks ADD COLUMN frozen_at BIGINT")
    op.execute(
        "ALTER TABLE tenant_clocks ADD CONSTRAINT ck_tenant_clocks_frozen"
        " CHECK (frozen_at IS NULL OR number = frozen_at)"
    )


def downgrade() -> None:
    """Drop the column, and its check with it."""
    op.execute("ALTER TABLE tenant_clocks DROP COLUMN frozen_at")
