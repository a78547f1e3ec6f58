"""Move a tenant to another database, or go on with a move that was interrupted."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from asyncpg import PostgresError

import persistence.registry  # noqa: F401 - declares every table
from api.commands.console import ProgressCallback
from api.commands.database_url import HOME, Database
from api.commands.tenants import find_tenant
from domain.kernel.errors import StateConflict
from persistence.kernel.pools import Connection, open_connection
from persistence.tenant_move import (
    Place,
    TenantMove,
    activate,
    count_rows,
    lock_move,
    remove_rows,
    require_current_revision,
)
from persistence.tenant_registry import TenantRecord


@dataclass
class MoveResult:
    """What a move did: from where to where, and for how many seconds nothing could be changed.

    `source` is None if the tenant lived there already, so that only the rest was done.
    """

    source: str | None
    target: str
    read_only_seconds: float = 0.0
    cleaned: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MovePlan:
    """What a move would do: from where to where, with how many rows."""

    source: str
    target: str
    row_count: int


@dataclass
class Places:
    """The databases with a connection as their owner, each opened on first use."""

    database: Database
    home: Connection
    stack: AsyncExitStack
    _opened: dict[str, Place] = field(default_factory=dict)

    async def open(self, name: str) -> Place:
        """Return a database. Raises NotFound."""
        if name not in self._opened:
            connection = self.home
            if name != HOME:
                url = self.database.find(name).required_owner_url
                connection = await self.stack.enter_async_context(open_connection(url))
            self._opened[name] = Place(name, connection, self.home)
        return self._opened[name]


async def plan_move(database: Database, slug: str, to: str) -> MovePlan:
    """Check that a tenant can be moved, and return what would be done. Raises NotFound."""
    async with _open_places(database, slug) as (tenant, places):
        source, target = await places.open(tenant.database or HOME), await places.open(to)
        for each in (source, target):
            await require_current_revision(each)
        return MovePlan(source.name, to, await count_rows(source, tenant.id))


async def move_tenant(
    database: Database, slug: str, to: str, report: ProgressCallback, *, keeps_rows: bool = False
) -> MoveResult:
    """Move a tenant, or do what is left of a move that was interrupted.

    With `keeps_rows` the rows of other databases are not removed. Raises NotFound, Invalid if the
    copy differs, and StateConflict while another command moves the tenant.
    """
    async with _open_places(database, slug) as (tenant, places):
        target, result = await places.open(to), MoveResult(None, to)
        if (tenant.database or HOME) != to:
            source = await places.open(tenant.database or HOME)
            move, result.source = TenantMove(tenant, source, target, report), source.name
            await move.prepare()
            began = time.monotonic()
            await move.switch()
            await activate(target, tenant.id)
            result.read_only_seconds = time.monotonic() - began
        else:
            await activate(target, tenant.id)
        if not keeps_rows:
            result.cleaned = await _clean_others(places, tenant, to)
        return result


@asynccontextmanager
async def _open_places(database: Database, slug: str) -> AsyncIterator[tuple[TenantRecord, Places]]:
    """Lock the moves of a tenant, and yield it with all databases."""
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(open_connection(database.required_owner_url))
        await stack.enter_async_context(lock_move(home, await find_tenant(home, slug)))
        yield await find_tenant(home, slug), Places(database, home, stack)


async def _clean_others(places: Places, tenant: TenantRecord, to: str) -> list[str]:
    """Remove the tenant's rows everywhere else; return the names of databases that had some."""
    cleaned, failures = [], []
    for name in places.database.all:
        if name != to:
            try:
                if await remove_rows(await places.open(name), tenant.id):
                    cleaned.append(name)
            except (OSError, PostgresError) as error:
                failures.append(f"{name} ({type(error).__name__})")
    if failures:
        raise StateConflict(
            f"{tenant.slug} lives in {to}. Whether rows are left in {', '.join(failures)} is not"
            " known. Run the command again when it can be reached."
        )
    return cleaned
