"""Work e-mails, employee numbers and codes are compared in a folded form, in a column of its own.

Stored addresses are in that form already. Where two numbers or codes of a tenant differ only by
case, both stay as they are. The oldest object is found by the folded form; the others get their id
behind it, until somebody changes them. The force of row-level security is taken off (see 0005).
"""

import unicodedata

import sqlalchemy as sa

from alembic import context, op

revision = "0011"
down_revision = "0010"

COLUMNS = (
    ("people", "work_email"),
    ("people", "employee_number"),
    ("organizations", "code"),
)
CASELESS = COLUMNS[1:]

FOLD_ADDRESSES = "UPDATE people SET work_email_folded = work_email WHERE work_email IS NOT NULL"
FOLD_ASCII = """
UPDATE {table} SET {column}_folded = lower({column} COLLATE "C")
WHERE octet_length({column}) = char_length({column})
"""
SELECT_OTHERS = """
SELECT tenant_id, id, {column} AS text FROM {table}
WHERE octet_length({column}) > char_length({column})
"""
FOLD_OTHER = """
UPDATE {table} SET {column}_folded = :folded WHERE tenant_id = :tenant_id AND id = :id
"""
SEPARATE_DUPLICATES = """
UPDATE {table} SET {column}_folded = {column}_folded || chr(31) || {table}.id
FROM (
    SELECT tenant_id, id,
           row_number() OVER (PARTITION BY tenant_id, {column}_folded ORDER BY id) AS number
    FROM {table} WHERE {column}_folded IS NOT NULL
) ranked
WHERE ranked.number > 1 AND ranked.tenant_id = {table}.tenant_id AND ranked.id = {table}.id
"""

NEW_INDEXES = (
    ("uq_people_employee_number_folded", "UNIQUE", "people (tenant_id, employee_number_folded)"),
    ("ix_people_employee_number", "", "people (tenant_id, employee_number)"),
    (
        "uq_people_work_email_folded",
        "UNIQUE",
        "people (tenant_id, work_email_folded) WHERE left_on IS NULL",
    ),
    ("ix_people_work_email_folded", "", "people (tenant_id, work_email_folded)"),
    ("uq_organizations_code_folded", "UNIQUE", "organizations (tenant_id, code_folded)"),
    ("ix_organizations_code_id", "", "organizations (tenant_id, code, id)"),
)
OLD_INDEXES = (
    ("uq_people_work_email", "UNIQUE", "people (tenant_id, work_email) WHERE left_on IS NULL"),
    ("ix_people_work_email", "", "people (tenant_id, work_email)"),
)
OLD_CONSTRAINTS = (
    ("people", "uq_people_employee_number", "employee_number"),
    ("organizations", "uq_organizations_code", "code"),
)


def upgrade() -> None:
    """Add and fill the columns, and move the unique indexes to them."""
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column}_folded TEXT")
    op.execute("SET LOCAL statement_timeout = 0")
    for table in ("people", "organizations"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(FOLD_ADDRESSES)
    for table, column in CASELESS:
        _fold_column(table, column)
    for table in ("people", "organizations"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _replace_indexes(OLD_INDEXES, NEW_INDEXES)
    for table, name, _ in OLD_CONSTRAINTS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")


def downgrade() -> None:
    """Drop the columns, and restore the indexes."""
    for table, name, column in OLD_CONSTRAINTS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (tenant_id, {column})")
    _replace_indexes(NEW_INDEXES, OLD_INDEXES)
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {column}_folded")


def _fold_column(table: str, column: str) -> None:
    names = {"table": table, "column": column}
    op.execute(FOLD_ASCII.format(**names))
    if not context.is_offline_mode():
        connection = op.get_bind()
        for row in connection.execute(sa.text(SELECT_OTHERS.format(**names))).all():
            values = {"folded": _fold(row.text), "tenant_id": row.tenant_id, "id": row.id}
            connection.execute(sa.text(FOLD_OTHER.format(**names)), values)
    op.execute(SEPARATE_DUPLICATES.format(**names))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _replace_indexes(
    old: tuple[tuple[str, str, str], ...], new: tuple[tuple[str, str, str], ...]
) -> None:
    """Build the new indexes before the old ones go, without blocking writes."""
    with op.get_context().autocommit_block():
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        for name, unique, place in new:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE {unique} INDEX CONCURRENTLY IF NOT EXISTS {name} ON {place}")
        for name, _, _ in old:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")
