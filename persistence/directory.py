"""The directory: which tenants there are, and whose tokens speak for which of them.

These few tables are the only ones that belong to no tenant. They are read before a request knows
its tenant, so the statements are plain, and each is answered by a primary key or a unique index.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import asyncpg

from domain.kernel.identity import TenantId
from domain.tenants import TenantRegistration, TenantStatus
from persistence.kernel.engine import lent

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Source: TypeAlias = "asyncpg.Pool[asyncpg.Record] | Connection"


@dataclass(frozen=True)
class ListedTenant:
    """A tenant as the directory lists it; the rest of it is known only inside the tenant."""

    id: TenantId
    slug: str
    status: str
    created_at: datetime


@dataclass(frozen=True)
class Issuer:
    """Somebody whose tokens speak for the people of one tenant.

    The keys are either here (`key_set`, a JSON Web Key Set as text) or published at `key_set_uri`.
    """

    name: str
    tenant_id: TenantId
    tenant_slug: str
    audience: str
    algorithms: frozenset[str]
    key_set_uri: str | None = None
    key_set: str | None = None
    subject_claim: str = "sub"


class Directory:
    """Reads the directory, through a pool or one connection."""

    def __init__(self, source: Source) -> None:
        self._source = source

    async def find_issuers(self, names: Sequence[str]) -> tuple[Issuer, ...]:
        """The issuers of exactly these names, as far as there are any."""
        async with self._connection() as connection:
            return tuple(_issuer(row) for row in await connection.fetch(ISSUERS, names))

    async def tenant(self, slug: str) -> ListedTenant | None:
        """The tenant of this slug."""
        async with self._connection() as connection:
            row = await connection.fetchrow(TENANT, slug)
        return None if row is None else _listed(row)

    async def tenants(self) -> tuple[ListedTenant, ...]:
        """All tenants, by slug."""
        async with self._connection() as connection:
            return tuple(_listed(row) for row in await connection.fetch(TENANTS))

    def _connection(self) -> AbstractAsyncContextManager[Connection]:
        source = self._source
        return lent(source) if isinstance(source, asyncpg.Pool) else nullcontext(source)


async def register(connection: Connection, issuer: Issuer) -> None:
    """Write down an issuer, or what changed about it. It never moves to another tenant."""
    written = await connection.fetchval(
        REGISTER,
        issuer.name,
        issuer.tenant_id,
        issuer.audience,
        " ".join(sorted(issuer.algorithms)),
        issuer.key_set_uri,
        issuer.key_set,
        issuer.subject_claim,
    )
    if written is None:
        raise ValueError(
            f"The issuer {issuer.name!r} speaks for another tenant. Choose another name."
        )


async def enrol(connection: Connection, tenant: TenantRegistration) -> bool:
    """List a new tenant; false where the slug is taken."""
    return await connection.fetchval(ENROL, tenant.id, tenant.slug, tenant.status) is not None


async def restate(connection: Connection, tenant: TenantRegistration, before: TenantStatus) -> bool:
    """Write down a tenant's new status; false where somebody else changed it meanwhile."""
    return await connection.fetchval(RESTATE, tenant.id, tenant.status, before) is not None


ISSUERS = """
SELECT i.issuer, i.tenant_id, t.slug, i.audience, i.algorithms, i.key_set_uri, i.key_set,
       i.subject_claim
FROM directory.issuers AS i JOIN directory.tenants AS t ON t.id = i.tenant_id
WHERE i.issuer = ANY($1::text[])
"""

TENANT = "SELECT id, slug, status, created_at FROM directory.tenants WHERE slug = $1"

TENANTS = "SELECT id, slug, status, created_at FROM directory.tenants ORDER BY slug"

REGISTER = """
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


ENROL = """
INSERT INTO directory.tenants (id, slug, status, created_at) VALUES ($1, $2, $3, now())
ON CONFLICT (slug) DO NOTHING RETURNING id
"""

RESTATE = "UPDATE directory.tenants SET status = $2 WHERE id = $1 AND status = $3 RETURNING id"


def _issuer(row: asyncpg.Record) -> Issuer:
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


def _listed(row: asyncpg.Record) -> ListedTenant:
    return ListedTenant(row["id"], row["slug"], row["status"], row["created_at"])
