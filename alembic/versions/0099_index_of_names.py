"""The index of names has no ids, so that a person is looked up by the primary key."""

from alembic import op

revision = "0099"
down_revision = "0098"

OLD, NEW = "ix_people_name_id", "ix_people_name"


def upgrade() -> None:
    """Replace the index. In a small table PostgreSQL read all of it to find the name of an id."""
    _replace(OLD, NEW, "tenant_id, name")


def downgrade() -> None:
    """Put the index with ids back."""
    _replace(NEW, OLD, "tenant_id, name, id")


def _replace(old: str, new: str, columns: str) -> None:
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {new} ON people ({columns})")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {old}")
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
