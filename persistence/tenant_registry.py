"""The registry of tenants, and of the issuers whose tokens identify their members.

Only these tables belong to no tenant. They are read before the tenant of a request is known, so
each statement uses a primary key or a unique index and no row-level security.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from domain.issuers import TokenRules
from domain.kernel.identity import TenantId
from domain.tenants import USUAL_BUDGETS, Budgets, TenantRegistration, TenantStatus
from persistence.kernel.pools import Connection, Pool, borrow

ConnectionSource: TypeAlias = "Pool | Connection"


@dataclass(frozen=True)
class TenantRecord:
    """A tenant in the registry; its settings are rows of the tenant itself."""

    id: TenantId
    slug: str
    status: str
    created_at: datetime
    database: str | None = None
    """The database where it lives; None for the one that was asked."""


@dataclass(frozen=True)
class Issuer:
    """An issuer of tokens for the members of one tenant.

    Its keys are in `key_set`, a JSON Web Key Set as text, or are published at `key_set_uri`. An
    issuer that serves several tenants is one of these for each value of its tenant claim.
    """

    name: str
    tenant_id: TenantId
    tenant_slug: str
    rules: TokenRules
    algorithms: frozenset[str]
    key_set_uri: str | None = None
    key_set: str | None = None
    budgets: Budgets = USUAL_BUDGETS
    """Those of the tenant."""


class TenantRegistry:
    """Reads the registry through a pool or one connection."""

    def __init__(self, source: ConnectionSource) -> None:
        self._source = source

    async def find_issuers(self, names: Sequence[str]) -> tuple[Issuer, ...]:
        """Return the issuers with these names, one for each tenant; others are left out."""
        async with self._borrow_connection() as connection:
            return tuple(build_issuer(row) for row in await connection.fetch(SELECT_ISSUERS, names))

    async def list_issuers(self, tenant_id: TenantId) -> tuple[Issuer, ...]:
        """Return the issuers of a tenant in the order of their names."""
        async with self._borrow_connection() as connection:
            rows = await connection.fetch(SELECT_ISSUERS_OF_TENANT, tenant_id)
        return tuple(map(build_issuer, rows))

    async def find_slugs(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        """Return the slugs of these tenants; unknown ids are left out."""
        async with self._borrow_connection() as connection:
            return {row["id"]: row["slug"] for row in await connection.fetch(SELECT_SLUGS, ids)}

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
    """Add or update an issuer, in a transaction. Raises ValueError if it is another tenant's.

    An issuer belongs to one tenant, or each of its tenants has a value of the tenant claim.
    """
    values = await connection.fetch(SELECT_VALUES_OF_OTHERS, issuer.name, issuer.tenant_id)
    is_shared = issuer.rules.is_shared
    if any(not (each["is_shared"] and is_shared) for each in values):
        raise ValueError(f"The issuer {issuer.name!r} belongs to another tenant.")
    await connection.execute(DELETE_OF_OTHER_KIND, issuer.name, issuer.tenant_id, is_shared)
    returned_issuer = await connection.fetchval(
        UPSERT_ISSUER,
        issuer.name,
        issuer.tenant_id,
        *list_issuer_values(issuer),
        is_shared,
        issuer.rules.key,
    )
    if returned_issuer is None:
        raise ValueError(f"The issuer {issuer.name!r} belongs to another tenant.")


def list_issuer_values(issuer: Issuer) -> tuple[object, ...]:
    """Return what is stored of an issuer beside its name, in the order of the statements."""
    rules = issuer.rules
    return (
        " ".join(sorted(rules.audiences)),
        " ".join(sorted(issuer.algorithms)),
        issuer.key_set_uri,
        issuer.key_set,
        rules.subject_claim,
        rules.preset_name,
        " ".join(sorted(rules.clients)),
        rules.tenant_claim,
        rules.tenant_value,
        rules.max_lifetime,
    )


async def remove_issuer(connection: Connection, tenant_id: TenantId, name: str) -> bool:
    """Remove an issuer of a tenant with all its values; return False if there is none."""
    return bool(await connection.fetch(DELETE_ISSUER, tenant_id, name))


async def add_tenant(
    connection: Connection, tenant: TenantRegistration, location: str | None = None
) -> bool:
    """Add a tenant to the home database; return False if its slug is taken.

    `location` is the name of the database where it lives, None for the home database.
    """
    return await connection.fetchval(INSERT_TENANT, *_list_values(tenant, location)) is not None


async def add_copy(connection: Connection, tenant: TenantRegistration) -> None:
    """Add a tenant to the directory of another database, where it will live.

    The home database decides who has a slug. A row with the same slug was left by an interrupted
    creation, so it is renamed.
    """
    async with connection.transaction():
        await connection.execute(RENAME_ABANDONED, tenant.slug, tenant.id)
        await connection.execute(INSERT_TENANT, *_list_values(tenant, None))


def _list_values(tenant: TenantRegistration, location: str | None) -> tuple[object, ...]:
    budgets = tenant.caller_budget, tenant.tenant_budget
    return tenant.id, tenant.slug, tenant.status, location, tenant.plan, *budgets


async def lock_tenant(connection: Connection, id: TenantId) -> TenantRecord:
    """Return a tenant of the home database, locked until the end of the transaction."""
    (row,) = await connection.fetch(LOCK_TENANT, id)
    return _build_tenant(row)


async def lock_registration(connection: Connection, slug: str) -> TenantRegistration | None:
    """Return a tenant of the home database, locked until the end of the transaction; or None."""
    row = await connection.fetchrow(LOCK_REGISTRATION, slug)
    if row is None:
        return None
    return TenantRegistration(**{**row, "status": TenantStatus(row["status"])})


async def save_registration(connection: Connection, tenant: TenantRegistration) -> None:
    """Update a tenant's status, plan and limits in the directory of one database."""
    await connection.execute(
        UPDATE_REGISTRATION,
        tenant.id,
        tenant.status,
        tenant.plan,
        tenant.caller_budget,
        tenant.tenant_budget,
    )


ISSUERS = """
SELECT i.*, t.slug, t.caller_budget, t.tenant_budget, p.audience AS other_audiences,
       p.clients AS other_clients
FROM directory.issuers AS i JOIN directory.tenants AS t ON t.id = i.tenant_id
LEFT JOIN directory.platform_issuers AS p ON p.issuer = i.issuer
"""

SELECT_ISSUERS = f"""
{ISSUERS} WHERE i.issuer = ANY($1::text[]) AND (i.is_shared OR NOT EXISTS (
    SELECT FROM directory.issuers AS o WHERE o.issuer = i.issuer AND o.is_shared))
"""
"""A name that the operator gave to several tenants is of no tenant alone."""

SELECT_ISSUERS_OF_TENANT = f"{ISSUERS} WHERE i.tenant_id = $1 ORDER BY i.issuer, i.tenant_value"

SELECT_VALUES_OF_OTHERS = """
SELECT is_shared FROM directory.issuers WHERE issuer = $1 AND tenant_id <> $2 FOR UPDATE
"""

DELETE_OF_OTHER_KIND = """
DELETE FROM directory.issuers
WHERE issuer = $1 AND tenant_id = $2 AND is_shared <> $3
"""

DELETE_ISSUER = "DELETE FROM directory.issuers WHERE tenant_id = $1 AND issuer = $2 RETURNING true"

SELECT_SLUGS = "SELECT id, slug FROM directory.tenants WHERE id = ANY($1::uuid[])"

COLUMNS = "id, slug, status, created_at, database"

SELECT_TENANT = f"SELECT {COLUMNS} FROM directory.tenants WHERE slug = $1"

SELECT_TENANTS = f"SELECT {COLUMNS} FROM directory.tenants ORDER BY slug"

UPSERT_ISSUER = """
INSERT INTO directory.issuers AS known
       (issuer, tenant_id, audience, algorithms, key_set_uri, key_set, subject_claim, preset,
        clients, tenant_claim, tenant_value, max_lifetime, is_shared, key, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, now())
ON CONFLICT (issuer, tenant_value) DO UPDATE
SET audience = excluded.audience, algorithms = excluded.algorithms,
    key_set_uri = excluded.key_set_uri, key_set = excluded.key_set,
    subject_claim = excluded.subject_claim, preset = excluded.preset, clients = excluded.clients,
    tenant_claim = excluded.tenant_claim, max_lifetime = excluded.max_lifetime,
    is_shared = excluded.is_shared, key = excluded.key
WHERE known.tenant_id = excluded.tenant_id
RETURNING issuer
"""


LOCK_TENANT = f"SELECT {COLUMNS} FROM directory.tenants WHERE id = $1 FOR UPDATE"

INSERT_TENANT = """
INSERT INTO directory.tenants
    (id, slug, status, database, plan, caller_budget, tenant_budget)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (slug) DO NOTHING RETURNING id
"""

RENAME_ABANDONED = (
    "UPDATE directory.tenants SET slug = 'abandoned-' || id WHERE slug = $1 AND id <> $2"
)

LOCK_REGISTRATION = """
SELECT id, slug, status, database, plan, caller_budget, tenant_budget
FROM directory.tenants WHERE slug = $1 FOR UPDATE
"""

UPDATE_REGISTRATION = """
UPDATE directory.tenants SET status = $2, plan = $3, caller_budget = $4, tenant_budget = $5
WHERE id = $1
"""


def build_issuer(row: asyncpg.Record) -> Issuer:
    """Return the issuer of a row."""
    return Issuer(
        name=row["issuer"],
        tenant_id=row["tenant_id"],
        tenant_slug=row["slug"],
        rules=TokenRules(
            audiences=frozenset(row["audience"].split()),
            preset_name=row["preset"],
            clients=frozenset(row["clients"].split()),
            subject_claim=row["subject_claim"],
            tenant_claim=row["tenant_claim"],
            tenant_value=row["tenant_value"],
            max_lifetime=row["max_lifetime"],
            other_audiences=frozenset((row["other_audiences"] or "").split()),
            other_clients=frozenset((row["other_clients"] or "").split()),
            key=row["key"],
        ),
        algorithms=frozenset(row["algorithms"].split()),
        key_set_uri=row["key_set_uri"],
        key_set=row["key_set"],
        budgets=Budgets(row["caller_budget"], row["tenant_budget"]),
    )


def _build_tenant(row: asyncpg.Record) -> TenantRecord:
    return TenantRecord(*row)
