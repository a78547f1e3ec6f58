"""Ballot batches: sealed ballots lie apart from those who may vote."""

from alembic import op

revision = "0102"
down_revision = "0101"

TABLE = """
CREATE TABLE ballot_batches (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    box_id UUID NOT NULL,
    number INTEGER NOT NULL,
    contents TEXT NOT NULL,
    CONSTRAINT pk_ballot_batches PRIMARY KEY (tenant_id, id)
)
"""
PROTECTION = (
    "ALTER TABLE ballot_batches ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ballot_batches FORCE ROW LEVEL SECURITY",
    "ALTER TABLE ballot_batches ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON ballot_batches"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ballot_batches TO trellis_app",
)
INDEX = (
    "CREATE UNIQUE INDEX uq_ballot_batches_box_id_number"
    " ON ballot_batches (tenant_id, box_id, number)"
)
UNSAMPLED = "ALTER TABLE ballot_batches ALTER COLUMN contents SET STATISTICS 0"
INVITATIONS = (
    ("survey_invitations", "survey_id"),
    ("feedback_program_raters", "feedback_program_id"),
)
COLUMNS = (
    "ALTER TABLE {0} ADD COLUMN batch INTEGER NOT NULL DEFAULT 0,"
    " ADD COLUMN has_responded BOOLEAN NOT NULL DEFAULT false"
)
DEAL = """
UPDATE {0} it SET has_responded = it.ballot IS NOT NULL, batch = dealt.place % dealt.batches
FROM (
    SELECT tenant_id, id,
        row_number() OVER (PARTITION BY tenant_id, {1} ORDER BY random()) - 1 AS place,
        greatest(count(*) OVER (PARTITION BY tenant_id, {1}) / 20, 1) AS batches
    FROM {0}
) dealt
WHERE it.tenant_id = dealt.tenant_id AND it.id = dealt.id
"""
"""Those who may vote in what is open get batches of 20 or more, at random."""


def upgrade() -> None:
    """Create the table. Ballots that were given stay where they are until they are counted."""
    op.execute(TABLE)
    for each in (*PROTECTION, INDEX, UNSAMPLED):
        op.execute(each)
    for table, box in INVITATIONS:
        op.execute(COLUMNS.format(table))
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(DEAL.format(table, box))
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop the table, with the ballots that lie in it."""
    for table, _ in INVITATIONS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN has_responded, DROP COLUMN batch")
    op.execute("DROP TABLE ballot_batches")
