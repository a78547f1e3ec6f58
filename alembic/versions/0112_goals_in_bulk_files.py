"""Bulk operations that upsert goals."""

from alembic import op

revision = "0112"
down_revision = "0111"

UPSERTS = "'upsert_people', 'upsert_organizations', 'upsert_teams'"
OTHERS = "'record_measurements', 'query'"


def upgrade() -> None:
    """Allow the kind."""
    _allow(f"{UPSERTS}, 'upsert_goals', {OTHERS}")


def downgrade() -> None:
    """Drop the operations of the kind, and disallow it."""
    op.execute("ALTER TABLE bulk_operations NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM bulk_operations WHERE kind = 'upsert_goals'")
    op.execute("ALTER TABLE bulk_operations FORCE ROW LEVEL SECURITY")
    _allow(f"{UPSERTS}, {OTHERS}")


def _allow(kinds: str) -> None:
    name = "ck_bulk_operations_kind"
    op.execute(f"ALTER TABLE bulk_operations DROP CONSTRAINT {name}")
    op.execute(
        f"ALTER TABLE bulk_operations ADD CONSTRAINT {name} CHECK (kind IN ({kinds})) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE bulk_operations VALIDATE CONSTRAINT {name}")
