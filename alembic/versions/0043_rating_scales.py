"""Rating scales, and the permission to manage what reviews need."""

from alembic import op

revision = "0043"
down_revision = "0042"

CREATE_SCALES = """
CREATE TABLE rating_scales (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    allows_not_applicable BOOLEAN NOT NULL,
    CONSTRAINT pk_rating_scales PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_rating_scales_status CHECK (status IN ('draft', 'published', 'archived'))
)
"""
CREATE_LEVELS = """
CREATE TABLE rating_levels (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    scale_id UUID NOT NULL,
    position INTEGER NOT NULL,
    label TEXT NOT NULL,
    value NUMERIC NOT NULL,
    description TEXT,
    CONSTRAINT pk_rating_levels PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_rating_levels_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id) ON DELETE CASCADE
)
"""
TABLES = {"rating_scales": CREATE_SCALES, "rating_levels": CREATE_LEVELS}
INDEXES = (
    ("UNIQUE INDEX", "rating_scales", "document_id", "revision"),
    ("INDEX", "rating_scales", "name_sort_key", "id"),
    ("UNIQUE INDEX", "rating_levels", "scale_id", "position"),
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

KNOWN = (
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
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
    "people:manage",
    "people:merge",
    "roles:manage",
    "settings:manage",
    "settings:read",
    "teams:manage",
)
NEW = "reviews:manage"
GRANT = f"""
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{NEW}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key = 'hr' AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = 'goals:manage' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{NEW}')
"""
"""HR gets the permission where it still manages the goals of everyone."""


def upgrade() -> None:
    """Create the tables, and allow and grant the permission."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    _allow(*KNOWN, NEW)
    _change_all(GRANT)
    _validate()


def downgrade() -> None:
    """Take the permission from all roles, and drop the tables."""
    _change_all(f"DELETE FROM role_grants WHERE permission = '{NEW}'")
    _allow(*KNOWN)
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    _validate()


def _change_all(statement: str) -> None:
    tables = ("roles", "role_grants")
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
