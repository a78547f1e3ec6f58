"""Loading: the bench set into an embedded PostgreSQL of its own, once, and kept for the next run.

Rows go in by COPY as the superuser, because COPY knows no row-level security; pointers are checked
afterwards, set by set. Everything that is measured connects as the serving role.
"""

import asyncio
import hashlib
import io
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from sqlalchemy import ForeignKeyConstraint

from api.identity import built_in
from api.settings import Settings
from benchmarks.dataset.goals import goals
from benchmarks.dataset.rows import EPOCH
from benchmarks.dataset.sizes import Part
from benchmarks.dataset.tenants import Tenant, tenant
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team
from persistence.directory import ListedTenant
from persistence.embedded import Addresses, EmbeddedPostgres
from persistence.everything import metadata
from persistence.kernel.mapping import UPKEEP
from persistence.kernel.serving import migrate

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".trellis" / "bench"
SOURCES = (Path(__file__).parent, ROOT / "alembic" / "versions")
"""What the loaded rows depend on: when any of these files changes, they are made anew."""

COMMIT_EVERY = 100
"""Tenants in one transaction, so that thousands of small ones take no thousands of commits."""

LARGE = 10_000
"""From so many people on, PostgreSQL must hear of a new tenant before it plans the closures."""

Connection = asyncpg.Connection


@dataclass(frozen=True)
class Bench:
    """The running bench set."""

    addresses: Addresses
    settings: Settings

    @property
    def superuser(self) -> str:
        """The address for whoever measures, not for what is measured."""
        return self.addresses.owner.replace("//trellis_owner@", "//postgres@", 1)


@contextmanager
def bench_set(parts: Iterable[Part], *, fresh: bool = False) -> Iterator[Bench]:
    """The bench set with at least these parts, for as long as the context lasts."""
    settings = Settings(directory=HOME, database_url=None, serving_url=None)
    with EmbeddedPostgres(HOME) as addresses:
        bench = Bench(addresses, settings)
        if fresh or asyncio.run(_outdated(bench)):
            asyncio.run(_emptied(bench))
        migrate(addresses.owner)
        asyncio.run(_load(bench, tuple(parts)))
        yield bench


async def _outdated(bench: Bench) -> bool:
    """Whether what is there was made by other files than those of today."""
    connection = await asyncpg.connect(bench.superuser)
    try:
        known = await connection.fetchval("SELECT to_regclass('bench.loaded') IS NOT NULL")
        if not known:
            # A migrated database without the marker was left by a run that was interrupted.
            return bool(await connection.fetchval("SELECT to_regclass('goals') IS NOT NULL"))
        versions = await connection.fetch("SELECT DISTINCT version FROM bench.loaded")
        return any(row[0] != _version() for row in versions)
    finally:
        await connection.close()


async def _emptied(bench: Bench) -> None:
    connection = await asyncpg.connect(bench.superuser.replace("@/trellis", "@/postgres", 1))
    try:
        await connection.execute("DROP DATABASE trellis WITH (FORCE)")
        await connection.execute("CREATE DATABASE trellis OWNER trellis_owner")
    finally:
        await connection.close()


def _version() -> str:
    files = sorted(each for source in SOURCES for each in source.glob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]


async def _load(bench: Bench, parts: tuple[Part, ...]) -> None:
    connection = await asyncpg.connect(bench.superuser)
    try:
        await connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
        await connection.execute(MARKER)
        loaded = {row[0] for row in await connection.fetch("SELECT part FROM bench.loaded")}
        missing = [part for part in parts if part.name not in loaded]
        for part in missing:
            began = time.perf_counter()
            await _load_part(connection, bench, part)
            taken = time.perf_counter() - began
            size = f"{part.tenants:,} tenants of {part.people:,} people"
            print(f"Loaded {part.name}: {size}, {taken:.0f} s.", flush=True)
        if missing:
            await _finish(connection, missing)
    finally:
        await connection.close()


async def _load_part(connection: Connection, bench: Bench, part: Part) -> None:
    key = built_in.signing_key(bench.settings)
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    for start in range(0, part.tenants, COMMIT_EVERY):
        async with connection.transaction():
            async for made in _made(part.slugs[start : start + COMMIT_EVERY], part.people):
                await _list(connection, made)
                listed = ListedTenant(made.id, made.slug, "active", EPOCH)  # type: ignore[arg-type]
                await built_in.introduce(connection, listed, key, bench.settings.audience)
                await _copy(connection, made)
    await connection.execute("RESET session_replication_role")


async def _made(slugs: Sequence[str], people: int) -> AsyncIterator[Tenant]:
    """The tenants, each made in a thread while PostgreSQL swallows the one before."""
    coming = [asyncio.to_thread(_whole, slug, people) for slug in slugs]
    ahead = asyncio.create_task(coming[0])
    for following in [*coming[1:], None]:
        made = await ahead
        if following is not None:
            ahead = asyncio.create_task(following)
        yield made


def _whole(slug: str, people: int) -> Tenant:
    made = tenant(slug, people)
    goals(made)
    return made


async def _list(connection: Connection, made: Tenant) -> None:
    await connection.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')",
        made.id,
        made.slug,
    )


async def _copy(connection: Connection, made: Tenant) -> None:
    for table, rows in made.sheets.texts():
        await connection.copy_to_table(table, source=io.BytesIO(rows), format="text")
    if len(made.people) >= LARGE:
        await connection.execute("ANALYZE organizations, teams, reporting_lines")
    for kind, moved in (
        (Organization, made.organizations),
        (Team, made.teams),
        (Person, made.people),
    ):
        await UPKEEP[kind].rebuild(connection, made.id, moved)  # type: ignore[arg-type]


async def _finish(connection: Connection, parts: Iterable[Part]) -> None:
    for table in metadata.sorted_tables:
        for pointer in table.foreign_key_constraints:
            lost = await connection.fetchval(_lost(pointer))
            assert not lost, f"{lost} rows of {table} have no {pointer.referred_table}."
    # Index-only scans need the visibility map, which autovacuum would make in its own time.
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    for part in parts:
        await connection.execute("INSERT INTO bench.loaded VALUES ($1, $2)", part.name, _version())


def _lost(pointer: ForeignKeyConstraint) -> str:
    pairs = [(each.parent.name, each.column.name) for each in pointer.elements]
    ours = " AND ".join(f"c.{name} IS NOT NULL" for name, _ in pairs)
    same = " AND ".join(f"p.{theirs} = c.{name}" for name, theirs in pairs)
    return (
        f"SELECT count(*) FROM {pointer.parent.fullname} c WHERE {ours} AND NOT EXISTS"
        f" (SELECT 1 FROM {pointer.referred_table.fullname} p WHERE {same})"
    )


MARKER = """
CREATE TABLE IF NOT EXISTS bench.loaded (part text PRIMARY KEY, version text NOT NULL)
"""
