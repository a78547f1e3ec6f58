"""Action items may be done because of an alert."""

from uuid import UUID

from alembic import op

revision = "0045"
down_revision = "0044"

FOREIGN_KEY = "fk_action_items_alert_id"
INDEX = "ix_action_items_alert_id_due_on_id"


def upgrade() -> None:
    """Add the link of an action item to an alert. No row has one yet."""
    op.execute("ALTER TABLE action_items ADD COLUMN alert_id UUID")
    op.execute(
        f"ALTER TABLE action_items ADD CONSTRAINT {FOREIGN_KEY} FOREIGN KEY (tenant_id, alert_id)"
        " REFERENCES alerts (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE action_items VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}"
            " ON action_items (tenant_id, alert_id, due_on, id) WHERE alert_id IS NOT NULL"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove the link."""
    op.execute("ALTER TABLE action_items DROP COLUMN alert_id")
