"""Issuers as objects of their tenant, with a permission, and their rows in the registry."""

from alembic import op

revision = "0121"
down_revision = "0120"

CREATE_ISSUERS = """
CREATE TABLE issuers (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    preset TEXT NOT NULL,
    key TEXT,
    audiences JSONB NOT NULL,
    clients JSONB NOT NULL,
    max_lifetime INTEGER,
    subject_claim TEXT NOT NULL,
    tenant_claim TEXT,
    tenant_value TEXT,
    key_set_uri TEXT,
    key_set TEXT,
    is_shared BOOLEAN NOT NULL,
    CONSTRAINT pk_issuers PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_issuers_preset CHECK (preset IN ('strict', 'entra', 'entra_v1', 'okta', 'auth0',
        'keycloak', 'google', 'cognito', 'pingone'))
)
"""
INDEXES = (
    "CREATE INDEX ix_issuers_name_id ON issuers (tenant_id, name, id)",
    "CREATE UNIQUE INDEX uq_issuers_key ON issuers (tenant_id, key)",
)
PROTECTION = (
    "ALTER TABLE issuers ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE issuers FORCE ROW LEVEL SECURITY",
    "ALTER TABLE issuers ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON issuers"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON issuers TO trellis_app",
)

OWN_AND_ALONE = "tenant_id = current_setting('app.tenant_id')::uuid AND NOT is_shared"
REGISTRY = (
    "ALTER TABLE directory.issuers ADD COLUMN is_shared BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE directory.issuers ADD COLUMN key TEXT NOT NULL DEFAULT ''",
    (
        "UPDATE directory.issuers SET is_shared = true"
        " WHERE tenant_value <> '' AND preset NOT IN ('entra', 'entra-v1')"
    ),
    "ALTER TABLE directory.issuers ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY everybody_reads ON directory.issuers FOR SELECT USING (true)",
    (
        "CREATE POLICY own_inserts ON directory.issuers FOR INSERT TO trellis_app"
        f" WITH CHECK ({OWN_AND_ALONE})"
    ),
    (
        "CREATE POLICY own_deletes ON directory.issuers FOR DELETE TO trellis_app"
        f" USING ({OWN_AND_ALONE})"
    ),
    (
        "CREATE POLICY platform_writes ON directory.issuers TO trellis_platform"
        " USING (true) WITH CHECK (true)"
    ),
    "GRANT INSERT, DELETE ON directory.issuers TO trellis_app",
)
"""Not forced on the owner: the operator registers issuers of all tenants, and shared ones."""

CREATE_INDEX = (
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS uq_issuers_alone"
    " ON directory.issuers (issuer) WHERE NOT is_shared"
)

BUILT_IN = "urn:trellis:%"
ALIAS = "accounts.google.com"
COPY = f"""
INSERT INTO issuers (tenant_id, id, version, created_at, updated_at, name, preset, audiences,
                     clients, max_lifetime, subject_claim, tenant_claim, tenant_value, key_set_uri,
                     key_set, is_shared)
SELECT i.tenant_id, gen_random_uuid(), 1, i.created_at, i.created_at, i.issuer,
       replace(i.preset, '-', '_'),
       to_jsonb(coalesce(string_to_array(nullif(i.audience, ''), ' '), '{{}}')),
       to_jsonb(coalesce(string_to_array(nullif(i.clients, ''), ' '), '{{}}')),
       i.max_lifetime, i.subject_claim, nullif(i.tenant_claim, ''), nullif(i.tenant_value, ''),
       i.key_set_uri, i.key_set, i.is_shared
FROM directory.issuers i JOIN directory.tenants t ON t.id = i.tenant_id
WHERE t.database IS NULL AND i.issuer NOT LIKE '{BUILT_IN}' AND i.issuer <> '{ALIAS}'
"""
"""Issuers of tenants that live in another database are known when they are registered again."""

KNOWN = (
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
    "feedback:read_authors",
    "goals:manage",
    "goals:read",
    "kpis:manage",
    "kpis:read",
    "kpis:record",
    "members:manage",
    "members:read",
    "organizations:manage",
    "people:correct",
    "people:erase",
    "people:export",
    "people:hold",
    "people:manage",
    "people:merge",
    "reviews:manage",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "surveys:manage",
    "teams:manage",
)
NEW = "issuers:manage"
GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key = 'tenant_admin' AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""


def upgrade() -> None:
    """Create the table, open the registry to each tenant's own rows, and grant the permission."""
    for each in (CREATE_ISSUERS, *INDEXES, *PROTECTION, *REGISTRY):
        op.execute(each)
    _allow(*KNOWN, NEW)
    _change_all(COPY, "issuers")
    _change_all(GRANT, "roles", "role_grants")
    _validate()
    with op.get_context().autocommit_block():
        op.execute(CREATE_INDEX)


def downgrade() -> None:
    """Take the permission from all roles, and drop the table."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'", "role_grants")
    _allow(*KNOWN)
    op.execute("REVOKE INSERT, DELETE ON directory.issuers FROM trellis_app")
    for name in ("platform_writes", "own_deletes", "own_inserts", "everybody_reads"):
        op.execute(f"DROP POLICY {name} ON directory.issuers")
    op.execute("ALTER TABLE directory.issuers DISABLE ROW LEVEL SECURITY")
    op.execute("DROP INDEX directory.uq_issuers_alone")
    for column in ("key", "is_shared"):
        op.execute(f"ALTER TABLE directory.issuers DROP COLUMN {column}")
    op.execute("DROP TABLE issuers")
    _validate()


def _change_all(statement: str, *tables: str) -> None:
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")


def _allow(*permissions: str) -> None:
    listed = ", ".join(f"'{each}'" for each in sorted(permissions))
    op.execute("ALTER TABLE role_grants DROP CONSTRAINT ck_role_grants_permission")
    op.execute(
        "ALTER TABLE role_grants ADD CONSTRAINT ck_role_grants_permission"
        f" CHECK (permission IN ({listed})) NOT VALID"
    )


def _validate() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE role_grants VALIDATE CONSTRAINT ck_role_grants_permission")
