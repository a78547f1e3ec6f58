"""Use cases of the platform that create, configure, suspend and resume tenants."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields
from domain.kernel.identity import TenantId, generate_id
from domain.kpis.calendar_settings import refuse_calendar_change
from domain.kpis.measurements.reviewing import edit_tenant
from domain.people import Person
from domain.platform.acts import Act
from domain.provisioning import appoint_admin, provision_tenant
from domain.tenants import SLUG, Tenant, TenantRegistration

if TYPE_CHECKING:
    from domain.kernel.unit_of_work import Work
    from domain.platform.work import PlatformWork


@dataclass(frozen=True)
class FirstAdmin:
    """The first admin of a new tenant, who can add everybody else."""

    given_name: str
    family_name: str
    work_email: str


def check_admin(admin: FirstAdmin) -> None:
    """Raise Invalid with all faults of a first admin."""
    check_fields(Person, asdict(admin), "admin")


async def create_tenant(
    work: "PlatformWork",
    *,
    slug: str,
    settings: Mapping[str, Any],
    admin: FirstAdmin | None = None,
    terms: Mapping[str, Any] | None = None,
    database: str | None = None,
) -> TenantRegistration:
    """Create a tenant with its settings, the built-in roles and perhaps a first admin.

    `terms` are its plan and limits. `database` is where it will live; None for the home database.
    Raises Invalid with all faults, NotFound for an unknown database, and then nothing is stored.
    """
    faults = FaultCollector()
    with faults.collect():
        SLUG.check(slug, "slug")
    with faults.collect():
        check_fields(Tenant, settings, "settings")
    with faults.collect():
        checked_terms = check_fields(TenantRegistration, terms or {}, "terms")
    with faults.collect():
        if admin:
            check_admin(admin)
    faults.raise_all()
    tenant = TenantRegistration(
        id=TenantId(generate_id()), slug=slug, database=database, **checked_terms
    )
    await work.add_tenant(tenant)
    await work.record(Act.TENANT_CREATE, tenant=tenant, terms=checked_terms, database=database)
    async with work.enter(tenant) as unit:
        await provision_tenant(unit, **settings)
        if admin:
            await appoint_admin(unit, **asdict(admin))
    return tenant


async def configure_tenant(
    work: "PlatformWork",
    slug: str,
    *,
    settings: Mapping[str, Any],
    terms: Mapping[str, Any] | None = None,
) -> TenantRegistration:
    """Change settings, plan and limits of a tenant. Raises NotFound and Invalid."""
    faults = FaultCollector()
    with faults.collect():
        check_fields(Tenant, settings, "settings")
    with faults.collect():
        checked_terms = check_fields(TenantRegistration, terms or {}, "terms")
    faults.raise_all()
    tenant = await work.lock_tenant(slug)
    changed = {
        name: [getattr(tenant, name), value]
        for name, value in checked_terms.items()
        if getattr(tenant, name) != value
    }
    tenant.set_terms(checked_terms)
    await work.save_tenant(tenant)
    await work.record(Act.TENANT_CONFIGURE, tenant=tenant, terms=changed, settings=sorted(settings))
    async with work.enter(tenant) as unit:
        stored = await _load_settings(unit, tenant)
        if changed:
            stored.record_event("configured", keeps_version=True)
        await refuse_calendar_change(unit, stored, settings)
        await edit_tenant(unit, stored, settings)
    return tenant


async def suspend_tenant(work: "PlatformWork", slug: str) -> TenantRegistration:
    """Suspend a tenant: its requests are refused. Raises NotFound and StateConflict."""
    tenant = await work.lock_tenant(slug)
    tenant.suspend()
    await _store_status(work, tenant, Act.TENANT_SUSPEND, "suspended")
    return tenant


async def resume_tenant(work: "PlatformWork", slug: str) -> TenantRegistration:
    """Resume a suspended tenant. Raises NotFound and StateConflict."""
    tenant = await work.lock_tenant(slug)
    tenant.resume()
    await _store_status(work, tenant, Act.TENANT_RESUME, "resumed")
    return tenant


async def _store_status(
    work: "PlatformWork", tenant: TenantRegistration, act: Act, event: str
) -> None:
    await work.save_tenant(tenant)
    await work.record(act, tenant=tenant)
    async with work.enter(tenant) as unit:
        stored = await _load_settings(unit, tenant)
        stored.record_event(event, keeps_version=True)


async def _load_settings(work: "Work", tenant: TenantRegistration) -> Tenant:
    """Return the settings of a tenant, to be changed by the platform."""
    return await work.get(Tenant, tenant.id, to=Tenant.EDIT)
