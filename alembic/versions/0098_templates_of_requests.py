"""Requests for feedback name the template of their questions."""

from uuid import UUID

from alembic import op

revision = "0098"
down_revision = "0097"

CONSTRAINT = "fk_feedback_requests_template_id"
INDEX = "ix_feedback_requests_template_id"


def upgrade() -> None:
    """Add the column. No request that exists has a template."""
    op.execute("ALTER TABLE feedback_requests ADD COLUMN template_id UUID")
    op.execute(
        f"ALTER TABLE feedback_requests ADD CONSTRAINT {CONSTRAINT} FOREIGN KEY"
        " (tenant_id, template_id) REFERENCES review_templates (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE feedback_requests VALIDATE CONSTRAINT {CONSTRAINT}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}"
            " ON feedback_requests (tenant_id, template_id)"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove the column. The requests keep their questions."""
    op.execute("ALTER TABLE feedback_requests DROP COLUMN template_id")
