"""The usage of tenants, as the platform measures it."""

from alembic import op

revision = "0120"
down_revision = "0119"

CREATE_TABLES = (
    """
    CREATE TABLE directory.tenant_usage (
        tenant_id UUID NOT NULL,
        name TEXT,
        people INTEGER,
        events BIGINT,
        storage_bytes BIGINT,
        requests BIGINT,
        measured_at TIMESTAMP WITH TIME ZONE,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_tenant_usage PRIMARY KEY (tenant_id)
    )
    """,
    "CREATE INDEX ix_tenant_usage_due_at ON directory.tenant_usage (due_at)",
    """
    CREATE TABLE directory.request_counts (
        tenant_id UUID NOT NULL,
        day DATE NOT NULL,
        requests BIGINT NOT NULL,
        CONSTRAINT pk_request_counts PRIMARY KEY (tenant_id, day)
    )
    """,
    (
        "GRANT SELECT, INSERT, UPDATE, DELETE ON directory.tenant_usage, directory.request_counts"
        " TO trellis_platform"
    ),
)


def upgrade() -> None:
    """Create the tables. Usage is measured from now on, and requests are counted."""
    for each in CREATE_TABLES:
        op.execute(each)


def downgrade() -> None:
    """Drop the tables with what was measured."""
    op.execute("DROP TABLE directory.request_counts")
    op.execute("DROP TABLE directory.tenant_usage")
