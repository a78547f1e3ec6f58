"""Cloning a tenant as a sandbox: its configuration, perhaps with made-up people.

The statement that reads a table replaces what names or describes people, so their texts never
leave the database. What a table contains decides (contents.py): texts of configuration stay, every
other text is made up unless its column is listed here. So a new column of people's work is made up
without being mentioned.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection
from persistence.kernel.schema.tables import KeyedJson
from persistence.registry import people
from persistence.tenant_lifecycle.contents import Content, get_content
from persistence.tenant_rows import (
    BATCH_SIZE,
    enter_tenant,
    insert_rows,
    is_self_referencing,
    list_tenant_tables,
)
from persistence.tenants import tenants

PEOPLE = people.people
FOLDED, SORT_KEY = "_folded", "_sort_key"

KEPT = frozenset(
    {("people", "time_zone"), ("kpi_review_entries", "period"), ("jobs", "stated_facts")}
)
"""Texts of people's work that are names of things, and never words of a person."""

FREE_TEXTS = frozenset({"reason", "skip_reason"})
"""Columns of configuration with words about a change. They are made up, too."""

MARK = "upper(left(md5('{salt}' || t.id), 16))"
PERSON_TEXTS = {
    "given_name": "'Person'",
    "family_name": MARK,
    "name": f"'Person ' || {MARK}",
    "work_email": f"'person-' || lower({MARK}) || '@sandbox.invalid' || left(t.work_email, 0)",
    "employee_number": f"'N-' || {MARK} || left(t.employee_number, 0)",
}
"""SQL of what names a person, by column; null stays null."""

MADE_UP = "CASE t.{0} WHEN '' THEN '' ELSE 'Text ' || left(md5('{{salt}}' || t.{0}), 12) END"
"""Equal texts stay equal and others differ, also across tables. Nobody can guess the salt."""

EMPTY_JSON = "CASE WHEN t.{0} IS NULL THEN NULL ELSE '{1}'::jsonb END"
SELECT = "SELECT row_to_json(c) FROM (SELECT {0} FROM {1} t WHERE t.tenant_id = $1) c"
SET_NAME = "UPDATE tenants SET name = $2, field_owners = '{}' WHERE tenant_id = $1"


@dataclass
class TenantClone:
    """A clone that is being made, in a transaction that has entered the source.

    The target is a connection to the database of the new tenant, as the owner of the schema.
    """

    source: Connection
    target: Connection
    source_id: TenantId
    target_id: TenantId
    with_people: bool
    admin_id: UUID | None = None
    salt: str = field(default_factory=token_hex)

    async def copy_settings(self, name: str) -> int:
        """Copy the configuration that names nobody; return the number of rows."""
        tables = [each for each in self._list_tables() if not _reaches_people(each)]
        count = await self._copy(tables)
        async with self.target.transaction():
            await enter_tenant(self.target, self.target_id)
            await self.target.execute(SET_NAME, self.target_id, name)
        return count

    async def copy_rest(self, admin_id: UUID) -> int:
        """Copy the other tables; what must have an owner, and has none here, gets the admin."""
        self.admin_id = admin_id
        return await self._copy([each for each in self._list_tables() if _reaches_people(each)])

    def _list_tables(self) -> Iterator[Table]:
        kinds = {Content.CONFIGURATION} | ({Content.PEOPLE} if self.with_people else set())
        return (each for each in list_tenant_tables() if get_content(each) in kinds)

    async def _copy(self, tables: list[Table]) -> int:
        count = 0
        async with self.target.transaction():
            await enter_tenant(self.target, self.target_id)
            for table in tables:
                count += await self._copy_table(table)
        return count

    async def _copy_table(self, table: Table) -> int:
        columns = ", ".join(f"{self._build_value(table, each)} AS {each.name}" for each in table.c)
        sql = SELECT.format(columns, table.name).replace("{salt}", self.salt)
        count, batch = 0, list[bytes]()
        may_split = not is_self_referencing(table)
        async for row in self.source.cursor(sql, self.source_id, prefetch=BATCH_SIZE):
            batch.append(row[0])
            count += 1
            if may_split and len(batch) == BATCH_SIZE:
                await insert_rows(self.target, table, self.target_id, batch)
                batch = []
        if batch:
            await insert_rows(self.target, table, self.target_id, batch)
        return count

    def _build_value(self, table: Table, column: Column[Any]) -> str:
        """Return the SQL of a column of the clone."""
        if column.name == "tenant_id" or (table is tenants and column.name == "id"):
            return f"'{self.target_id}'::uuid"
        referred = _find_referred(table, column)
        if referred is not None and not self._is_copied(referred):
            assert column.nullable or referred is PEOPLE, f"{table.name}.{column.name} needs a row."
            return "NULL::uuid" if column.nullable else f"'{self.admin_id}'::uuid"
        return build_text(table, column) or f"t.{column.name}"

    def _is_copied(self, table: Table) -> bool:
        content = get_content(table)
        return content is Content.CONFIGURATION or (content is Content.PEOPLE and self.with_people)


def build_text(table: Table, column: Column[Any]) -> str | None:
    """Return the SQL of what a text or JSON becomes; None if it stays, or for other types.

    `{salt}` stands for the salt of the clone.
    """
    name = column.name
    if isinstance(column.type, KeyedJson):
        return EMPTY_JSON.format(name, "{}")
    if not isinstance(column.type, Text | JSONB) or (table.name, name) in KEPT:
        return None
    is_configuration = get_content(table) is Content.CONFIGURATION
    if is_configuration and name not in FREE_TEXTS:
        return None
    if isinstance(column.type, JSONB):
        return EMPTY_JSON.format(name, "[]")
    base = name.removesuffix(SORT_KEY).removesuffix(FOLDED)
    text = (PERSON_TEXTS.get(base) if table is PEOPLE else None) or MADE_UP.format(base)
    return f"lower({text})" if name.endswith(FOLDED) else text


def _find_referred(table: Table, column: Column[Any]) -> Table | None:
    """Return the table that a column refers to, beside the tenant."""
    for constraint in table.foreign_key_constraints:
        if column.name in constraint.column_keys:
            return constraint.referred_table
    return None


def _reaches_people(table: Table, *seen: Table) -> bool:
    """Return whether a row may need a person, directly or by what it refers to."""
    if table is PEOPLE:
        return True
    referred = {each.referred_table for each in table.foreign_key_constraints}
    return any(_reaches_people(each, table, *seen) for each in referred - {table, *seen})
