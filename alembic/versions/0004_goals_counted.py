"""Goals are counted in an index that carries along whatever says who may see them.

A total looks at every goal of the tenant; in the table that is ten times as much to go through.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_goals_id ON goals (tenant_id, id)
INCLUDE (status, visibility, owner_person_id, owner_team_id, owner_organization_id)
"""
AWAY = "DROP INDEX CONCURRENTLY IF EXISTS ix_goals_id"


def upgrade() -> None:
    """Build it while others write, however long it takes; a build that was broken off goes."""
    with op.get_context().autocommit_block():
        for statement in (*_patience("0"), AWAY, INDEX, *_patience("60s", "2s")):
            op.execute(statement)


def downgrade() -> None:
    """Take it away while others write."""
    with op.get_context().autocommit_block():
        op.execute(AWAY)


def _patience(statement: str, lock: str = "0") -> tuple[str, str]:
    return f"SET statement_timeout = '{statement}'", f"SET lock_timeout = '{lock}'"
