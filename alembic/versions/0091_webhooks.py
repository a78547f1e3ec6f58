"""Webhooks, where each has arrived in the feed of changes, and the log of their deliveries."""

from alembic import op

revision = "0091"
down_revision = "0090"

CREATE_WEBHOOKS = """
CREATE TABLE webhooks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    owner_id UUID NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" NOT NULL DEFAULT '',
    url TEXT NOT NULL,
    types JSONB NOT NULL,
    status TEXT NOT NULL,
    pause_reason TEXT,
    key_id UUID NOT NULL,
    former_key_id UUID,
    former_key_until TIMESTAMP WITH TIME ZONE,
    start_id UUID NOT NULL,
    start_after TEXT,
    CONSTRAINT pk_webhooks PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_webhooks_owner_id FOREIGN KEY(tenant_id, owner_id)
        REFERENCES members (tenant_id, id),
    CONSTRAINT ck_webhooks_status CHECK (status IN ('active', 'paused')),
    CONSTRAINT ck_webhooks_pause_reason CHECK (pause_reason IN ('requested', 'failing', 'gone',
        'address_refused', 'owner_without_rights', 'cursor_unusable'))
)
"""
CREATE_DELIVERIES = """
CREATE TABLE webhook_deliveries (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    webhook_id UUID NOT NULL,
    message_id TEXT NOT NULL,
    message_type TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    attempted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    status_code INTEGER,
    duration_ms INTEGER NOT NULL,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_webhook_deliveries_webhook_id FOREIGN KEY(tenant_id, webhook_id)
        REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_webhook_deliveries_outcome CHECK (outcome IN ('delivered', 'refused', 'timeout',
        'unreachable', 'address_refused'))
)
"""
CREATE_POSITIONS = """
CREATE TABLE webhook_positions (
    tenant_id UUID NOT NULL,
    webhook_id UUID NOT NULL,
    start_id UUID NOT NULL,
    cursor TEXT,
    sent_ids JSONB NOT NULL,
    sequence BIGINT NOT NULL,
    failures INTEGER NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_positions PRIMARY KEY (tenant_id, webhook_id),
    CONSTRAINT fk_webhook_positions_webhook_id FOREIGN KEY(tenant_id, webhook_id)
        REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "webhooks": CREATE_WEBHOOKS,
    "webhook_deliveries": CREATE_DELIVERIES,
    "webhook_positions": CREATE_POSITIONS,
}
INDEXES = (
    ("webhooks", "name_sort_key", "id"),
    ("webhooks", "owner_id"),
    ("webhook_deliveries", "webhook_id", "attempted_at"),
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


def upgrade() -> None:
    """Create the tables."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, *columns in INDEXES:
        name = f"ix_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
