"""Job facts have days: title, level and location so far become the job from the first day on.

`people` keeps them as what the directory shows, until `job_changes_on`. What was edited before this
migration counts as recorded when the person was created. The force of row-level security is taken
off for this one transaction (see 0005).
"""

from alembic import op

revision = "0016"
down_revision = "0015"

CREATE_TABLE = """
CREATE TABLE jobs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    job_title TEXT,
    level TEXT,
    location TEXT,
    employment_type TEXT,
    working_time_share NUMERIC,
    state TEXT NOT NULL,
    superseded_at TIMESTAMP WITH TIME ZONE,
    stated_facts JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_jobs PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_jobs_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_jobs_employment_type CHECK (employment_type IN
        ('permanent', 'fixed_term', 'apprentice', 'intern', 'agency', 'contractor')),
    CONSTRAINT ck_jobs_state CHECK (state IN ('current', 'superseded'))
)
"""
PROTECTION = (
    "CREATE INDEX ix_jobs_person_id_starts_on_id ON jobs (tenant_id, person_id, starts_on, id)",
    (
        "CREATE UNIQUE INDEX uq_jobs_person_id_starts_on ON jobs (tenant_id, person_id, starts_on)"
        " WHERE superseded_at IS NULL"
    ),
    "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE jobs FORCE ROW LEVEL SECURITY",
    "ALTER TABLE jobs ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON jobs"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO trellis_app",
)

ALL_FACTS = '["job_title", "level", "location", "employment_type", "working_time_share"]'

START_JOBS = f"""
INSERT INTO jobs (tenant_id, id, person_id, starts_on, job_title, level, location, state,
                  stated_facts, created_at, updated_at)
SELECT p.tenant_id, gen_random_uuid(), p.id, coalesce(first.hired_on, p.hired_on),
       p.job_title, p.level, p.location, 'current', '{ALL_FACTS}', p.created_at, p.created_at
FROM people p
CROSS JOIN LATERAL (
    SELECT min(e.hired_on) AS hired_on FROM employments e
    WHERE e.tenant_id = p.tenant_id AND e.person_id = p.id) first
"""

KEEP_TODAYS_JOB = """
UPDATE people p SET job_title = job.job_title, level = job.level, location = job.location
FROM (SELECT DISTINCT ON (j.tenant_id, j.person_id) j.* FROM jobs j
      WHERE j.superseded_at IS NULL AND j.starts_on <= current_date
      ORDER BY j.tenant_id, j.person_id, j.starts_on DESC) job
WHERE p.tenant_id = job.tenant_id AND p.id = job.person_id
"""


def upgrade() -> None:
    """Create the table, and a job for everybody."""
    op.execute(CREATE_TABLE)
    op.execute("ALTER TABLE people ADD COLUMN job_changes_on DATE")
    for statement in PROTECTION:
        op.execute(statement)
    _change_all(START_JOBS)


def downgrade() -> None:
    """Keep the jobs of today in the directory, and drop the table."""
    _change_all(KEEP_TODAYS_JOB)
    op.execute("ALTER TABLE people DROP COLUMN job_changes_on")
    op.execute("DROP TABLE jobs")


def _change_all(statement: str) -> None:
    # A directory of many people takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    tables = ("people", "employments", "jobs")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")
