"""Action items, and the to-dos of people."""

from alembic import op

revision = "0033"
down_revision = "0032"

CREATE_ACTION_ITEMS = """
CREATE TABLE action_items (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    owner_id UUID NOT NULL,
    creator_id UUID,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    note TEXT,
    kpi_id UUID,
    goal_id UUID,
    CONSTRAINT pk_action_items PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_action_items_owner_id FOREIGN KEY(tenant_id, owner_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_action_items_creator_id FOREIGN KEY(tenant_id, creator_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_action_items_kpi_id FOREIGN KEY(tenant_id, kpi_id)
        REFERENCES kpis (tenant_id, id),
    CONSTRAINT fk_action_items_goal_id FOREIGN KEY(tenant_id, goal_id)
        REFERENCES goals (tenant_id, id),
    CONSTRAINT ck_action_items_status CHECK (status IN ('open', 'completed', 'cancelled'))
)
"""
CREATE_TODOS = """
CREATE TABLE todos (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    kind TEXT NOT NULL,
    due_on DATE NOT NULL,
    entity TEXT NOT NULL,
    subject_id UUID NOT NULL,
    CONSTRAINT pk_todos PRIMARY KEY (tenant_id, id)
)
"""
TABLES = {"action_items": CREATE_ACTION_ITEMS, "todos": CREATE_TODOS}
INDEXES = (
    ("action_items", "due_on", "id"),
    ("action_items", "owner_id", "due_on", "id"),
    ("action_items", "creator_id", "due_on", "id"),
    ("action_items", "kpi_id", "due_on", "id"),
    ("action_items", "goal_id", "due_on", "id"),
    ("todos", "person_id", "due_on", "id"),
    ("todos", "subject_id"),
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
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
