"""Create an index of the journal's entries by their action, for the filter of the audit log."""

from alembic import op

revision = "0122"
down_revision = "0121"

CREATE_INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_journal_action_id
ON journal (tenant_id, action, id)
"""
DROP_INDEX = "DROP INDEX CONCURRENTLY IF EXISTS ix_journal_action_id"


def upgrade() -> None:
    """Build the index without blocking writes; drop the remains of an interrupted build first."""
    with op.get_context().autocommit_block():
        _execute_without_timeout(DROP_INDEX, CREATE_INDEX)


def downgrade() -> None:
    """Drop the index without blocking writes."""
    with op.get_context().autocommit_block():
        _execute_without_timeout(DROP_INDEX)


def _execute_without_timeout(*statements: str) -> None:
    """Execute statements without timeouts; concurrent index builds block nobody."""
    for each in (
        *_build_timeout_statements("0", "0"),
        *statements,
        *_build_timeout_statements("60s", "2s"),
    ):
        op.execute(each)


def _build_timeout_statements(statement: str, lock: str) -> tuple[str, str]:
    return f"SET statement_timeout = '{statement}'", f"SET lock_timeout = '{lock}'"
