"""Departures end reporting lines on their day, and name a successor.

`reporting_closure.left_on` is the first day on which somebody on the way up has left. It is filled
for each tenant in its own context, so that row-level security stays in force.
"""

from uuid import UUID

from alembic import op

revision = "0008"
down_revision = "0007"

FILL_LEFT_ON = """
DO $$
DECLARE
    tenant uuid;
BEGIN
    FOR tenant IN SELECT id FROM directory.tenants LOOP
        PERFORM set_config('app.tenant_id', tenant::text, true);
        UPDATE reporting_closure way SET left_on = (
            SELECT min(person.left_on)
            FROM reporting_closure step
            JOIN people person ON person.tenant_id = tenant
                AND person.id IN (step.descendant_id, step.ancestor_id)
            WHERE step.tenant_id = tenant AND step.descendant_id = way.descendant_id
                AND step.depth <= way.depth AND step.starts_on <= way.starts_on
                AND (step.ends_on IS NULL OR step.ends_on > way.starts_on))
        WHERE way.tenant_id = tenant AND EXISTS (
            SELECT FROM people WHERE people.tenant_id = tenant AND people.left_on IS NOT NULL);
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END $$
"""


def upgrade() -> None:
    """Add the columns, and fill the day of departures."""
    op.execute("ALTER TABLE reporting_closure ADD COLUMN left_on date")
    op.execute("ALTER TABLE employments ADD COLUMN successor_id uuid")
    op.execute(
        "ALTER TABLE employments ADD CONSTRAINT fk_employments_successor_id"
        " FOREIGN KEY (tenant_id, successor_id) REFERENCES people (tenant_id, id) NOT VALID"
    )
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(FILL_LEFT_ON)
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute("ALTER TABLE employments VALIDATE CONSTRAINT fk_employments_successor_id")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_employments_successor_id")
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_employments_successor_id"
            " ON employments (tenant_id, successor_id)"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Drop the columns."""
    op.execute("ALTER TABLE employments DROP COLUMN successor_id")
    op.execute("ALTER TABLE reporting_closure DROP COLUMN left_on")
