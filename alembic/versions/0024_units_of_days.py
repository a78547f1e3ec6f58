"""A unit is a job fact: the one of each person so far holds from the first day on.

`people.organization_id` is the unit until `unit_changes_on`. What was moved before this migration
counts as recorded when the person was created. Jobs that are superseded get the unit too, because
that is what a read of what was known then showed. The force of row-level security is taken off for
this one transaction (see 0005).
"""

from uuid import UUID

from alembic import op

revision = "0024"
down_revision = "0023"

COLUMNS = (
    "ALTER TABLE people ADD COLUMN unit_changes_on DATE",
    "ALTER TABLE jobs ADD COLUMN organization_id UUID",
)

INDEXES = {
    "ix_jobs_organization_id": "jobs (tenant_id, organization_id)",
    "ix_people_unit_changes_on": (
        "people (tenant_id, unit_changes_on) WHERE unit_changes_on IS NOT NULL"
    ),
}

FOREIGN_KEY = "fk_jobs_organization_id"
REFER = f"""
ALTER TABLE jobs ADD CONSTRAINT {FOREIGN_KEY}
FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id) NOT VALID
"""

FILL_JOBS = """
UPDATE jobs j
SET organization_id = p.organization_id,
    stated_facts = CASE WHEN j.starts_on = first.day THEN '["organization_id"]'::jsonb
                        ELSE '[]'::jsonb END || j.stated_facts
FROM people p
CROSS JOIN LATERAL (
    SELECT min(o.starts_on) AS day FROM jobs o
    WHERE o.tenant_id = p.tenant_id AND o.person_id = p.id AND o.superseded_at IS NULL) first
WHERE p.tenant_id = j.tenant_id AND p.id = j.person_id
"""

KEEP_TODAYS_UNIT = """
UPDATE people p SET organization_id = job.organization_id
FROM (SELECT DISTINCT ON (j.tenant_id, j.person_id) j.* FROM jobs j
      WHERE j.superseded_at IS NULL AND j.starts_on <= current_date
      ORDER BY j.tenant_id, j.person_id, j.starts_on DESC) job
WHERE p.tenant_id = job.tenant_id AND p.id = job.person_id AND p.unit_changes_on <= current_date
"""

FORGET_UNITS = "UPDATE jobs SET stated_facts = stated_facts - 'organization_id'"


def upgrade() -> None:
    """Give each job the unit of its person."""
    for statement in COLUMNS:
        op.execute(statement)
    _change_all(FILL_JOBS, REFER)
    _validate_and_index()


def downgrade() -> None:
    """Keep the units of today in the directory."""
    _change_all(KEEP_TODAYS_UNIT, FORGET_UNITS)
    op.execute("ALTER TABLE people DROP COLUMN unit_changes_on")
    op.execute("ALTER TABLE jobs DROP COLUMN organization_id")


def _change_all(*statements: str) -> None:
    # A directory of many people takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    tables = ("people", "organizations", "jobs")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    for statement in statements:
        op.execute(statement)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")


def _validate_and_index() -> None:
    """Validate the foreign key and build the indexes without blocking writes."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        # The values come from a column with the same key; row-level security needs some tenant.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE jobs VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")
        for name, place in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {place}")
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
