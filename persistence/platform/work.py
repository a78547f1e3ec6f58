"""The unit of work of the platform: one transaction in the directory, and units in tenants.

The transaction ends after those of the tenants. If it fails, a tenant has an entry of something
that was not done, and never the reverse; the act can be repeated.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from domain.kernel.errors import Code, Invalid, NotFound
from domain.kernel.identity import TenantId, generate_id
from domain.platform import Act, Erasure, Operator, OperatorRole, TenantFile, TenantOperation
from domain.provisioning import build_provisioning_actor
from domain.tenants import TenantRegistration
from persistence import tenant_erasures
from persistence.kernel.error_translation import translate_errors
from persistence.kernel.pools import Connection, borrow
from persistence.platform import files, operations
from persistence.platform.databases import HOME, PlatformDatabases
from persistence.tenant_registry import add_copy, add_tenant, lock_registration, save_registration
from persistence.unit_of_work.idempotency_keys import RETENTION, IdempotencyKey
from persistence.unit_of_work.work import Work, work

ACQUIRE_TIMEOUT = 5.0
"""Seconds for which an act waits for a connection."""

INSERT_ENTRY = """
INSERT INTO directory.platform_audit_log
    (id, act, operator_id, tenant_id, tenant_slug, subject_id, changes, recorded_at, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

UPSERT_OPERATOR = """
INSERT INTO directory.operators AS known (id, issuer, subject, name, role)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (issuer, subject) DO UPDATE
SET name = excluded.name, role = excluded.role, removed_at = NULL
WHERE known.removed_at IS NOT NULL
RETURNING id
"""

UPDATE_OPERATOR = """
UPDATE directory.operators SET name = $2, role = $3, removed_at = $4 WHERE id = $1
"""

SLUG_EXISTS = "SELECT EXISTS (SELECT FROM directory.tenants WHERE slug = $1)"

SELECT_OPERATOR = """
SELECT id, issuer, subject, name, role, removed_at FROM directory.operators
WHERE id = $1 AND removed_at IS NULL FOR UPDATE
"""

LOCK_OWNERS = """
SELECT id FROM directory.operators WHERE role = 'owner' AND removed_at IS NULL
ORDER BY id FOR UPDATE
"""

RESERVE_KEY = """
INSERT INTO directory.platform_keys (operator_id, key, fingerprint, subject_id, created_at)
VALUES ($1, $2, $3, $1, $4) ON CONFLICT DO NOTHING RETURNING true
"""

SELECT_KEY = """
SELECT fingerprint, subject_id FROM directory.platform_keys WHERE operator_id = $1 AND key = $2
"""

COMPLETE_KEY = """
UPDATE directory.platform_keys SET subject_id = $3 WHERE operator_id = $1 AND key = $2
"""

PURGE_KEYS = """
DELETE FROM directory.platform_keys WHERE operator_id = $1 AND created_at < $2
"""


@dataclass
class DirectoryWork:
    """The implementation of `domain.platform.PlatformWork`."""

    operator: Operator | None
    now: datetime
    request_id: str | None
    connection: Connection = field(repr=False)
    """In the directory of the home database, inside the transaction."""
    databases: PlatformDatabases = field(repr=False)

    # -- tenants ----------------------------------------------------------------------------

    async def lock_tenant(self, slug: str) -> TenantRegistration:
        """Return a tenant, locked until the end. Raises NotFound."""
        tenant = await lock_registration(self.connection, slug)
        if tenant is None:
            raise NotFound(f"There is no tenant {slug}.", "slug")
        return tenant

    async def add_tenant(self, tenant: TenantRegistration) -> None:
        """Add a tenant. Nobody sees it before the end. Raises Invalid if its slug is taken."""
        own = self.databases.find_directory(tenant.database)
        if not await add_tenant(self.connection, tenant, tenant.database):
            message = f"The slug {tenant.slug} is taken. Choose another."
            raise Invalid(message, "slug", code=Code.NOT_UNIQUE)
        if tenant.database is not HOME:
            async with borrow(own, None, ACQUIRE_TIMEOUT) as connection:
                await add_copy(connection, tenant)

    async def save_tenant(self, tenant: TenantRegistration) -> None:
        """Store status, plan and limits of a tenant, in each directory that has it.

        The home directory comes last: if that fails, the act can be repeated.
        """
        if tenant.database is not HOME:
            own = self.databases.find_directory(tenant.database)
            async with borrow(own, None, ACQUIRE_TIMEOUT) as connection:
                await save_registration(connection, tenant)
        await save_registration(self.connection, tenant)

    def enter(self, tenant: TenantRegistration) -> AbstractAsyncContextManager[Work]:
        """Open a unit of work in a tenant, with all permissions and without a person."""
        actor = build_provisioning_actor(tenant.id, self.now.date())
        pool = self.databases.find_tenants(tenant.database)
        return work(pool, actor, now=self.now, request_id=self.request_id)

    def require_database(self, name: str | None) -> None:
        """Raise NotFound unless a database with this name is configured; None is the home one."""
        self.databases.find_directory(name)

    async def is_slug_taken(self, slug: str) -> bool:
        """Return whether a tenant has this slug."""
        return bool(await self.connection.fetchval(SLUG_EXISTS, slug))

    # -- deletions --------------------------------------------------------------------------

    async def add_erasure(self, erasure: Erasure) -> None:
        """Schedule a deletion."""
        await tenant_erasures.add_erasure(self.connection, erasure)

    async def find_erasure(self, slug: str) -> Erasure | None:
        """Return the deletion of a tenant; the one that is not done, else the last one."""
        return await tenant_erasures.find_erasure(self.connection, slug)

    async def cancel_erasure(self, tenant_id: TenantId) -> bool:
        """Give up a deletion; return False if it has begun."""
        return await tenant_erasures.cancel(self.connection, tenant_id, self.now)

    # -- operations and files ---------------------------------------------------------------

    async def lock_operations(self) -> None:
        """Let nobody else begin an operation, until the end."""
        await operations.lock_operations(self.connection)

    async def find_open_operation(self, slug: str) -> str | None:
        """Return the kind of an operation of a tenant that has not ended, or None."""
        return await operations.find_open_operation(self.connection, slug)

    async def add_operation(self, operation: TenantOperation) -> None:
        """Add an operation, which a worker takes after the end."""
        await operations.add_operation(
            self.connection,
            operation,
            operator_id=None if self.operator is None else self.operator.id,
            request_id=self.request_id,
            now=self.now,
        )

    async def count_uploads(self) -> int:
        """Return how many files were sent and are kept."""
        return await files.count_uploads(self.connection, self.now)

    async def add_file(self, file: TenantFile) -> None:
        """Add a file."""
        await files.add_file(self.connection, file)

    async def find_file(self, id: UUID) -> TenantFile | None:
        """Return a file, or None; locked until the end."""
        return await files.find_file(self.connection, id, is_locked=True)

    # -- operators --------------------------------------------------------------------------

    async def find_operator(self, id: UUID) -> Operator:
        """Return an operator who was not removed. Raises NotFound."""
        row = await self.connection.fetchrow(SELECT_OPERATOR, id)
        if row is None:
            raise NotFound("There is no such operator.", "id")
        return build_operator(row)

    async def lock_owners(self) -> int:
        """Lock the owners, and return their number."""
        return len(await self.connection.fetch(LOCK_OWNERS))

    async def add_operator(self, operator: Operator) -> None:
        """Add an operator, or bring back a removed one, with the former id. Raises Invalid."""
        each = operator
        values = each.id, each.issuer, each.subject, each.name, each.role
        id = await self.connection.fetchval(UPSERT_OPERATOR, *values)
        if id is None:
            message = "There is an operator with this issuer and subject. Change their role."
            raise Invalid(message, "subject", code=Code.NOT_UNIQUE)
        operator.id = id

    async def save_operator(self, operator: Operator) -> None:
        """Store the name, the role and the removal of an operator."""
        each = operator
        await self.connection.execute(
            UPDATE_OPERATOR, each.id, each.name, each.role, each.removed_at
        )

    # -- the audit log and idempotency keys --------------------------------------------------

    async def record(
        self,
        act: Act,
        *,
        tenant: TenantRegistration | None = None,
        subject_id: UUID | None = None,
        **changes: Any,
    ) -> None:
        """Add an entry to the audit log of the platform. It has no personal data of tenants."""
        given = {name: value for name, value in changes.items() if value not in (None, {}, [])}
        await self.connection.execute(
            INSERT_ENTRY,
            generate_id(),
            act,
            self.operator and self.operator.id,
            tenant and tenant.id,
            tenant and tenant.slug,
            subject_id,
            orjson.dumps(given).decode(),
            self.now,
            self.request_id,
        )

    async def reserve_key(self, key: IdempotencyKey) -> UUID | None:
        """Reserve a key of the operator; return what its first request changed, if it is used.

        Waits for another request with the key. Raises Invalid if that had another input.
        """
        assert self.operator is not None, "The command line has no keys."
        by = self.operator.id
        await self.connection.execute(PURGE_KEYS, by, self.now - RETENTION)
        values = by, key.text, key.fingerprint, self.now
        if await self.connection.fetchval(RESERVE_KEY, *values):
            return None
        row = await self.connection.fetchrow(SELECT_KEY, by, key.text)
        assert row is not None, "Only this transaction has purged keys of the operator."
        if row["fingerprint"] != key.fingerprint:
            message = "This idempotency key was used with another input. Take a new key."
            raise Invalid(message, code=Code.IDEMPOTENCY_KEY_REUSED)
        subject_id: UUID = row["subject_id"]
        return subject_id

    async def complete_key(self, key: IdempotencyKey, subject_id: UUID) -> None:
        """Store what the request with a reserved key changed."""
        assert self.operator is not None
        await self.connection.execute(COMPLETE_KEY, self.operator.id, key.text, subject_id)


@asynccontextmanager
async def platform_work(
    databases: PlatformDatabases,
    operator: Operator | None,
    *,
    now: datetime,
    request_id: str | None = None,
) -> AsyncIterator[DirectoryWork]:
    """Open a unit of work for an operator; None is the command line. Any exception undoes it."""
    with translate_errors():
        async with (
            borrow(databases.find_directory(HOME), None, ACQUIRE_TIMEOUT) as connection,
            connection.transaction(),
        ):
            yield DirectoryWork(operator, now, request_id, connection, databases)


def build_operator(row: Any) -> Operator:
    """Return the operator of a row."""
    return Operator(**{**row, "role": OperatorRole(row["role"])})
