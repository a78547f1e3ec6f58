"""The actor of a subject, loaded from the database without a cache."""

from datetime import datetime
from typing import Any

from domain.kernel.access import Actor
from domain.kernel.identity import TenantId
from persistence.access.actor_query import (
    AccessDenied,
    DenialReason,
    actor_from_row,
    actor_params,
    actor_sql,
)


async def load_actor_row(
    connection: Any, tenant_id: TenantId, subject: str, now: datetime
) -> bytes | None:
    """Return the row of a subject; the connection is inside the tenant."""
    sql = f"SELECT ({actor_sql(1)})"
    row_json: bytes | None = await connection.fetchval(sql, *actor_params(tenant_id, subject, now))
    return row_json


async def load_actor_or_denial(
    connection: Any, tenant_id: TenantId, subject: str, now: datetime
) -> Actor | DenialReason:
    """Return the actor, or why there is none. Raises TenantNotActive."""
    row_json = await load_actor_row(connection, tenant_id, subject, now)
    return actor_from_row(tenant_id, row_json, now)


async def load_actor(connection: Any, tenant_id: TenantId, subject: str, now: datetime) -> Actor:
    """Return the actor. Raises TenantNotActive or AccessDenied."""
    found = await load_actor_or_denial(connection, tenant_id, subject, now)
    if isinstance(found, DenialReason):
        raise AccessDenied(found)
    return found
