"""The registry of tenants, and of the issuers whose tokens identify their members.

Only these tables belong to no tenant. They are read before the tenant of a request is known, so
each statement uses a primary key or a unique index and no row-level security.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import asyncpg

from domain.kernel.identity import TenantId
from domain.tenants import TenantRegistration, TenantStatus
from persistence.kernel.pools import Connection, Pool, borrow

ConnectionSource: TypeAlias = "Pool | Connection"


@dataclass(frozen=True)
class TenantRecord:
    """A tenant in the registry; its settings are rows of the tenant itself."""

    id: TenantId
    slug: str
    status: str
    created_at: datetime


@dataclass(frozen=True)
class Issuer:
    """An issuer of tokens for the members of one tenant.

    Its keys are in `key_set`, a JSON Web Key Set as text, or are published at `key_set_uri`.
    """

    name: str
    tenant_id: TenantId
    tenant_slug: str
    audience: str
    algorithms: frozenset[str]
    key_set_uri: str | None = None
    key_set: str | None = None
    subject_claim: str = "sub"


class TenantRegistry:
    """Reads the registry through a pool or one connection."""

    def __init__(self, source: ConnectionSource) -> None:
        self._source = source

    async def find_issuers(self, names: Sequence[str]) -> tuple[Issuer, ...]:
        """Return the issuers with these names; unknown names are left out."""
        async with self._borrow_connection() as connection:
            return tuple(
                _build_issuer(row) for row in await connection.fetch(SELECT_ISSUERS, names)
            )

    async def find_tenant(self, slug: str) -> TenantRecord | None:
        """Return the tenant with this slug, or None."""
        async with self._borrow_connection() as connection:
            row = await connection.fetchrow(SELECT_TENANT, slug)
        return None if row is None else _build_tenant(row)

    async def list_tenants(self) -> tuple[TenantRecord, ...]:
        """Return all tenants in the order of their slugs."""
        async with self._borrow_connection() as connection:
            return tuple(_build_tenant(row) for row in await connection.fetch(SELECT_TENANTS))

    def _borrow_connection(self) -> AbstractAsyncContextManager[Connection]:
        source = self._source
        return borrow(source) if isinstance(source, asyncpg.Pool) else nullcontext(source)


async def register_issuer(connection: Connection, issuer: Issuer) -> None:
    """Add or update an issuer. Raises ValueError if it belongs to another tenant."""
    returned_issuer = await connection.fetchval(
        UPSERT_ISSUER,
        issuer.name,
        issuer.tenant_id,
        issuer.audience,
        " ".join(sorted(issuer.algorithms)),
        issuer.key_set_uri,
        issuer.key_set,
        issuer.subject_claim,
    )
    if returned_issuer is None:
        raise ValueError(
            f"The issuer {issuer.name!r} belongs to another tenant. Choose another name."
        )


async def add_tenant(connection: Connection, tenant: TenantRegistration) -> bool:
    """Add a tenant; return False if its slug is taken."""
    return (
        await connection.fetchval(INSERT_TENANT, tenant.id, tenant.slug, tenant.status) is not None
    )


async def update_status(
    connection: Connection, tenant: TenantRegistration, expected_status: TenantStatus
) -> bool:
    """Update a tenant's status; return False if it is not `expected_status` any more."""
    return (
        await connection.fetchval(UPDATE_STATUS, tenant.id, tenant.status, expected_status)
        is not None
    )


SELECT_ISSUERS = """
SELECT i.issuer, i.tenant_id, t.slug, i.audience, i.algorithms, i.key_set_uri, i.key_set,
       i.subject_claim
FROM directory.issuers AS i JOIN directory.tenants AS t ON t.id = i.tenant_id
WHERE i.issuer = ANY($1::text[])
"""

SELECT_TENANT = "SELECT id, slug, status, created_at FROM directory.tenants WHERE slug = $1"

SELECT_TENANTS = "SELECT id, slug, status, created_at FROM directory.tenants ORDER BY slug"

UPSERT_ISSUER = """
INSERT INTO directory.issuers AS known
       (issuer, tenant_id, audience, algorithms, key_set_uri, key_set, subject_claim, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
ON CONFLICT (issuer) DO UPDATE
SET audience = excluded.audience, algorithms = excluded.algorithms,
    key_set_uri = excluded.key_set_uri, key_set = excluded.key_set,
    subject_claim = excluded.subject_claim
WHERE known.tenant_id = excluded.tenant_id
RETURNING issuer
"""


INSERT_TENANT = """
INSERT INTO directory.tenants (id, slug, status, created_at) VALUES ($1, $2, $3, now())
ON CONFLICT (slug) DO NOTHING RETURNING id
"""

UPDATE_STATUS = (
    "UPDATE directory.tenants SET status = $2 WHERE id = $1 AND status = $3 RETURNING id"
)


def _build_issuer(row: asyncpg.Record) -> Issuer:
    return Issuer(
        name=row["issuer"],
        tenant_id=row["tenant_id"],
        tenant_slug=row["slug"],
        audience=row["audience"],
        algorithms=frozenset(row["algorithms"].split()),
        key_set_uri=row["key_set_uri"],
        key_set=row["key_set"],
        subject_claim=row["subject_claim"],
    )


def _build_tenant(row: asyncpg.Record) -> TenantRecord:
    return TenantRecord(row["id"], row["slug"], row["status"], row["created_at"])
