"""Operations of tenants, their files, and tenants that are being made."""

from alembic import op

revision = "0123"
down_revision = "0122"

CREATE_TABLES = (
    """
    CREATE TABLE directory.tenant_operations (
        id UUID NOT NULL,
        kind TEXT NOT NULL CONSTRAINT ck_tenant_operations_kind
            CHECK (kind IN ('export', 'import', 'restore', 'clone', 'move', 'erase')),
        state TEXT NOT NULL CONSTRAINT ck_tenant_operations_state
            CHECK (state IN ('queued', 'running', 'done', 'failed')),
        tenant_id UUID,
        slug TEXT NOT NULL,
        new_slug TEXT,
        file_id UUID,
        is_dry_run BOOLEAN NOT NULL,
        input TEXT,
        operator_id UUID,
        request_id TEXT,
        requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE,
        finished_at TIMESTAMP WITH TIME ZONE,
        attempts INTEGER NOT NULL DEFAULT 0,
        lease_id UUID,
        leased_until TIMESTAMP WITH TIME ZONE,
        step TEXT,
        steps_done INTEGER,
        step_count INTEGER,
        result TEXT,
        error_code TEXT,
        error_message TEXT,
        CONSTRAINT pk_tenant_operations PRIMARY KEY (id)
    )
    """,
    (
        "CREATE INDEX ix_tenant_operations_open ON directory.tenant_operations (requested_at)"
        " WHERE finished_at IS NULL"
    ),
    "CREATE INDEX ix_tenant_operations_slug ON directory.tenant_operations (slug, id)",
    "CREATE INDEX ix_tenant_operations_new_slug ON directory.tenant_operations (new_slug, id)",
    """
    CREATE TABLE directory.tenant_files (
        id UUID NOT NULL,
        origin TEXT NOT NULL CONSTRAINT ck_tenant_files_origin
            CHECK (origin IN ('export', 'upload')),
        tenant_id UUID,
        size BIGINT NOT NULL DEFAULT 0,
        expected_size BIGINT,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        kept_until TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_tenant_files PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_tenant_files_kept_until ON directory.tenant_files (kept_until)",
    """
    CREATE TABLE directory.tenant_creations (
        tenant_id UUID NOT NULL,
        database TEXT,
        begun_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT pk_tenant_creations PRIMARY KEY (tenant_id)
    )
    """,
)
GRANTS = (
    "GRANT SELECT, INSERT ON directory.tenant_operations TO trellis_platform",
    "GRANT SELECT, INSERT, UPDATE ON directory.tenant_files TO trellis_platform",
    "GRANT SELECT, INSERT, DELETE ON directory.tenant_creations TO trellis_platform",
    (
        "GRANT SELECT, INSERT (tenant_id, slug, status_before, scheduled_at, due_at),"
        " UPDATE (cancelled_at) ON directory.erasures TO trellis_platform"
    ),
)
"""The platform's role schedules and cancels a deletion, and cannot write that it was done."""


def upgrade() -> None:
    """Create the tables, and let the platform's role schedule deletions."""
    for each in CREATE_TABLES:
        op.execute(each)
    op.execute("ALTER TABLE directory.erasures ADD COLUMN cancelled_at TIMESTAMP WITH TIME ZONE")
    for each in GRANTS:
        op.execute(each)


def downgrade() -> None:
    """Drop the tables. Cancelled deletions are removed, as they were before."""
    op.execute("REVOKE ALL ON directory.erasures FROM trellis_platform")
    op.execute("DELETE FROM directory.erasures WHERE cancelled_at IS NOT NULL")
    op.execute("ALTER TABLE directory.erasures DROP COLUMN cancelled_at")
    for each in ("tenant_creations", "tenant_files", "tenant_operations"):
        op.execute(f"DROP TABLE directory.{each}")
