"""Alerts may be handed to a person, and name the goal that people set because of them."""

from uuid import UUID

from alembic import op

revision = "0049"
down_revision = "0048"

FOREIGN_KEY = "fk_alerts_goal_id"
INDEX = "ix_alerts_goal_id_id"


def upgrade() -> None:
    """Add who chose the recipient, and the link to a goal. No alert has one yet."""
    op.execute("ALTER TABLE alerts ADD COLUMN is_assigned BOOLEAN NOT NULL DEFAULT false")
    op.execute("ALTER TABLE alerts ADD COLUMN goal_id UUID")
    op.execute(
        f"ALTER TABLE alerts ADD CONSTRAINT {FOREIGN_KEY} FOREIGN KEY (tenant_id, goal_id)"
        " REFERENCES goals (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE alerts VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}"
            " ON alerts (tenant_id, goal_id, id) WHERE goal_id IS NOT NULL"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove both."""
    op.execute("ALTER TABLE alerts DROP COLUMN goal_id")
    op.execute("ALTER TABLE alerts DROP COLUMN is_assigned")
