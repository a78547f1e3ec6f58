"""Names have a sort key in the order of the tenant's locale, by which lists are sorted.

The keys are empty at first, so until `trellis migrate` has derived them, lists are in the order of
the ids. A process of the previous release leaves them empty as well.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

COLUMNS = (
    ("people", "name"),
    ("people", "given_name"),
    ("people", "family_name"),
    ("organizations", "name"),
    ("teams", "name"),
    ("roles", "name"),
)
NEW_INDEXES = (
    ("people", ("name_sort_key", "id")),
    ("people", ("family_name_sort_key", "given_name_sort_key", "id")),
    ("people", ("organization_id", "name_sort_key", "id")),
    ("organizations", ("name_sort_key", "id")),
    ("organizations", ("parent_id", "name_sort_key", "id")),
    ("teams", ("name_sort_key", "id")),
    ("teams", ("organization_id", "name_sort_key", "id")),
    ("teams", ("parent_id", "name_sort_key", "id")),
    ("roles", ("name_sort_key", "id")),
)
OLD_INDEXES = (
    ("people", ("family_name", "given_name", "id")),
    ("people", ("organization_id", "name", "id")),
    ("organizations", ("name", "id")),
    ("organizations", ("parent_id", "name", "id")),
    ("teams", ("name", "id")),
    ("teams", ("organization_id", "name", "id")),
    ("teams", ("parent_id", "name", "id")),
    ("roles", ("name", "id")),
)


def upgrade() -> None:
    """Add the columns, and build their indexes before the old ones go."""
    for table, name in COLUMNS:
        column = f"""{name}_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL"""
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column}")
    op.execute("UPDATE directory.tenants SET text_version = ''")
    _replace_indexes(OLD_INDEXES, NEW_INDEXES)


def downgrade() -> None:
    """Restore the indexes, and drop the columns."""
    _replace_indexes(NEW_INDEXES, OLD_INDEXES)
    for table, name in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {name}_sort_key")


def _replace_indexes(
    old: tuple[tuple[str, tuple[str, ...]], ...], new: tuple[tuple[str, tuple[str, ...]], ...]
) -> None:
    """Replace indexes without blocking writes."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        for table, columns in new:
            name = f"ix_{table}_{'_'.join(columns)}"
            place = f"{table} (tenant_id, {', '.join(columns)})"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {place}")
        for table, columns in old:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_{table}_{'_'.join(columns)}")
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
