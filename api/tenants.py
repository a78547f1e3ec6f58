"""Tenants in the graph: the customer whose world everything else is in."""

from uuid import UUID

import strawberry

from api.kernel.schema.declarations import graph_enum, list_of, node, one, part, queries, value
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from domain import tenants
from domain.kernel.errors import Code, Invalid
from domain.kernel.unit_of_work import Work
from domain.tenants import TenantStatus, WeekStart
from persistence.reading.read_model import ROOT
from persistence.tenants import LABEL, TENANT

graph_enum(
    TenantStatus,
    "Whether a tenant is served.",
    active="It is served.",
    suspended="Nobody of it is served for now.",
    closing="Its data is being taken out; nobody of it is served any more.",
)
graph_enum(
    WeekStart,
    "The day that weeks begin on.",
    monday="Weeks run from Monday to Sunday.",
    saturday="Weeks run from Saturday to Friday.",
    sunday="Weeks run from Sunday to Saturday.",
)


@part(LABEL)
class Label:
    """What a tenant calls something, in the place of the usual word."""

    key: str = value("What is called so.")
    text: str = value("What it is called.")


@node(TENANT)
class Tenant:
    """A customer of Trellis: its name and the settings that everybody in it needs."""

    slug: str = value("The short name in addresses and on the command line; it never changes.")
    name: str = value("What the tenant is called.")
    status: TenantStatus = value("Whether the tenant is served.")
    fiscal_year_start_month: int = value("The month, 1 to 12, that the fiscal year begins with.")
    week_start: WeekStart = value("The day that weeks begin on.")
    time_zone: str = value("The time zone, by its IANA name, in which a day begins and ends.")
    locale: str = value("The language tag that texts are written for unless somebody says more.")
    labels: list[Label] = list_of("What the tenant calls things, where it is not the usual word.")


@queries(ROOT)
class TenantQueries:
    """Questions about the tenant."""

    tenant: Tenant | None = one("The tenant that the viewer belongs to.")


@input_type()
class LabelInput:
    """What a tenant calls something."""

    key: str = input_field("What is called so, in small letters: goal, key_result.")
    text: str = input_field("What to call it.")


@input_type()
class TenantEditInput:
    """Which settings to change; what is left out stays."""

    name: strawberry.Maybe[str] = input_field("What the tenant is called.")
    fiscal_year_start_month: strawberry.Maybe[int] = input_field("The month, 1 to 12.")
    week_start: strawberry.Maybe[WeekStart] = input_field("The day that weeks begin on.")
    time_zone: strawberry.Maybe[str] = input_field("An IANA time zone, such as Europe/Berlin.")
    locale: strawberry.Maybe[str] = input_field("A language tag, such as en or de-CH.")
    labels: strawberry.Maybe[list[LabelInput]] = input_field("All labels; others are gone.")
    expected_version: int | None = expected_version_field()


@mutation(Tenant)
async def tenant_edit(work: Work, input: TenantEditInput) -> tenants.Tenant:
    """Change the tenant's settings."""
    tenant = await work.get(
        tenants.Tenant,
        UUID(str(work.actor.tenant_id)),
        to=tenants.Tenant.EDIT,
        expected_version=input.expected_version,
    )
    settings = provided_fields(
        input, "name", "fiscal_year_start_month", "week_start", "time_zone", "locale", "labels"
    )
    if "labels" in settings:
        settings["labels"] = _map_by_key(settings["labels"])
    tenant.edit(**settings)
    return tenant


def _map_by_key(labels: list[LabelInput]) -> dict[str, str]:
    by_key: dict[str, str] = {}
    for index, each in enumerate(labels):
        if each.key in by_key:
            message = "This is called something already. Name each thing once."
            raise Invalid(message, "labels", index, "key", code=Code.NOT_UNIQUE)
        by_key[each.key] = each.text
    return by_key
