"""The types and inputs of tenants in the platform graph."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry

from api import tenants as tenant_graph
from api.kernel.schema.inputs import input_field, input_type
from api.tenants import FieldOwnerInput, LabelInput
from domain.field_owners import OwnedField
from domain.kernel.fields import get_rule
from domain.people import Person
from domain.tenants import LabelKey, TenantRegistration, TenantStatus
from persistence.kernel.wire_format import encode_id

_DATABASE = "The name of the database with its data. Null for the home database."


@strawberry.type(description="What a tenant uses, as it was last measured.")
class TenantUsage:
    """The usage of a tenant."""

    people: int = strawberry.field(
        description="The number of people whose employment includes the day of the measurement."
    )
    requests: Decimal = strawberry.field(
        description="The number of HTTP requests in the 30 days up to the measurement."
    )
    events: Decimal = strawberry.field(
        description="The number of changes since the tenant was created, as in its audit log."
    )
    storage_bytes: Decimal = strawberry.field(
        description="An estimate of the bytes of its rows, with their indexes: its rows in each"
        " table, times the average size of a row there. 0 in a database with Citus."
    )
    measured_at: datetime = strawberry.field(
        description="When it was measured. Each tenant is measured every six hours."
    )


@strawberry.type(name="Tenant", description="A customer, as the platform sees it.")
class PlatformTenant:
    """A tenant: what is in the directory. Nothing of its people is."""

    id: strawberry.ID = strawberry.field(description="The id.")
    slug: str = strawberry.field(
        description="The short name in URLs and on the command line. It never changes."
    )
    name: str | None = strawberry.field(
        description="The display name, as it was last measured. Null until the first measurement."
    )
    status: TenantStatus = strawberry.field(description="Whether its requests are served.")
    created_at: datetime = strawberry.field(description="When it was created.")
    database: str | None = strawberry.field(description=_DATABASE)
    erased_from: datetime | None = strawberry.field(
        description="From when all its data may be erased. Null unless its deletion is scheduled."
    )
    plan: str | None = strawberry.field(description="The vendor's name of the plan. Null for none.")
    caller_budget: int | None = strawberry.field(
        description="Cost points that one caller may spend at once, per process. A twentieth is"
        " refilled every second. Null where the setting TRELLIS_CALLER_BUDGET applies."
    )
    tenant_budget: int | None = strawberry.field(
        description="Cost points that all its callers may spend at once, per process. A twentieth"
        " is refilled every second. Null where the setting TRELLIS_TENANT_BUDGET applies."
    )
    usage: TenantUsage | None = strawberry.field(
        description="What it uses. Null until the first measurement, usually within two minutes."
    )


def build_tenant(row: Any) -> PlatformTenant:
    """Return the tenant of a row of the directory."""
    return PlatformTenant(
        id=strawberry.ID(encode_id("tenant", row["id"])),
        slug=row["slug"],
        name=row["name"],
        status=TenantStatus(row["status"]),
        created_at=row["created_at"],
        database=row["database"],
        erased_from=row["erased_from"],
        plan=row["plan"],
        caller_budget=row["caller_budget"],
        tenant_budget=row["tenant_budget"],
        usage=_build_usage(row),
    )


def _build_usage(row: Any) -> TenantUsage | None:
    if row["measured_at"] is None:
        return None
    counted = {name: Decimal(row[name]) for name in ("requests", "events", "storage_bytes")}
    return TenantUsage(people=row["people"], measured_at=row["measured_at"], **counted)


def labels_field() -> Any:
    """Declare the labels of a tenant in an input."""
    text = "The tenant's own words for concepts, each concept once. An empty list removes all."
    return input_field(text, max_items=len(LabelKey), unique_by=lambda each: each.key)


def owners_field() -> Any:
    """Declare the owners of fields in an input."""
    text = "The other systems that own fields, each field once. An empty list removes all."
    return input_field(text, max_items=len(OwnedField), unique_by=lambda each: each.field)


@input_type(creates=tenant_graph.Tenant)
class TenantSettingsInput:
    """The settings of a new tenant. Its admins may change them later."""

    labels: list[LabelInput] | None = labels_field()
    field_owners: list[FieldOwnerInput] | None = owners_field()


@input_type(edits=tenant_graph.Tenant)
class TenantSettingsEditInput:
    """Settings of a tenant to be changed. Those that are left out stay as they are."""

    labels: strawberry.Maybe[list[LabelInput]] = labels_field()
    field_owners: strawberry.Maybe[list[FieldOwnerInput]] = owners_field()


@input_type()
class TenantTermsInput:
    """The plan and the limits of a tenant. A field that is left out stays as it is."""

    plan: strawberry.Maybe[str | None] = input_field(
        "The vendor's name of the plan. Null removes it.", rule=get_rule(TenantRegistration, "plan")
    )
    caller_budget: strawberry.Maybe[int | None] = input_field(
        "Cost points that one caller may spend at once, per process."
        " Null for the setting TRELLIS_CALLER_BUDGET.",
        rule=get_rule(TenantRegistration, "caller_budget"),
    )
    tenant_budget: strawberry.Maybe[int | None] = input_field(
        "Cost points that all callers of the tenant may spend at once, per process."
        " Null for the setting TRELLIS_TENANT_BUDGET.",
        rule=get_rule(TenantRegistration, "tenant_budget"),
    )


@input_type()
class FirstAdminInput:
    """The first admin of a new tenant, who can add everybody else."""

    given_name: str = input_field("The given name.", rule=get_rule(Person, "given_name"))
    family_name: str = input_field("The family name.", rule=get_rule(Person, "family_name"))
    work_email: str = input_field(
        "The work e-mail. In lower case it is the `subject` of the admin's account: the tokens of"
        " the admin must have it.",
        rule=get_rule(Person, "work_email"),
    )
