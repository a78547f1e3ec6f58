"""Requests for feedback, and the link of an answer to its request."""

from uuid import UUID

from alembic import op

revision = "0058"
down_revision = "0057"

FOREIGN_KEY = "fk_feedbacks_request_id"
INDEX = "ix_feedbacks_request_id_released_on_id"

CREATE_REQUESTS = """
CREATE TABLE feedback_requests (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    subject_id UUID NOT NULL,
    asker_id UUID NOT NULL,
    respondent_id UUID NOT NULL,
    audience TEXT NOT NULL,
    message TEXT,
    questions JSONB NOT NULL,
    goal_id UUID,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    CONSTRAINT pk_feedback_requests PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_feedback_requests_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_feedback_requests_asker_id FOREIGN KEY(tenant_id, asker_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_feedback_requests_respondent_id FOREIGN KEY(tenant_id, respondent_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_feedback_requests_goal_id FOREIGN KEY(tenant_id, goal_id)
        REFERENCES goals (tenant_id, id),
    CONSTRAINT ck_feedback_requests_audience CHECK (
        audience IN ('subject', 'subject_and_manager', 'manager', 'public')),
    CONSTRAINT ck_feedback_requests_status CHECK (
        status IN ('open', 'answered', 'declined', 'cancelled', 'expired'))
)
"""
INDEXES = (
    ("due_on", "id"),
    ("subject_id", "due_on", "id"),
    ("asker_id", "due_on", "id"),
    ("respondent_id", "due_on", "id"),
    ("goal_id", "due_on", "id"),
)
PROTECTION = (
    "ALTER TABLE feedback_requests ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE feedback_requests FORCE ROW LEVEL SECURITY",
    "ALTER TABLE feedback_requests ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON feedback_requests"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON feedback_requests TO trellis_app",
)


def upgrade() -> None:
    """Create the table, and let feedback name the request that it answers. No row has one yet."""
    op.execute(CREATE_REQUESTS)
    for each in PROTECTION:
        op.execute(each)
    for columns in INDEXES:
        name = f"ix_feedback_requests_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON feedback_requests (tenant_id, {', '.join(columns)})")
    op.execute("ALTER TABLE feedbacks ADD COLUMN request_id UUID")
    op.execute(
        f"ALTER TABLE feedbacks ADD CONSTRAINT {FOREIGN_KEY} FOREIGN KEY (tenant_id, request_id)"
        " REFERENCES feedback_requests (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE feedbacks VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX}"
            " ON feedbacks (tenant_id, request_id, released_on, id)"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove what this migration added."""
    op.execute("ALTER TABLE feedbacks DROP COLUMN request_id")
    # Without a tenant, row-level security would be in the way; its force returns below.
    op.execute("ALTER TABLE todos NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM todos WHERE kind = 'feedback_request'")
    op.execute("ALTER TABLE todos FORCE ROW LEVEL SECURITY")
    op.execute("DROP TABLE feedback_requests")
