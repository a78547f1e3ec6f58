"""Assignments of roles have a term: from when and until when they count."""

from alembic import op

revision = "0124"
down_revision = "0123"


def upgrade() -> None:
    """Add the two moments. Assignments that exist have neither."""
    op.execute(
        "ALTER TABLE role_assignments ADD COLUMN starts_at TIMESTAMP WITH TIME ZONE,"
        " ADD COLUMN expires_at TIMESTAMP WITH TIME ZONE"
    )
    op.execute(
        "ALTER TABLE role_assignments ADD CONSTRAINT ck_role_assignments_term"
        " CHECK (expires_at > starts_at) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE role_assignments VALIDATE CONSTRAINT ck_role_assignments_term")


def downgrade() -> None:
    """Remove assignments with a term, so that none of them counts for longer; drop the moments."""
    op.execute("ALTER TABLE role_assignments NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM role_assignments WHERE starts_at IS NOT NULL OR expires_at IS NOT NULL")
    op.execute("ALTER TABLE role_assignments FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE role_assignments DROP COLUMN starts_at, DROP COLUMN expires_at")
