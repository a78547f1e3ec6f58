"""A check-in is about a day, and can correct another one.

The day of the check-ins that exist is that of their moment in the tenant's time zone, and all their
values count as reported. A process of the previous release checks in for the day of the database.
The force of row-level security is taken off for this one transaction (see 0005).
"""

from uuid import UUID

from alembic import op

revision = "0018"
down_revision = "0017"

ADD_COLUMNS = (
    "ALTER TABLE check_ins ADD COLUMN effective_on DATE NOT NULL DEFAULT '-infinity'",
    "ALTER TABLE check_ins ALTER COLUMN effective_on SET DEFAULT CURRENT_DATE",
    "ALTER TABLE check_ins ADD COLUMN first_recorded_at TIMESTAMPTZ NOT NULL DEFAULT '-infinity'",
    "ALTER TABLE check_ins ALTER COLUMN first_recorded_at SET DEFAULT now()",
    "ALTER TABLE check_ins ADD COLUMN corrects_id UUID",
    "ALTER TABLE check_ins ADD COLUMN reason TEXT",
    "ALTER TABLE check_in_values ADD COLUMN is_reported BOOLEAN NOT NULL DEFAULT true",
    (
        "ALTER TABLE tenants ADD COLUMN check_in_backdating_days INTEGER NOT NULL DEFAULT 31"
        " CONSTRAINT ck_tenants_check_in_backdating_days"
        " CHECK (check_in_backdating_days BETWEEN 0 AND 366)"
    ),
)
DROP_COLUMNS = (
    "ALTER TABLE tenants DROP COLUMN check_in_backdating_days",
    "ALTER TABLE check_in_values DROP COLUMN is_reported",
    "ALTER TABLE check_ins DROP COLUMN reason",
    "ALTER TABLE check_ins DROP COLUMN corrects_id",
    "ALTER TABLE check_ins DROP COLUMN first_recorded_at",
    "ALTER TABLE check_ins DROP COLUMN effective_on",
)
FILL = """
UPDATE check_ins SET
    effective_on = (recorded_at AT TIME ZONE coalesce((
        SELECT t.time_zone FROM tenants t
        WHERE t.tenant_id = check_ins.tenant_id
          AND t.time_zone IN (SELECT name FROM pg_timezone_names)), 'UTC'))::date,
    first_recorded_at = recorded_at
"""
FOREIGN_KEY = "fk_check_ins_corrects_id"
OLD_INDEXES = (("INDEX", "ix", ("goal_id", "recorded_at", "id")),)
NEW_INDEXES = (
    ("INDEX", "ix", ("goal_id", "effective_on", "first_recorded_at", "id")),
    ("UNIQUE INDEX", "uq", ("corrects_id",)),
)
Indexes = tuple[tuple[str, str, tuple[str, ...]], ...]


def upgrade() -> None:
    """Add the columns, fill them, and build the indexes before the old one goes."""
    for each in ADD_COLUMNS:
        op.execute(each)
    tables = ("check_ins", "tenants")
    for each in tables:
        op.execute(f"ALTER TABLE {each} NO FORCE ROW LEVEL SECURITY")
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute(FILL)
    op.execute(
        f"ALTER TABLE check_ins ADD CONSTRAINT {FOREIGN_KEY} FOREIGN KEY (tenant_id, corrects_id)"
        " REFERENCES check_ins (tenant_id, id) NOT VALID"
    )
    for each in tables:
        op.execute(f"ALTER TABLE {each} FORCE ROW LEVEL SECURITY")
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE check_ins VALIDATE CONSTRAINT {FOREIGN_KEY}")
        op.execute("RESET app.tenant_id")
    _replace_indexes(OLD_INDEXES, NEW_INDEXES)


def downgrade() -> None:
    """Restore the index, and drop the columns."""
    _replace_indexes(NEW_INDEXES, OLD_INDEXES)
    op.execute(f"ALTER TABLE check_ins DROP CONSTRAINT {FOREIGN_KEY}")
    for each in DROP_COLUMNS:
        op.execute(each)


def _replace_indexes(old: Indexes, new: Indexes) -> None:
    """Replace indexes without blocking writes."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        for kind, prefix, columns in new:
            name = f"{prefix}_check_ins_{'_'.join(columns)}"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            place = f"check_ins (tenant_id, {', '.join(columns)})"
            op.execute(f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {name} ON {place}")
        for _, prefix, columns in old:
            name = f"{prefix}_check_ins_{'_'.join(columns)}"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
