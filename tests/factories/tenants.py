"""Tenants for tests."""

import asyncpg

from domain.kernel.identity import TenantId, generate_id
from domain.tenants import Tenant, TenantStatus


async def a_registered_tenant(
    owner: asyncpg.Connection, status: TenantStatus = TenantStatus.ACTIVE
) -> TenantId:
    """Register a new, empty tenant."""
    id = TenantId(generate_id())
    await owner.execute(
        "INSERT INTO directory.tenants (id, slug, status) VALUES ($1, $2, $3)",
        id,
        f"tenant-{id}",
        status.value,
    )
    return id


def a_tenant(tenant_id: TenantId, name: str = "Meridian", time_zone: str = "UTC") -> Tenant:
    """Build a tenant's settings."""
    return Tenant(tenant_id=tenant_id, id=tenant_id, name=name, time_zone=time_zone)
