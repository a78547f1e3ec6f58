"""Scheduling and cancelling the deletion of a tenant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.identity import TenantId
from domain.platform.acts import Act
from domain.tenants import TenantRegistration, TenantStatus, record_data_event

if TYPE_CHECKING:
    from domain.platform.work import PlatformWork

GRACE_DAYS = 30
MAX_GRACE_DAYS = 365


@dataclass(frozen=True)
class Erasure:
    """A deletion: when it was scheduled, when it may begin, and its receipt once it is done."""

    tenant_id: TenantId
    slug: str
    status_before: TenantStatus
    scheduled_at: datetime
    due_at: datetime
    begun_at: datetime | None = None
    finished_at: datetime | None = None
    receipt: str | None = None


def require_due(erasure: Erasure | None, slug: str, status: str, now: datetime) -> Erasure:
    """Return the deletion of a tenant. Raises StateConflict unless its rows may be erased now."""
    if status != TenantStatus.CLOSING or erasure is None or erasure.finished_at:
        raise StateConflict(f"{slug} is {status}. Schedule its deletion first.")
    if now < erasure.due_at:
        raise StateConflict(f"{slug} is kept until {erasure.due_at:%Y-%m-%d %H:%M} UTC.")
    return erasure


async def schedule_deletion(
    work: "PlatformWork", slug: str, days: int = GRACE_DAYS
) -> tuple[TenantRegistration, Erasure]:
    """Close a tenant: nobody is served, and all is erased after so many days.

    Raises NotFound, StateConflict if it is closing, and Invalid for other days than 0 to 365.
    """
    if not 0 <= days <= MAX_GRACE_DAYS:
        message = f"The grace period has 0 to {MAX_GRACE_DAYS} days."
        raise Invalid(message, "days", code=Code.OUT_OF_RANGE)
    tenant = await work.lock_tenant(slug)
    due_at = work.now + timedelta(days=days)
    erasure = Erasure(tenant.id, slug, tenant.status, work.now, due_at)
    tenant.close()
    await work.add_erasure(erasure)
    await work.save_tenant(tenant)
    day = due_at.date().isoformat()
    await work.record(Act.TENANT_SCHEDULE_DELETION, tenant=tenant, erased_from=day)
    async with work.enter(tenant) as unit:
        await record_data_event(unit, "deletion_scheduled", erased_from=day)
    return tenant, erasure


async def cancel_deletion(work: "PlatformWork", slug: str) -> TenantRegistration:
    """Give up a deletion that has not begun: the tenant gets its status from before.

    Raises NotFound, and StateConflict if none is scheduled or it has begun.
    """
    tenant = await work.lock_tenant(slug)
    erasure = await work.find_erasure(slug)
    is_open = erasure is not None and erasure.finished_at is None
    tenant.reopen(erasure.status_before if erasure and is_open else TenantStatus.SUSPENDED)
    if is_open and not await work.cancel_erasure(tenant.id):
        raise StateConflict(f"Rows of {slug} are being erased. It cannot be kept any more.")
    await work.save_tenant(tenant)
    await work.record(Act.TENANT_CANCEL_DELETION, tenant=tenant)
    async with work.enter(tenant) as unit:
        await record_data_event(unit, "deletion_cancelled")
    return tenant
