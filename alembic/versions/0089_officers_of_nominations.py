"""Nominations name the HR officer who is asked to decide."""

from uuid import UUID

from alembic import op

revision = "0089"
down_revision = "0088"

CONSTRAINT = "fk_review_nominations_asked_id"
INDEX = "ix_review_nominations_asked_id"


def upgrade() -> None:
    """Add the column. Nobody is asked about proposals that exist."""
    op.execute("ALTER TABLE review_nominations ADD COLUMN asked_id UUID")
    op.execute(
        f"ALTER TABLE review_nominations ADD CONSTRAINT {CONSTRAINT} FOREIGN KEY"
        " (tenant_id, asked_id) REFERENCES people (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE review_nominations VALIDATE CONSTRAINT {CONSTRAINT}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON review_nominations"
            " (tenant_id, asked_id)"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove the column."""
    op.execute("ALTER TABLE review_nominations DROP COLUMN asked_id")
