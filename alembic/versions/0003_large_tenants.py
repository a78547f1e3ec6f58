"""Set the planner's statistics so that it expects every tenant to be large.

Migrations 0001 and 0002 set this too; this one is for databases that ran them before they did.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

SET_TABLE_STATISTICS = """
DO $$
DECLARE
    name regclass;
BEGIN
    FOR name IN
        SELECT attrelid FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attname = 'tenant_id' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN tenant_id SET (n_distinct = 10)', name);
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Set n_distinct of every tenant_id, and analyze the tables."""
    op.execute(SET_TABLE_STATISTICS)
    op.execute("ANALYZE")


def downgrade() -> None:
    """Change nothing: the migrations before this one set the same."""
