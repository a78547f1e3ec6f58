"""Changes of rights that a second admin approves, and the setting that requires it."""

from alembic import op

revision = "0126"
down_revision = "0125"

PERMISSIONS = (
    "audit:read",
    "directory:read",
    "employment:manage",
    "employment:read",
    "feedback:read_authors",
    "goals:manage",
    "goals:read",
    "issuers:manage",
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
LISTED = ", ".join(f"'{each}'" for each in PERMISSIONS)

TABLES = {
    "access_requests": """
CREATE TABLE access_requests (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind TEXT NOT NULL,
    requester_id UUID NOT NULL,
    member_id UUID,
    person_id UUID,
    role_id UUID,
    organization_id UUID,
    starts_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    reason TEXT NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    decided_by_id UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_access_requests PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_access_requests_requester_id FOREIGN KEY(tenant_id, requester_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_access_requests_member_id FOREIGN KEY(tenant_id, member_id)
        REFERENCES members (tenant_id, id),
    CONSTRAINT fk_access_requests_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_access_requests_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_access_requests_decided_by_id FOREIGN KEY(tenant_id, decided_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT ck_access_requests_kind
        CHECK (kind IN ('assign_role', 'set_grants', 'end_approval')),
    CONSTRAINT ck_access_requests_status
        CHECK (status IN ('pending', 'approved', 'refused', 'withdrawn', 'expired'))
)
""",
    "access_request_grants": f"""
CREATE TABLE access_request_grants (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    access_request_id UUID NOT NULL,
    permission TEXT NOT NULL,
    population TEXT NOT NULL,
    organization_id UUID,
    kpi_id UUID,
    CONSTRAINT pk_access_request_grants PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_access_request_grants_organization_id FOREIGN KEY(tenant_id, organization_id)
        REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_access_request_grants_access_request_id
        FOREIGN KEY(tenant_id, access_request_id)
        REFERENCES access_requests (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_access_request_grants_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT ck_access_request_grants_permission CHECK (permission IN ({LISTED})),
    CONSTRAINT ck_access_request_grants_population CHECK (population IN ('everyone',
        'organization', 'teams_led', 'reporting_chain', 'self', 'kpi'))
)
""",
    "access_request_approvers": """
CREATE TABLE access_request_approvers (
    tenant_id UUID NOT NULL,
    access_request_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_access_request_approvers PRIMARY KEY (tenant_id, access_request_id, person_id),
    CONSTRAINT fk_access_request_approvers_access_request_id
        FOREIGN KEY(tenant_id, access_request_id)
        REFERENCES access_requests (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_access_request_approvers_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id)
)
""",
}
INDEXES = {
    "access_requests": (
        "created_at, id",
        "status, role_id",
        "requester_id",
        "person_id",
        "decided_by_id",
        "member_id",
        "organization_id",
    ),
    "access_request_grants": (
        "access_request_id, permission, id",
        "organization_id",
        "kpi_id",
    ),
    "access_request_approvers": ("person_id, access_request_id",),
}


def upgrade() -> None:
    """Create the tables, and the setting, which is off."""
    for table, statement in TABLES.items():
        op.execute(statement)
        _protect(table)
        for columns in INDEXES[table]:
            name = f"ix_{table}_{columns.replace(', ', '_')}"
            op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {columns})")
    op.execute(
        "ALTER TABLE tenants ADD COLUMN requires_second_admin BOOLEAN NOT NULL DEFAULT false"
    )


def downgrade() -> None:
    """Drop the setting and the tables."""
    op.execute("ALTER TABLE tenants DROP COLUMN requires_second_admin")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")


def _protect(table: str) -> None:
    """Let rows be seen and changed in their tenant only."""
    own = "tenant_id = current_setting('app.tenant_id')::uuid"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} ALTER COLUMN tenant_id SET (n_distinct=10)")
    op.execute(f"CREATE POLICY own_rows ON {table} USING ({own}) WITH CHECK ({own})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO trellis_app")
