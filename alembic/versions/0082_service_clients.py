"""Service clients: accounts without a person, their keys, and what was used when."""

from alembic import op

revision = "0082"
down_revision = "0081"

CREATE_CLIENTS = """
CREATE TABLE service_clients (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    member_id UUID NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" NOT NULL DEFAULT '',
    description TEXT,
    lane TEXT NOT NULL,
    allowed_networks JSONB NOT NULL,
    last_day DATE,
    status TEXT NOT NULL,
    CONSTRAINT pk_service_clients PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_service_clients_member_id FOREIGN KEY(tenant_id, member_id)
        REFERENCES members (tenant_id, id),
    CONSTRAINT ck_service_clients_lane CHECK (lane IN ('standard', 'ingest')),
    CONSTRAINT ck_service_clients_status CHECK (status IN ('active', 'suspended'))
)
"""
CREATE_KEYS = """
CREATE TABLE service_client_keys (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    service_client_id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    secret_hash TEXT,
    public_key TEXT,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_service_client_keys PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_service_client_keys_service_client_id FOREIGN KEY(tenant_id, service_client_id)
        REFERENCES service_clients (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_service_client_keys_kind CHECK (kind IN ('secret', 'public_key'))
)
"""
CREATE_USES = """
CREATE TABLE service_client_key_uses (
    tenant_id UUID NOT NULL,
    key_id UUID NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_service_client_key_uses PRIMARY KEY (tenant_id, key_id),
    CONSTRAINT fk_service_client_key_uses_key_id FOREIGN KEY(tenant_id, key_id)
        REFERENCES service_client_keys (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_ASSERTIONS = """
CREATE TABLE service_client_assertions (
    tenant_id UUID NOT NULL,
    service_client_id UUID NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_service_client_assertions PRIMARY KEY (tenant_id, service_client_id, token_hash),
    CONSTRAINT fk_service_client_assertions_service_client_id
        FOREIGN KEY(tenant_id, service_client_id)
        REFERENCES service_clients (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {
    "service_clients": CREATE_CLIENTS,
    "service_client_keys": CREATE_KEYS,
    "service_client_key_uses": CREATE_USES,
    "service_client_assertions": CREATE_ASSERTIONS,
}
INDEXES = (
    ("service_clients", "name_sort_key", "id"),
    ("service_client_keys", "service_client_id", "added_at", "id"),
    ("service_client_assertions", "service_client_id", "expires_at"),
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
    """Create the tables, and let an account be without a person."""
    op.execute("ALTER TABLE members ALTER COLUMN person_id DROP NOT NULL")
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, *columns in INDEXES:
        name = f"ix_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")
    op.execute(
        "CREATE UNIQUE INDEX uq_service_clients_member_id ON service_clients (tenant_id, member_id)"
    )


def downgrade() -> None:
    """Drop what was added. It fails where a service client has an account."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE members ALTER COLUMN person_id SET NOT NULL")
