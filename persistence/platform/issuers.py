"""The issuers whose tokens identify operators of the platform."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domain.kernel.identity import TenantId
from persistence.kernel.pools import Connection, PoolSource, borrow
from persistence.tenant_registry import Issuer, build_issuer, list_issuer_values

PLATFORM_ID = TenantId(UUID(int=0))
"""Stands for the platform where a caller of a tenant has the tenant. No tenant has this id."""

ISSUERS = """
SELECT p.*, '' AS key, $1::uuid AS tenant_id, '' AS slug, NULL::int AS caller_budget,
       NULL::int AS tenant_budget,
       (SELECT string_agg(DISTINCT i.audience, ' ') FROM directory.issuers i
        WHERE i.issuer = p.issuer) AS other_audiences,
       (SELECT string_agg(DISTINCT i.clients, ' ') FROM directory.issuers i
        WHERE i.issuer = p.issuer) AS other_clients
FROM directory.platform_issuers p
"""

SELECT_ISSUERS = f"{ISSUERS} WHERE p.issuer = ANY($2::text[])"

LIST_ISSUERS = f"{ISSUERS} ORDER BY p.issuer"

UPSERT_ISSUER = """
INSERT INTO directory.platform_issuers
       (issuer, audience, algorithms, key_set_uri, key_set, subject_claim, preset, clients,
        tenant_claim, tenant_value, max_lifetime)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (issuer) DO UPDATE
SET audience = excluded.audience, algorithms = excluded.algorithms,
    key_set_uri = excluded.key_set_uri, key_set = excluded.key_set,
    subject_claim = excluded.subject_claim, preset = excluded.preset, clients = excluded.clients,
    tenant_claim = excluded.tenant_claim, tenant_value = excluded.tenant_value,
    max_lifetime = excluded.max_lifetime
"""

DELETE_ISSUER = "DELETE FROM directory.platform_issuers WHERE issuer = $1 RETURNING true"


class PlatformIssuers:
    """The registry of the platform's issuers, read through its own pool."""

    def __init__(self, directory: PoolSource) -> None:
        self._directory = directory

    async def find_issuers(self, names: Sequence[str]) -> tuple[Issuer, ...]:
        """Return the issuers with these names; others are left out."""
        async with borrow(self._directory) as connection:
            rows = await connection.fetch(SELECT_ISSUERS, PLATFORM_ID, names)
        return tuple(map(build_issuer, rows))


async def list_platform_issuers(connection: Connection) -> tuple[Issuer, ...]:
    """Return the platform's issuers in the order of their names."""
    rows: list[asyncpg.Record] = await connection.fetch(LIST_ISSUERS, PLATFORM_ID)
    return tuple(map(build_issuer, rows))


async def register_platform_issuer(connection: Connection, issuer: Issuer) -> None:
    """Add an issuer of the platform, or change it."""
    await connection.execute(UPSERT_ISSUER, issuer.name, *list_issuer_values(issuer))


async def remove_platform_issuer(connection: Connection, name: str) -> bool:
    """Remove an issuer of the platform; return False if there is none."""
    return await connection.fetchval(DELETE_ISSUER, name) is not None
