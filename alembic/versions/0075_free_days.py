"""The free days of tenants, by which open periods are paced."""

from alembic import op

revision = "0075"
down_revision = "0074"

TABLE = "free_days"
CREATE_TABLE = f"""
CREATE TABLE {TABLE} (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    day DATE NOT NULL,
    CONSTRAINT pk_{TABLE} PRIMARY KEY (tenant_id, id)
)
"""
INDEX = f"CREATE UNIQUE INDEX uq_{TABLE}_day ON {TABLE} (tenant_id, day)"
PROTECTION = (
    f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY",
    f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY",
    f"ALTER TABLE {TABLE} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        f"CREATE POLICY own_rows ON {TABLE}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO trellis_app",
)


def upgrade() -> None:
    """Create the table, which workers fill."""
    for statement in (CREATE_TABLE, INDEX, *PROTECTION):
        op.execute(statement)


def downgrade() -> None:
    """Drop the table."""
    op.execute(f"DROP TABLE {TABLE}")
