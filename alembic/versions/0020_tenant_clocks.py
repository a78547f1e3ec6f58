"""A tenant's clocks order its changes, in the place of transaction numbers.

The entries of each tenant are numbered in their order so far, and `seq` becomes the position in the
unit of work. Processes of the previous release cannot use this schema: they must be stopped first.
The force of row-level security is taken off for this one transaction (see 0005).
"""

from alembic import op

revision = "0020"
down_revision = "0019"

CREATE_TABLE = """
CREATE TABLE tenant_clocks (
    tenant_id UUID NOT NULL,
    clock TEXT NOT NULL,
    number BIGINT NOT NULL,
    CONSTRAINT pk_tenant_clocks PRIMARY KEY (tenant_id, clock),
    CONSTRAINT ck_tenant_clocks_clock CHECK (clock IN ('rights', 'journal'))
)
"""
PROTECTION = (
    "ALTER TABLE tenant_clocks ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenant_clocks FORCE ROW LEVEL SECURITY",
    "ALTER TABLE tenant_clocks ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON tenant_clocks"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT ON tenant_clocks TO trellis_app",
    "GRANT UPDATE (number) ON tenant_clocks TO trellis_app",
    # Each change updates a row of its tenant; the free half of a page keeps it on the page.
    "ALTER TABLE tenant_clocks SET (fillfactor=50)",
)

NUMBER_ENTRIES = """
UPDATE journal SET number = ordered.number, seq = ordered.seq
FROM (SELECT tenant_id, id,
             row_number() OVER (PARTITION BY tenant_id ORDER BY number, seq, id) AS number,
             row_number() OVER (PARTITION BY tenant_id, number ORDER BY seq, id) AS seq
      FROM journal) ordered
WHERE journal.tenant_id = ordered.tenant_id AND journal.id = ordered.id
"""
START_CLOCKS = """
INSERT INTO tenant_clocks (tenant_id, clock, number)
SELECT tenant_id, clock, CASE clock WHEN 'journal' THEN last ELSE 1 END
FROM (SELECT tenant_id, max(number) AS last FROM journal GROUP BY tenant_id) numbered,
     unnest(ARRAY['rights', 'journal']) AS clock
"""
NUMBER_TRANSACTIONS = """
UPDATE journal SET xid = xid - seq - last.number - 1
FROM (SELECT tenant_id, max(xid) AS number FROM journal GROUP BY tenant_id) last
WHERE journal.tenant_id = last.tenant_id
"""
"""Numbers below those of all transactions of the server, in the order of the entries."""

OLD_INDEX = ("INDEX", "ix_journal_xid_seq", "xid, seq")
NEW_INDEX = ("UNIQUE INDEX", "uq_journal_number", "number")


def upgrade() -> None:
    """Create the clocks, number the entries, and replace the index."""
    op.execute(CREATE_TABLE)
    for each in PROTECTION:
        op.execute(each)
    op.execute("DROP INDEX IF EXISTS ix_journal_xid_seq")
    _rename_column("xid", "number")
    _change_all(NUMBER_ENTRIES, START_CLOCKS)
    _create_index(*NEW_INDEX)


def downgrade() -> None:
    """Give the entries numbers of transactions again, and drop the clocks."""
    op.execute("DROP INDEX IF EXISTS uq_journal_number")
    _rename_column("number", "xid")
    _change_all(NUMBER_TRANSACTIONS)
    op.execute("DROP TABLE tenant_clocks")
    _create_index(*OLD_INDEX)


def _rename_column(old: str, new: str) -> None:
    """Rename the column, and the constraint that it is not null, which has its name."""
    op.execute(f"ALTER TABLE journal ALTER COLUMN {old} DROP NOT NULL")
    op.execute(f"ALTER TABLE journal RENAME COLUMN {old} TO {new}")
    op.execute(f"ALTER TABLE journal ALTER COLUMN {new} SET NOT NULL")


def _change_all(*statements: str) -> None:
    tables = ("journal", "tenant_clocks")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    # A journal of millions of entries takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    for each in statements:
        op.execute(each)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")


def _create_index(kind: str, name: str, columns: str) -> None:
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(
            f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {name} ON journal (tenant_id, {columns})"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
