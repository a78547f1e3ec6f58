"""Texts that Python derives: search words, and the forms in which texts are compared and sorted.

A migration cannot compute them, because it imports no live code. So `trellis migrate` brings them
up to date afterwards, for each tenant whose texts another version has derived. Serving goes on: a
batch of rows is locked while it is compared with what is stored, and only differences are written.
"""

import unicodedata
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from persistence.concept import CONCEPTS, Concept
from persistence.kernel.collation import COLLATION_VERSION, DEFAULT_LOCALE
from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.mapping.registry import MAPPINGS, EntityMapping
from persistence.kernel.pools import Connection, connect
from persistence.kernel.schema.derived_columns import Derivation
from persistence.kernel.search_words import list_index_words
from persistence.kernel.sort_keys import list_sorted_mappings, load_locale, rebuild_batch

TEXT_VERSION = f"1 unicode {unicodedata.unidata_version} {COLLATION_VERSION}"
"""The version of what is derived. Raise the number when a function derives something else."""

BATCH_SIZE = 500
"""Rows in one transaction."""

DUPLICATE_MARK = "\x1f"
"""No text that is given contains it: it separates the id of an object with a code in use."""

SELECT_STALE_TENANTS = """
SELECT id FROM directory.tenants
WHERE (text_version <> $1 OR text_version = '') AND database IS NULL ORDER BY id
"""
MARK_TENANT = "UPDATE directory.tenants SET text_version = $2 WHERE id = $1"
SELECT_BATCH = """
SELECT it.id, {columns},
       ARRAY(SELECT word FROM words
             WHERE words.tenant_id = $1 AND words.entity = $2 AND words.entity_id = it.id) AS words
FROM {table} it WHERE it.tenant_id = $1 AND it.id > $3 ORDER BY it.id LIMIT $4
FOR NO KEY UPDATE
"""
INSERT_WORDS = count_inserted("""
INSERT INTO words (tenant_id, entity, entity_id, word)
SELECT $1, $2, new.id, new.word FROM unnest($3::uuid[], $4::text[]) AS new (id, word)
ON CONFLICT DO NOTHING
""")
DELETE_WORDS = """
DELETE FROM words USING unnest($3::uuid[], $4::text[]) AS old (id, word)
WHERE words.tenant_id = $1 AND words.entity = $2 AND words.entity_id = old.id
AND words.word = old.word
"""


async def refresh_texts(owner_url: str, *, in_all_tenants: bool = False) -> int:
    """Derive texts again in the tenants where another version has derived them, or in all tenants.

    Returns the number of tenants. The address is that of the role that owns the schema.
    """
    connection = await connect(owner_url)
    version = "" if in_all_tenants else TEXT_VERSION
    try:
        stale = [row["id"] for row in await connection.fetch(SELECT_STALE_TENANTS, version)]
        for tenant_id in stale:
            await refresh_tenant(connection, tenant_id)
            await connection.execute(MARK_TENANT, tenant_id, TEXT_VERSION)
        return len(stale)
    finally:
        await connection.close()


async def refresh_tenant(connection: Connection, tenant_id: UUID) -> None:
    """Derive the texts of one tenant again."""
    for concept in CONCEPTS.values():
        await _TextRefresher(connection, tenant_id, concept).refresh()
    for mapping in list_sorted_mappings():
        await _refresh_sort_keys(connection, tenant_id, mapping)


async def _refresh_sort_keys(
    connection: Connection, tenant_id: UUID, mapping: EntityMapping
) -> None:
    """Compute the sort keys of all rows of a table, a batch in each transaction."""
    last: UUID | None = UUID(int=0)
    while last is not None:
        async with _enter_tenant(connection, tenant_id):
            locale = await load_locale(connection, tenant_id)
            last = await rebuild_batch(connection, tenant_id, mapping, locale, last)


@asynccontextmanager
async def _enter_tenant(connection: Connection, tenant_id: UUID) -> AsyncIterator[None]:
    """Begin a transaction in a tenant whose statements may take long."""
    async with connection.transaction():
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        await connection.execute("SET LOCAL statement_timeout = 0")
        yield


@dataclass
class _TextRefresher:
    """Derives the words and folded texts of one concept's objects again, in one tenant."""

    connection: Connection
    tenant_id: UUID
    concept: Concept

    def __post_init__(self) -> None:
        mapping = MAPPINGS[self.concept.aggregate]
        self.derivations = {
            name: each for name, each in mapping.derivations.items() if each.fold is not None
        }
        self.searched = self.concept.aggregate.SEARCH_ATTRIBUTES
        sources = (each.attribute for each in self.derivations.values())
        names = dict.fromkeys((*self.searched, *sources, *self.derivations))
        self.select = SELECT_BATCH.format(
            columns=", ".join(f"it.{each}" for each in names), table=self.concept.table.name
        )

    async def refresh(self) -> None:
        """Go through all objects, a batch in each transaction."""
        last: UUID | None = UUID(int=0) if self.searched or self.derivations else None
        while last is not None:
            async with _enter_tenant(self.connection, self.tenant_id):
                last = await self._refresh_batch(last)

    async def _refresh_batch(self, after: UUID) -> UUID | None:
        """Refresh the objects after an id; return the last one of a full batch."""
        name = self.concept.aggregate.NAME
        rows = await self.connection.fetch(self.select, self.tenant_id, name, after, BATCH_SIZE)
        new = {(row["id"], word) for row in rows for word in self._list_words(row)}
        old = {(row["id"], word) for row in rows for word in row["words"]}
        for statement, words in ((DELETE_WORDS, old - new), (INSERT_WORDS, new - old)):
            if words:
                await self.connection.execute(
                    statement, self.tenant_id, name, *map(list, zip(*words, strict=True))
                )
        for row in rows:
            for column, derivation in self.derivations.items():
                await self._refresh_column(row, column, derivation)
        return rows[-1]["id"] if len(rows) == BATCH_SIZE else None

    def _list_words(self, row: asyncpg.Record) -> Iterable[str]:
        return frozenset[str]().union(
            *(list_index_words(row[name] or "") for name in self.searched)
        )

    async def _refresh_column(
        self, row: asyncpg.Record, column: str, derivation: Derivation
    ) -> None:
        text = row[derivation.attribute]
        derived = None if text is None else derivation.derive(text, DEFAULT_LOCALE)
        stored = row[column]
        is_marked = stored is not None and stored.partition(DUPLICATE_MARK)[0] == derived
        if stored == derived or is_marked:
            return
        table = self.concept.table.name
        update = f"UPDATE {table} SET {column} = $3 WHERE tenant_id = $1 AND id = $2"
        try:
            async with self.connection.transaction():
                await self.connection.execute(update, self.tenant_id, row["id"], derived)
        except asyncpg.UniqueViolationError:
            marked = f"{derived}{DUPLICATE_MARK}{row['id']}"
            await self.connection.execute(update, self.tenant_id, row["id"], marked)
