"""Members are invited before they have a subject."""

from alembic import op

revision = "0125"
down_revision = "0124"

COLUMNS = ("invited_until", "invitation_hash", "invited_email", "invited_issuer")
INDEXES = ("uq_members_invitation_hash", "ix_members_invited_email")
CREATE_INDEXES = (
    (
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS uq_members_invitation_hash"
        " ON members (tenant_id, invitation_hash)"
    ),
    (
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_members_invited_email"
        " ON members (tenant_id, invited_email)"
    ),
)
BEFORE = ("active", "suspended", "removed")
AFTER = ("invited", *BEFORE)


def upgrade() -> None:
    """Add the columns and the state. No member that exists has it."""
    op.execute("ALTER TABLE members ADD COLUMN invited_until TIMESTAMP WITH TIME ZONE")
    for each in COLUMNS[1:]:
        op.execute(f"ALTER TABLE members ADD COLUMN {each} TEXT")
    _allow(AFTER)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE members VALIDATE CONSTRAINT ck_members_status")
        _execute_without_timeout(*_build_drops(), *CREATE_INDEXES)


def downgrade() -> None:
    """Remove invited members, so that they still may not sign in; their roles are lost."""
    for table in ("role_assignments", "members"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM role_assignments a USING members m WHERE m.tenant_id = a.tenant_id"
        " AND m.id = a.member_id AND m.status = 'invited'"
    )
    op.execute("UPDATE members SET status = 'removed' WHERE status = 'invited'")
    for table in ("role_assignments", "members"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _allow(BEFORE)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE members VALIDATE CONSTRAINT ck_members_status")
        _execute_without_timeout(*_build_drops())
    for each in COLUMNS:
        op.execute(f"ALTER TABLE members DROP COLUMN {each}")


def _allow(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{each}'" for each in states)
    op.execute("ALTER TABLE members DROP CONSTRAINT ck_members_status")
    op.execute(
        "ALTER TABLE members ADD CONSTRAINT ck_members_status"
        f" CHECK (status IN ({listed})) NOT VALID"
    )


def _build_drops() -> list[str]:
    return [f"DROP INDEX CONCURRENTLY IF EXISTS {each}" for each in INDEXES]


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
