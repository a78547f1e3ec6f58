"""Verifying the seals of a tenant's journal, and reading the last one, to keep it elsewhere."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Record

from domain.kernel.audit_chain import (
    INSERT_SEALS,
    LAST_SEAL,
    REWRITING_EVENTS,
    REWRITTEN,
    UNSEALED,
    ChainVerifier,
    Seal,
    SealedEntry,
)
from persistence.kernel import journal_seals as seals
from persistence.kernel.clocks import Clock, select_number
from persistence.kernel.pools import Connection
from persistence.unit_of_work.declared_statements import declare_statement

declare_statement(LAST_SEAL, seals.SELECT_LAST_SEAL)
declare_statement(REWRITTEN, seals.SELECT_REWRITTEN, "limit")
declare_statement(UNSEALED, seals.SELECT_UNSEALED, "after", "limit")
declare_statement(
    INSERT_SEALS,
    seals.INSERT_SEALS,
    *(each for each in Seal._fields if each != "rewritten_at"),
)

BATCH_SIZE = 1_000
SELECT_SEALED = f"""
SELECT s.position, s.number, s.salt, s.content_hash, s.hash, s.rewritten_at, s.cause_at,
       {seals.FIXED}, {seals.CONTENT}, j.action, j.recorded_at, {seals.IS_RESTORED} AS is_restored,
       NOT EXISTS (SELECT FROM journal_seals l WHERE l.tenant_id = $1 AND l.number = s.number
                   AND l.position > s.position) AS is_last,
       j.id IS NULL AS is_missing
FROM journal_seals s LEFT JOIN journal j ON j.tenant_id = $1 AND j.number = s.number
WHERE s.tenant_id = $1 AND s.position > $2 ORDER BY s.position LIMIT $3
"""
SELECT_REST = f"""
SELECT j.number, j.action, j.recorded_at, {seals.IS_RESTORED} AS is_restored
FROM journal j WHERE j.tenant_id = $1 AND j.number > $2 ORDER BY j.number
"""
SELECT_HEAD = """
SELECT position, hash FROM journal_seals WHERE tenant_id = $1 ORDER BY position DESC LIMIT 1
"""
SELECT_CLOCK = select_number(Clock.JOURNAL, "$1")
SELECT_EXTRA = """
SELECT j.number FROM journal j WHERE j.tenant_id = $1 AND j.number <= $2 AND NOT EXISTS (
    SELECT FROM journal_seals s WHERE s.tenant_id = $1 AND s.number = j.number)
ORDER BY j.number
"""


@dataclass(frozen=True)
class ChainHead:
    """The last seal of a tenant: all seals before it follow from its hash."""

    position: int
    hash: str


@dataclass
class ChainReport:
    """What a verification found: the faults, and how many entries are sealed, or not yet."""

    head: ChainHead
    faults: list[str] = field(default_factory=list)
    sealed: int = 0
    rewritten: int = 0
    unsealed: int = 0


async def read_head(connection: Connection, tenant_id: UUID) -> ChainHead:
    """Return the last seal; its position is 0 where nothing is sealed yet."""
    row = await connection.fetchrow(SELECT_HEAD, tenant_id)
    return ChainHead(0, "") if row is None else ChainHead(row[0], row[1].hex())


async def verify_chain(
    connection: Connection, tenant_id: UUID, known: ChainHead | None = None
) -> ChainReport:
    """Compare all entries of a tenant with their seals, in one snapshot of the database.

    `known` is a head of an earlier day, which has to be in the chain.
    """
    verifier = ChainVerifier()
    async for seal, entry, row in _stream_seals(connection, tenant_id):
        verifier.add(seal, entry, is_last=row["is_last"], is_restored=bool(row["is_restored"]))
        if seal.cause_at is None and row["action"] in REWRITING_EVENTS:
            verifier.add_cause(row["recorded_at"])
        if known == ChainHead(seal.position, seal.hash.hex()):
            known = None
    if known is not None and known.position <= verifier.position:
        verifier.faults.append(f"The seal at position {known.position} has another hash.")
    if known is not None and verifier.position < known.position:
        verifier.faults.append(f"The seals after position {verifier.position} are missing.")
    for (number,) in await connection.fetch(SELECT_EXTRA, tenant_id, verifier.sealed_number):
        verifier.faults.append(f"Entry {number} was inserted.")
    rest = await connection.fetch(SELECT_REST, tenant_id, verifier.sealed_number)
    for row in rest:
        verifier.add_number(row["number"], is_restored=row["is_restored"])
        if row["action"] in REWRITING_EVENTS:
            verifier.add_cause(row["recorded_at"])
    verifier.finish(await connection.fetchval(SELECT_CLOCK, tenant_id) or 0)
    return ChainReport(
        ChainHead(verifier.position, verifier.hash.hex() if verifier.position else ""),
        verifier.faults,
        verifier.sealed_number,
        verifier.rewritten_count,
        len(rest),
    )


async def _stream_seals(
    connection: Connection, tenant_id: UUID
) -> AsyncIterator[tuple[Seal, SealedEntry | None, Record]]:
    """Yield each seal with its entry, and the row of both."""
    position = 0
    while rows := await connection.fetch(SELECT_SEALED, tenant_id, position, BATCH_SIZE):
        for row in rows:
            seal = Seal(*row[:7])
            entry = None if row["is_missing"] else SealedEntry(seal.number, *row[7:9])
            yield seal, entry, row
        position = rows[-1]["position"]
