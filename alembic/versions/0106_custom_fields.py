"""Custom fields: their definitions, and their values of people."""

from alembic import op

revision = "0106"
down_revision = "0105"

CREATE_FIELDS = """
CREATE TABLE custom_fields (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    object_type TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    readers TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT,
    writers TEXT NOT NULL,
    is_required BOOLEAN NOT NULL,
    max_length INTEGER,
    least NUMERIC,
    most NUMERIC,
    options JSONB NOT NULL,
    max_choices INTEGER NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_custom_fields PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_custom_fields_object_type_key UNIQUE (tenant_id, object_type, key),
    CONSTRAINT ck_custom_fields_object_type CHECK (object_type IN ('person', 'team', 'goal')),
    CONSTRAINT ck_custom_fields_type CHECK (type IN ('text', 'number', 'boolean', 'date',
        'choice')),
    CONSTRAINT ck_custom_fields_readers CHECK (readers IN ('everybody', 'managers', 'hr')),
    CONSTRAINT ck_custom_fields_writers CHECK (writers IN ('editors', 'hr')),
    CONSTRAINT ck_custom_fields_status CHECK (status IN ('active', 'archived'))
)
"""
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
COLUMNS = ("custom_values", "custom_values_of_managers", "custom_values_of_hr")


def upgrade() -> None:
    """Create the table, and add the values; nobody has any."""
    op.execute(CREATE_FIELDS)
    for each in PROTECTION:
        op.execute(each.format("custom_fields"))
    for column in COLUMNS:
        op.execute(f"ALTER TABLE people ADD COLUMN {column} JSONB NOT NULL DEFAULT '{{}}'")


def downgrade() -> None:
    """Drop the table and the values."""
    for column in COLUMNS:
        op.execute(f"ALTER TABLE people DROP COLUMN {column}")
    op.execute("DROP TABLE custom_fields")
