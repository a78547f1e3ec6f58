"""Mutations of the platform graph that create, configure, suspend and resume tenants."""

from typing import Annotated, Any
from uuid import UUID

from api.identity.built_in_issuer import trust_built_in_issuer
from api.kernel.schema.inputs import input_field, input_type, provided_fields
from api.platform.mutations import platform_mutation
from api.platform.request import PlatformRequest
from api.platform.tenant_types import (
    FirstAdminInput,
    PlatformTenant,
    TenantSettingsEditInput,
    TenantSettingsInput,
    TenantTermsInput,
    build_tenant,
)
from api.tenants import read_settings
from domain import platform
from domain.kernel.fields import SingleLine
from domain.platform import Act, FirstAdmin
from domain.tenants import SLUG
from persistence.platform.listing import find_tenants
from persistence.platform.work import DirectoryWork

KNOWN_SLUG = SingleLine("The slug", max_length=63)
DATABASE = SingleLine("The database", max_length=30)


async def read_tenant(request: PlatformRequest, id: UUID) -> PlatformTenant:
    """Return a tenant that was changed."""
    async with request.stores.read() as connection:
        (row,) = await find_tenants(connection, [id])
    return build_tenant(row)


@input_type()
class TenantCreateInput:
    """Input of `tenantCreate`."""

    slug: Annotated[str, SLUG] = input_field(
        "The short name: 3 to 63 small letters, digits and hyphens, beginning with a letter. It"
        " never changes."
    )
    settings: TenantSettingsInput = input_field("The settings, at least the name.")
    admin: FirstAdminInput | None = input_field("The first admin. Default: none.")
    terms: TenantTermsInput | None = input_field("The plan and the limits. Default: none.")
    database: Annotated[str | None, DATABASE] = input_field(
        "The name of the database for its data. Default: the home database."
    )


@platform_mutation(Act.TENANT_CREATE, returns=read_tenant)
async def tenant_create(
    request: PlatformRequest, work: DirectoryWork, input: TenantCreateInput
) -> UUID:
    """Create a tenant with its settings, the built-in roles and, if given, its first admin."""
    admin = input.admin
    tenant = await platform.create_tenant(
        work,
        slug=input.slug,
        settings=read_settings(input.settings),
        admin=FirstAdmin(admin.given_name, admin.family_name, admin.work_email) if admin else None,
        terms=_read_terms(input.terms),
        database=input.database,
    )
    await trust_built_in_issuer(work.connection, tenant, request.stores.settings)
    return tenant.id


@input_type()
class TenantConfigureInput:
    """Input of `tenantConfigure`. A field that is left out stays as it is."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")
    settings: TenantSettingsEditInput | None = input_field("The settings to change.")
    terms: TenantTermsInput | None = input_field("The plan and the limits to change.")


@platform_mutation(Act.TENANT_CONFIGURE, returns=read_tenant)
async def tenant_configure(
    _: PlatformRequest, work: DirectoryWork, input: TenantConfigureInput
) -> UUID:
    """Change settings, the plan and limits of a tenant. Limits take effect within five seconds."""
    settings = read_settings(input.settings) if input.settings else {}
    terms = _read_terms(input.terms)
    return (await platform.configure_tenant(work, input.slug, settings=settings, terms=terms)).id


@input_type()
class TenantSuspendInput:
    """Input of `tenantSuspend`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")


@platform_mutation(Act.TENANT_SUSPEND, returns=read_tenant)
async def tenant_suspend(
    _: PlatformRequest, work: DirectoryWork, input: TenantSuspendInput
) -> UUID:
    """Suspend a tenant. All its requests fail with TENANT_SUSPENDED until `tenantResume`."""
    return (await platform.suspend_tenant(work, input.slug)).id


@input_type()
class TenantResumeInput:
    """Input of `tenantResume`."""

    slug: Annotated[str, KNOWN_SLUG] = input_field("The slug of the tenant.")


@platform_mutation(Act.TENANT_RESUME, returns=read_tenant)
async def tenant_resume(_: PlatformRequest, work: DirectoryWork, input: TenantResumeInput) -> UUID:
    """Serve a suspended tenant again."""
    return (await platform.resume_tenant(work, input.slug)).id


def _read_terms(terms: TenantTermsInput | None) -> dict[str, Any]:
    names = "plan", "caller_budget", "tenant_budget"
    return provided_fields(terms, *names) if terms else {}
