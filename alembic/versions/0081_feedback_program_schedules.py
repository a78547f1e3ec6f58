"""Schedules of feedback programs."""

from uuid import UUID

from alembic import op

revision = "0081"
down_revision = "0080"

TABLE = """
CREATE TABLE feedback_program_schedules (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    title TEXT NOT NULL,
    introduction TEXT,
    organization_id UUID,
    population TEXT NOT NULL,
    template_id UUID NOT NULL,
    mode TEXT NOT NULL,
    audience TEXT NOT NULL,
    open_days INTEGER NOT NULL,
    least_peers INTEGER NOT NULL,
    least_reports INTEGER NOT NULL,
    least_others INTEGER NOT NULL,
    rule TEXT NOT NULL,
    starts_on DATE NOT NULL,
    recurs_on DATE,
    last_occurred_on DATE,
    skipped_on DATE,
    skip_reason TEXT,
    status TEXT NOT NULL,
    CONSTRAINT pk_feedback_program_schedules PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedback_program_schedules_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_feedback_program_schedules_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id),
    CONSTRAINT ck_feedback_program_schedules_population CHECK (population IN
        ('managers', 'everyone')),
    CONSTRAINT ck_feedback_program_schedules_mode CHECK (mode IN
        ('identified', 'confidential', 'aggregated', 'anonymous')),
    CONSTRAINT ck_feedback_program_schedules_audience CHECK (audience IN
        ('subject', 'subject_and_manager', 'subject_manager_and_hr')),
    CONSTRAINT ck_feedback_program_schedules_skip_reason CHECK (skip_reason IN
        ('too_few_people', 'limit_exceeded', 'still_open', 'not_possible')),
    CONSTRAINT ck_feedback_program_schedules_status CHECK (status IN ('active', 'ended'))
)
"""
INDEXES = (
    ("INDEX", "feedback_program_schedules", "title", "id"),
    ("INDEX", "feedback_program_schedules", "organization_id", "title", "id"),
    ("INDEX", "feedback_program_schedules", "template_id"),
    ("UNIQUE INDEX", "feedback_programs", "schedule_id", "subject_id", "occurs_on"),
)
PROTECTION = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {0} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON {0}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {0} TO trellis_app",
)
FOREIGN_KEY = "fk_feedback_programs_schedule_id"


def upgrade() -> None:
    """Create the table, and the link of a program to it. No program has one yet."""
    op.execute(TABLE)
    for each in PROTECTION:
        op.execute(each.format("feedback_program_schedules"))
    op.execute("ALTER TABLE feedback_programs ADD COLUMN schedule_id UUID")
    op.execute("ALTER TABLE feedback_programs ADD COLUMN occurs_on DATE")
    op.execute(
        f"ALTER TABLE feedback_programs ADD CONSTRAINT {FOREIGN_KEY}"
        " FOREIGN KEY (tenant_id, schedule_id)"
        " REFERENCES feedback_program_schedules (tenant_id, id) NOT VALID"
    )
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    with op.get_context().autocommit_block():
        # Row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE feedback_programs VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Remove them. Programs that were launched stay."""
    for column in ("schedule_id", "occurs_on"):
        op.execute(f"ALTER TABLE feedback_programs DROP COLUMN {column}")
    op.execute("DROP TABLE feedback_program_schedules")
