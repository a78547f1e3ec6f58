"""What is known of service clients before a request has rights: keys, networks and status.

Each function is one transaction in the client's tenant, wherever it lives.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import orjson

from domain.kernel.identity import TenantId
from domain.service_clients import (
    ClientId,
    Lane,
    Network,
    ServiceClientStatus,
    parse_networks,
)
from domain.tenants import USUAL_BUDGETS, Budgets, TenantStatus
from persistence.kernel.error_translation import translate_errors
from persistence.kernel.location import BorrowingAtHome, require_here
from persistence.kernel.pools import Connection, PoolSource
from persistence.kernel.transaction import Transaction

Result = TypeVar("Result")

ACQUIRE_TIMEOUT = 2.0

_SELECT_CLIENT = """
SELECT d.slug, d.status AS tenant_status, d.database, d.caller_budget, d.tenant_budget,
       s.status, s.lane, s.allowed_networks,
       (SELECT json_agg(json_build_array(k.id, k.secret_hash, k.public_key, k.expires_at))
        FROM service_client_keys k
        WHERE k.tenant_id = $1 AND k.service_client_id = s.id) AS keys
FROM directory.tenants d LEFT JOIN service_clients s ON s.tenant_id = $1 AND s.id = $2
WHERE d.id = $1
"""

_RECORD_USE = """
INSERT INTO service_client_key_uses AS known (tenant_id, key_id, used_at)
SELECT $1, k.id, $3 FROM service_client_keys k WHERE k.tenant_id = $1 AND k.id = $2
ON CONFLICT (tenant_id, key_id) DO UPDATE SET used_at = excluded.used_at
WHERE known.used_at < excluded.used_at
RETURNING true
"""

_PURGE_ASSERTIONS = """
DELETE FROM service_client_assertions
WHERE tenant_id = $1 AND service_client_id = $2 AND expires_at < $3
"""

_CLAIM_ASSERTION = """
INSERT INTO service_client_assertions (tenant_id, service_client_id, token_hash, expires_at)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true
"""


@dataclass(frozen=True)
class KnownKey:
    """A key of a service client that has not been revoked: a hash, or a public key."""

    id: UUID
    secret_hash: str | None
    public_key: str | None
    expires_at: datetime


@dataclass(frozen=True)
class KnownClient:
    """A service client that may sign in, and from where."""

    client: ClientId
    tenant_slug: str
    lane: Lane
    networks: tuple[Network, ...]
    keys: tuple[KnownKey, ...]
    budgets: Budgets = USUAL_BUDGETS


@dataclass(frozen=True)
class ClientDirectory:
    """The service clients of all tenants."""

    pool: PoolSource

    async def find_client(self, client: ClientId) -> KnownClient | None:
        """Return a client; None where it, its tenant or the client of this name may not sign in."""

        async def select(connection: Connection) -> KnownClient | None:
            row = await connection.fetchrow(_SELECT_CLIENT, client.tenant_id, client.id)
            require_here(row["database"] if row else None)
            return _build_client(client, dict(row)) if row is not None else None

        return await self._run(client.tenant_id, select)

    async def record_use(self, tenant_id: TenantId, key_id: UUID, at: datetime) -> None:
        """Store when a key was used, unless it was revoked meanwhile."""

        async def write(connection: Connection) -> None:
            await connection.fetchval(_RECORD_USE, tenant_id, key_id, at)

        await self._run(tenant_id, write)

    async def claim_assertion(
        self, client: ClientId, token_hash: str, expires_at: datetime, now: datetime
    ) -> bool:
        """Return whether an assertion is used for the first time; from now on it is not."""

        async def write(connection: Connection) -> bool:
            await connection.execute(_PURGE_ASSERTIONS, client.tenant_id, client.id, now)
            values = client.tenant_id, client.id, token_hash, expires_at
            return await connection.fetchval(_CLAIM_ASSERTION, *values) is not None

        return await self._run(client.tenant_id, write)

    async def _run(
        self, tenant_id: TenantId, operation: Callable[[Connection], Awaitable[Result]]
    ) -> Result:
        async def perform(connection: Connection) -> Result:
            transaction = Transaction(tenant_id, connection)
            found = await operation(await transaction.begin())
            await transaction.commit()
            return found

        with translate_errors():
            async with BorrowingAtHome(self.pool, tenant_id, perform, ACQUIRE_TIMEOUT) as found:
                return found


def _build_client(client: ClientId, row: Mapping[str, Any]) -> KnownClient | None:
    if row["tenant_status"] != TenantStatus.ACTIVE or row["status"] != ServiceClientStatus.ACTIVE:
        return None
    return KnownClient(
        client=client,
        tenant_slug=row["slug"],
        lane=Lane(row["lane"]),
        networks=parse_networks(orjson.loads(row["allowed_networks"])),
        keys=tuple(_build_keys(orjson.loads(row["keys"] or "[]"))),
        budgets=Budgets(row["caller_budget"], row["tenant_budget"]),
    )


def _build_keys(rows: Collection[Any]) -> list[KnownKey]:
    keys = (
        KnownKey(UUID(id), secret_hash, public_key, datetime.fromisoformat(expires_at))
        for id, secret_hash, public_key, expires_at in rows
    )
    return sorted(keys, key=lambda each: each.id)
