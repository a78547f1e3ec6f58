"""The journal stores what access rules looked at, and what is deleted leaves a tombstone.

An entry from before gets, for each attribute, the value that the attribute has today, if it has
not changed since. Otherwise the value then is unknown and left out, and satisfies no rule. Roles
that were deleted get a tombstone, for their rules look at no attribute. Goals that were deleted get
none, so their entries stay hidden. The force of row-level security is taken off (see 0005).
"""

from alembic import op

revision = "0007"
down_revision = "0006"

CREATE_TABLE = """
CREATE TABLE tombstones (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    entity TEXT NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    access_facts JSONB NOT NULL,
    CONSTRAINT pk_tombstones PRIMARY KEY (tenant_id, id)
)
"""
PROTECTION = (
    "ALTER TABLE tombstones ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tombstones FORCE ROW LEVEL SECURITY",
    "ALTER TABLE tombstones ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON tombstones"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT ON tombstones TO trellis_app",
)
ADD_COLUMN = """
ALTER TABLE journal ADD COLUMN access_facts JSONB DEFAULT '[{}]' NOT NULL
"""

VIEWERS = """
ARRAY(SELECT link.person_id FROM goal_viewers link
      WHERE link.tenant_id = subject.tenant_id AND link.goal_id = subject.id
      ORDER BY CAST(link.person_id AS text))
"""
STATUS = """
CASE WHEN subject.status = 'draft' OR EXISTS (
    SELECT FROM journal earlier
    WHERE earlier.tenant_id = journal.tenant_id AND earlier.entity = journal.entity
      AND earlier.entity_id = journal.entity_id AND earlier.id < journal.id
      AND earlier.action = 'activated'
) THEN to_jsonb(subject.status) END
"""
"""A goal never becomes a draft again, and the rules ask for no more than whether it is one."""

ATTRIBUTES = {
    ("goal", "goals"): (
        ("owner_person_id", "subject.owner_person_id"),
        ("owner_team_id", "subject.owner_team_id"),
        ("owner_organization_id", "subject.owner_organization_id"),
        ("visibility", "subject.visibility"),
        ("viewer_ids", VIEWERS),
    ),
    ("person", "people"): (("organization_id", "subject.organization_id"),),
    ("team", "teams"): (("organization_id", "subject.organization_id"),),
    ("member", "members"): (("person_id", "subject.person_id"),),
}
"""What the rules look at, with the SQL of its present value, by entity and table."""

FILL_FACTS = """
UPDATE journal SET access_facts = jsonb_build_array(jsonb_strip_nulls(
    jsonb_build_object({values})
))
FROM {table} subject
WHERE journal.entity = '{entity}' AND subject.tenant_id = journal.tenant_id
  AND subject.id = journal.entity_id
"""
VALUE_IF_UNCHANGED = """
CASE WHEN NOT EXISTS (
    SELECT FROM journal later
    WHERE later.tenant_id = journal.tenant_id AND later.entity = journal.entity
      AND later.entity_id = journal.entity_id AND later.id >= journal.id
      AND later.changes ? '{attribute}' AND EXISTS (
          SELECT FROM journal earlier
          WHERE earlier.tenant_id = later.tenant_id AND earlier.entity = later.entity
            AND earlier.entity_id = later.entity_id AND earlier.id < later.id)
) THEN to_jsonb({value}) END
"""

BURY_ROLES = """
INSERT INTO tombstones (tenant_id, id, entity, deleted_at, access_facts)
SELECT tenant_id, entity_id, entity, max(recorded_at), '{}' FROM journal
WHERE entity = 'role' AND action = 'deleted'
GROUP BY tenant_id, entity_id, entity
"""


def upgrade() -> None:
    """Create the table and the column, and fill in what is known of the past."""
    for statement in (CREATE_TABLE, *PROTECTION, ADD_COLUMN):
        op.execute(statement)
    tables = ("journal", "goal_viewers", "tombstones", *(table for _, table in ATTRIBUTES))
    # A journal of millions of entries takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for (entity, table), attributes in ATTRIBUTES.items():
        op.execute(FILL_FACTS.format(entity=entity, table=table, values=_values(attributes)))
    op.execute(BURY_ROLES)
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop the facts and the tombstones."""
    op.execute("ALTER TABLE journal DROP COLUMN access_facts")
    op.execute("DROP TABLE tombstones")


def _values(attributes: tuple[tuple[str, str], ...]) -> str:
    values = {
        name: VALUE_IF_UNCHANGED.format(attribute=name, value=value) for name, value in attributes
    }
    if "visibility" in values:
        values["status"] = STATUS
    return ", ".join(f"'{name}', {value}" for name, value in values.items())
