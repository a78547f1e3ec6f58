"""KPIs with their definitions, and the permissions to read and to define them.

Roles that read or manage goals over everyone get the permission of the same kind, of the built-in
roles that new tenants get them for. The force of row-level security is taken off for this one
transaction (see 0005).
"""

from alembic import op

revision = "0022"
down_revision = "0021"

AGGREGATIONS = "('sum', 'mean', 'first', 'last', 'min', 'max', 'count', 'none')"
CREATE_KPIS = """
CREATE TABLE kpis (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    scope_kind TEXT NOT NULL,
    organization_id UUID,
    team_id UUID,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    purpose_id UUID,
    owner_id UUID NOT NULL,
    visibility TEXT NOT NULL,
    frequency TEXT NOT NULL,
    due_after_days INTEGER NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_kpis PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpis_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_kpis_team_id FOREIGN KEY(tenant_id, team_id) REFERENCES teams (tenant_id, id),
    CONSTRAINT fk_kpis_owner_id FOREIGN KEY(tenant_id, owner_id) REFERENCES people (tenant_id, id),
    CONSTRAINT fk_kpis_purpose_id FOREIGN KEY(tenant_id, purpose_id)
        REFERENCES goals (tenant_id, id),
    CONSTRAINT ck_kpis_scope CHECK ((organization_id IS NOT NULL) = (scope_kind = 'organization')
        AND (team_id IS NOT NULL) = (scope_kind = 'team')),
    CONSTRAINT ck_kpis_scope_kind CHECK (scope_kind IN ('organization', 'team')),
    CONSTRAINT ck_kpis_visibility CHECK (visibility IN ('tenant', 'organization', 'named')),
    CONSTRAINT ck_kpis_frequency CHECK (frequency IN
        ('daily', 'weekly', 'monthly', 'quarterly', 'annual', 'irregular')),
    CONSTRAINT ck_kpis_status CHECK (status IN ('active', 'archived'))
)
"""
CREATE_VIEWERS = """
CREATE TABLE kpi_viewers (
    tenant_id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_kpi_viewers PRIMARY KEY (tenant_id, kpi_id, person_id),
    CONSTRAINT fk_kpi_viewers_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_kpi_viewers_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
"""
CREATE_DEFINITIONS = f"""
CREATE TABLE kpi_definitions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kpi_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    calculation TEXT,
    unit TEXT NOT NULL,
    unit_name TEXT,
    currency TEXT,
    decimals INTEGER NOT NULL,
    direction TEXT NOT NULL,
    form TEXT NOT NULL,
    time_aggregation TEXT NOT NULL,
    denominator_time_aggregation TEXT,
    slice_aggregation TEXT NOT NULL,
    reason TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_kpi_definitions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_kpi_definitions_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_kpi_definitions_unit CHECK (unit IN
        ('number', 'money', 'share', 'percentage_points')),
    CONSTRAINT ck_kpi_definitions_direction CHECK (direction IN ('up', 'down', 'band')),
    CONSTRAINT ck_kpi_definitions_form CHECK (form IN ('simple', 'ratio')),
    CONSTRAINT ck_kpi_definitions_time_aggregation CHECK (time_aggregation IN {AGGREGATIONS}),
    CONSTRAINT ck_kpi_definitions_denominator_time_aggregation
        CHECK (denominator_time_aggregation IN {AGGREGATIONS}),
    CONSTRAINT ck_kpi_definitions_slice_aggregation CHECK (slice_aggregation IN
        ('sum', 'mean', 'min', 'max', 'none'))
)
"""
TABLES = {
    "kpis": CREATE_KPIS,
    "kpi_viewers": CREATE_VIEWERS,
    "kpi_definitions": CREATE_DEFINITIONS,
}
INDEXES = (
    ("INDEX", "kpis", "name_sort_key", "id"),
    ("INDEX", "kpis", "organization_id", "name_sort_key", "id"),
    ("INDEX", "kpis", "team_id", "name_sort_key", "id"),
    ("INDEX", "kpis", "owner_id", "name_sort_key", "id"),
    ("INDEX", "kpis", "purpose_id", "name_sort_key", "id"),
    ("INDEX", "kpi_viewers", "person_id", "kpi_id"),
    ("UNIQUE INDEX", "kpi_definitions", "kpi_id", "starts_on"),
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
NEW = {
    "kpis:manage": ("goals:manage", "'hr'"),
    "kpis:read": ("goals:read", "'hr', 'tenant_admin', 'analyst'"),
}
"""Each new permission, with the one that a role has to hold, and the roles that get it."""
GRANT = """
INSERT INTO role_grants (tenant_id, id, role_id, permission, population)
SELECT r.tenant_id, gen_random_uuid(), r.id, '{0}', 'everyone'
FROM roles r
WHERE r.is_built_in AND r.key IN ({2}) AND EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id
      AND g.permission = '{1}' AND g.population = 'everyone')
  AND NOT EXISTS (
    SELECT FROM role_grants g
    WHERE g.tenant_id = r.tenant_id AND g.role_id = r.id AND g.permission = '{0}')
"""


def upgrade() -> None:
    """Create the tables, and allow and grant the permissions."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    _allow(*KNOWN, *NEW)
    _change_all(*(GRANT.format(name, *conditions) for name, conditions in NEW.items()))
    _validate()


def downgrade() -> None:
    """Take the permissions from all roles, and drop the tables."""
    _change_all(*(f"DELETE FROM role_grants WHERE permission = '{each}'" for each in NEW))
    _allow(*KNOWN)
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    _validate()


def _change_all(*statements: str) -> None:
    tables = ("roles", "role_grants")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    for each in statements:
        op.execute(each)
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
