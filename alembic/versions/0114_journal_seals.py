"""Seals of the journal: a hash chain of each tenant, which workers extend."""

from alembic import op

revision = "0114"
down_revision = "0113"

CREATE_TABLE = """
CREATE TABLE journal_seals (
    tenant_id UUID NOT NULL,
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    salt BYTEA,
    content_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    rewritten_at TIMESTAMP WITH TIME ZONE,
    cause_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_journal_seals PRIMARY KEY (tenant_id, position)
)
"""
STATEMENTS = (
    "CREATE INDEX ix_journal_seals_number_position ON journal_seals (tenant_id, number, position)",
    (
        "CREATE INDEX ix_journal_seals_rewritten_at"
        " ON journal_seals (tenant_id, rewritten_at) WHERE rewritten_at IS NOT NULL"
    ),
    "ALTER TABLE journal_seals ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE journal_seals FORCE ROW LEVEL SECURITY",
    "ALTER TABLE journal_seals ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON journal_seals"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT ON journal_seals TO trellis_app",
    "GRANT UPDATE (salt, rewritten_at) ON journal_seals TO trellis_app",
)


def upgrade() -> None:
    """Create the table. Workers seal the entries of today and of before."""
    op.execute(CREATE_TABLE)
    for each in STATEMENTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the seals."""
    op.execute("DROP TABLE journal_seals")
