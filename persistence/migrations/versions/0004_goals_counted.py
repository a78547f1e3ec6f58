"""Goals are counted in an index that carries along whatever says who may see them.

A total looks at every goal of the tenant; in the table that is ten times as much to go through.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

CREATE_INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_goals_id ON goals (tenant_id, id)
INCLUDE (status, visibility, owner_person_id, owner_team_id, owner_organization_id)
"""
DROP_INDEX = "DROP INDEX CONCURRENTLY IF EXISTS ix_goals_id"


def upgrade() -> None:
    """Build it while others write, however long it takes; a build that was broken off goes."""
    with op.get_context().autocommit_block():
        _execute_without_timeout(DROP_INDEX, CREATE_INDEX)


def downgrade() -> None:
    """Take it away while others write."""
    with op.get_context().autocommit_block():
        _execute_without_timeout(DROP_INDEX)


def _execute_without_timeout(*statements: str) -> None:
    """Wait as long as it takes, which nobody else waits for."""
    for each in (
        *_build_timeout_statements("0", "0"),
        *statements,
        *_build_timeout_statements("60s", "2s"),
    ):
        op.execute(each)


def _build_timeout_statements(statement: str, lock: str) -> tuple[str, str]:
    return f"SET statement_timeout = '{statement}'", f"SET lock_timeout = '{lock}'"
