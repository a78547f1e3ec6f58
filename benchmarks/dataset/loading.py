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

from api.identity import built_in_issuer
from api.settings import Settings
from benchmarks.dataset.goals import add_goals
from benchmarks.dataset.rows import EPOCH
from benchmarks.dataset.sizes import DatasetPart
from benchmarks.dataset.tenants import Tenant, build_tenant
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team
from persistence.embedded import DatabaseUrls, EmbeddedPostgres
from persistence.kernel.mapping.registry import CLOSURE_MAINTENANCE
from persistence.kernel.schema.migrations import migrate
from persistence.registry import metadata
from persistence.tenant_registry import TenantRecord

ROOT = Path(__file__).resolve().parents[2]
BENCH_DIRECTORY = ROOT / ".trellis" / "bench"
SOURCES = (Path(__file__).parent, ROOT / "alembic" / "versions")
"""What the loaded rows depend on: when any of these files changes, they are made anew."""

BATCH_SIZE = 100
"""Tenants in one transaction, so that thousands of small ones take no thousands of commits."""

ANALYZE_THRESHOLD = 10_000
"""From so many people on, PostgreSQL must hear of a new tenant before it plans the closures."""

Connection = asyncpg.Connection


@dataclass(frozen=True)
class BenchDatabase:
    """The running bench set."""

    addresses: DatabaseUrls
    settings: Settings

    @property
    def superuser_url(self) -> str:
        """The address for whoever measures, not for what is measured."""
        return self.addresses.owner.replace("//trellis_owner@", "//postgres@", 1)


@contextmanager
def open_bench_database(
    parts: Iterable[DatasetPart], *, is_fresh: bool = False
) -> Iterator[BenchDatabase]:
    """The bench set with at least these parts, for as long as the context lasts."""
    settings = Settings(directory=BENCH_DIRECTORY, database_url=None, serving_url=None)
    with EmbeddedPostgres(BENCH_DIRECTORY) as addresses:
        bench = BenchDatabase(addresses, settings)
        if is_fresh or asyncio.run(_is_outdated(bench)):
            asyncio.run(_recreate_database(bench))
        migrate(addresses.owner)
        asyncio.run(_load_parts(bench, tuple(parts)))
        yield bench


async def _is_outdated(bench: BenchDatabase) -> bool:
    """Whether what is there was made by other files than those of today."""
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        has_marker = await connection.fetchval("SELECT to_regclass('bench.loaded') IS NOT NULL")
        if not has_marker:
            # A migrated database without the marker was left by a run that was interrupted.
            return bool(await connection.fetchval("SELECT to_regclass('goals') IS NOT NULL"))
        versions = await connection.fetch("SELECT DISTINCT version FROM bench.loaded")
        return any(row[0] != _hash_sources() for row in versions)
    finally:
        await connection.close()


async def _recreate_database(bench: BenchDatabase) -> None:
    connection = await asyncpg.connect(bench.superuser_url.replace("@/trellis", "@/postgres", 1))
    try:
        await connection.execute("DROP DATABASE trellis WITH (FORCE)")
        await connection.execute("CREATE DATABASE trellis OWNER trellis_owner")
    finally:
        await connection.close()


def _hash_sources() -> str:
    files = sorted(each for source in SOURCES for each in source.glob("*.py"))
    return hashlib.sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]


async def _load_parts(bench: BenchDatabase, parts: tuple[DatasetPart, ...]) -> None:
    connection = await asyncpg.connect(bench.superuser_url)
    try:
        await connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
        await connection.execute(MARKER_TABLE_SQL)
        loaded = {row[0] for row in await connection.fetch("SELECT part FROM bench.loaded")}
        missing = [part for part in parts if part.name not in loaded]
        for part in missing:
            began = time.perf_counter()
            await _load_part(connection, bench, part)
            elapsed = time.perf_counter() - began
            size = f"{part.tenant_count:,} tenants of {part.person_count:,} people"
            print(f"Loaded {part.name}: {size}, {elapsed:.0f} s.", flush=True)
        if missing:
            await _verify_and_vacuum(connection, missing)
    finally:
        await connection.close()


async def _load_part(connection: Connection, bench: BenchDatabase, part: DatasetPart) -> None:
    key = built_in_issuer.load_signing_key(bench.settings)
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    for start in range(0, part.tenant_count, BATCH_SIZE):
        async with connection.transaction():
            async for tenant_rows in _build_tenants(
                part.slugs[start : start + BATCH_SIZE], part.person_count
            ):
                await _register_tenant(connection, tenant_rows)
                registered_tenant = TenantRecord(tenant_rows.id, tenant_rows.slug, "active", EPOCH)  # type: ignore[arg-type]
                await built_in_issuer.register_tenant(
                    connection, registered_tenant, key, bench.settings.audience
                )
                await _copy_rows(connection, tenant_rows)
    await connection.execute("RESET session_replication_role")


async def _build_tenants(slugs: Sequence[str], person_count: int) -> AsyncIterator[Tenant]:
    """The tenants, each made in a thread while PostgreSQL swallows the one before."""
    pending = [asyncio.to_thread(_build_tenant_with_goals, slug, person_count) for slug in slugs]
    ahead = asyncio.create_task(pending[0])
    for following in [*pending[1:], None]:
        finished = await ahead
        if following is not None:
            ahead = asyncio.create_task(following)
        yield finished


def _build_tenant_with_goals(slug: str, person_count: int) -> Tenant:
    new_tenant = build_tenant(slug, person_count)
    add_goals(new_tenant)
    return new_tenant


async def _register_tenant(connection: Connection, tenant_rows: Tenant) -> None:
    await connection.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, 'active')",
        tenant_rows.id,
        tenant_rows.slug,
    )


async def _copy_rows(connection: Connection, tenant_rows: Tenant) -> None:
    for table, rows in tenant_rows.rows.iterate_copy_data():
        await connection.copy_to_table(table, source=io.BytesIO(rows), format="text")
    if len(tenant_rows.people) >= ANALYZE_THRESHOLD:
        await connection.execute("ANALYZE organizations, teams, reporting_lines")
    for kind, ids in (
        (Organization, tenant_rows.organizations),
        (Team, tenant_rows.teams),
        (Person, tenant_rows.people),
    ):
        await CLOSURE_MAINTENANCE[kind].rebuild(connection, tenant_rows.id, ids)  # type: ignore[arg-type]


async def _verify_and_vacuum(connection: Connection, parts: Iterable[DatasetPart]) -> None:
    for table in metadata.sorted_tables:
        for foreign_key in table.foreign_key_constraints:
            orphan_count = await connection.fetchval(_build_orphans_sql(foreign_key))
            assert not orphan_count, (
                f"{orphan_count} rows of {table} have no {foreign_key.referred_table}."
            )
    # Index-only scans need the visibility map, which autovacuum would make in its own time.
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    for part in parts:
        await connection.execute(
            "INSERT INTO bench.loaded VALUES ($1, $2)", part.name, _hash_sources()
        )


def _build_orphans_sql(foreign_key: ForeignKeyConstraint) -> str:
    pairs = [(each.parent.name, each.column.name) for each in foreign_key.elements]
    ours = " AND ".join(f"c.{name} IS NOT NULL" for name, _ in pairs)
    same = " AND ".join(f"p.{theirs} = c.{name}" for name, theirs in pairs)
    return (
        f"SELECT count(*) FROM {foreign_key.parent.fullname} c WHERE {ours} AND NOT EXISTS"
        f" (SELECT 1 FROM {foreign_key.referred_table.fullname} p WHERE {same})"
    )


MARKER_TABLE_SQL = """
CREATE TABLE IF NOT EXISTS bench.loaded (part text PRIMARY KEY, version text NOT NULL)
"""
