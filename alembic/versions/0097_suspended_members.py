"""Members may be suspended."""

from alembic import op

revision = "0097"
down_revision = "0096"

BEFORE, AFTER = ("active", "removed"), ("active", "suspended", "removed")


def upgrade() -> None:
    """Allow the state. No member that exists has it."""
    _allow(AFTER)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE members VALIDATE CONSTRAINT ck_members_status")


def downgrade() -> None:
    """Remove suspended members, so that they still may not sign in; their roles are lost."""
    for table in ("role_assignments", "members"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "DELETE FROM role_assignments a USING members m WHERE m.tenant_id = a.tenant_id"
        " AND m.id = a.member_id AND m.status = 'suspended'"
    )
    op.execute("UPDATE members SET status = 'removed' WHERE status = 'suspended'")
    for table in ("role_assignments", "members"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _allow(BEFORE)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE members VALIDATE CONSTRAINT ck_members_status")


def _allow(states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{each}'" for each in states)
    op.execute("ALTER TABLE members DROP CONSTRAINT ck_members_status")
    op.execute(
        "ALTER TABLE members ADD CONSTRAINT ck_members_status"
        f" CHECK (status IN ({listed})) NOT VALID"
    )
