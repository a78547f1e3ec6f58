"""Organizations in the graph: types, queries and mutations of the tree of units."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    last_day_field,
    require_explicit,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import organizations, teams
from domain.kernel.external_references import add_external_reference
from domain.kernel.fields import get_rule
from domain.kernel.unit_of_work import Work
from domain.organizations import OrganizationKind
from persistence.organizations import ORGANIZATION, ORGANIZATION_REFERENCE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.goals import Goal
    from api.kpis import Kpi
    from api.people import Person
    from api.scorecards import Scorecard
    from api.teams import Team

graph_enum(
    OrganizationKind,
    "The kind of a unit.",
    company="A whole company or group.",
    legal_entity="A legal entity, such as a GmbH or an Inc.",
    division="A large part of a company.",
    department="A department.",
    line_of_business="A line of business.",
    site="A place of work.",
)


@part(ORGANIZATION_REFERENCE)
class OrganizationReference:
    """The id that another system uses for an organization."""

    source: str = value("The other system, such as `workday-eu`.")
    external_id: str = value("The id in that system.")


@node(
    ORGANIZATION,
    where=(
        "id",
        "kind",
        "code",
        "name",
        "starts_on",
        "ends_on",
        "created_at",
        "updated_at",
        "parent",
        "children",
        "people",
        "teams",
        "goals",
    ),
    order_by=("name", "code", "kind", "starts_on", "created_at", "updated_at"),
)
class Organization:
    """A unit of the tenant: a company, a department, a site. Units form trees."""

    kind: OrganizationKind = value("The kind of unit.")
    code: str = value("The short code, unique in the tenant without regard to case.")
    name: str = value("The name.")
    starts_on: date = value("The first day of the unit.")
    ends_on: date | None = value("The last day of the unit. Null while no end is set.")
    parent: "Organization | None" = one(
        "The unit directly above. Null for a root, or when the viewer may not see it."
    )
    ancestors: list["Organization"] = list_of(
        "All units above, the nearest first. Those the viewer may not see are left out."
    )
    children: Connection["Organization"] = many("The units directly below.", usual_size=6)
    references: list[OrganizationReference] | None = list_of(
        "The ids of the unit in other systems. Null when the viewer may not see them."
    )
    people: Connection["Person"] = many("The people of this unit, without those of units below.")
    teams: Connection["Team"] = many(
        "The teams of this unit, without those of units below.", usual_size=6
    )
    goals: Connection["Goal"] = many("The goals the unit owns.", usual_size=10)
    kpis: Connection["Kpi"] = many("The KPIs of the unit.", usual_size=10)
    scorecards: Connection["Scorecard"] = many("The scorecards of the unit.", usual_size=2)


@input_type(one_of=True)
class OrganizationBy:
    """Identifies an organization by exactly one of these."""

    id: UUID | None = input_field("The organization's id.")
    code: str | None = input_field(
        "The organization's code, compared without regard to case.",
        rule=get_rule(organizations.Organization, "code"),
    )
    external: ExternalReferenceInput | None = input_field(
        "The id in another system. Only units whose references the viewer may see are found."
    )


@queries(ROOT)
class OrganizationQueries:
    """Root fields of organizations."""

    organization: Organization | None = look_up(
        "An organization. Null when there is none, or when the viewer may not see it.",
        "OrganizationBy",
        "How the organization is identified.",
    )
    organizations: Connection[Organization] = many("All organizations the viewer may see.")


@input_type(creates=Organization)
class OrganizationCreateInput:
    """Input of `organizationCreate`."""

    parent_id: UUID | None = input_field(
        "The unit directly above. Default: none, which makes a root.", id_prefix="org"
    )
    starts_on: date | None = today_field("The first day, within the unit above.")
    ends_on: date | None = input_field(
        "The last day, within the unit above. Default: no end.", is_period_end=True
    )


@input_type(edits=Organization)
class OrganizationEditInput:
    """Input of `organizationEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Organization.", id_prefix="org")
    expected_version: int | None = expected_version_field()


@input_type()
class OrganizationMoveInput:
    """Input of `organizationMove`."""

    id: UUID = input_field("Id of the Organization.", id_prefix="org")
    parent_id: strawberry.Maybe[UUID | None] = input_field(
        "The unit directly above. Null makes the unit a root. Required, if only as null.",
        id_prefix="org",
        is_explicit=True,
    )
    expected_version: int | None = expected_version_field()


@input_type()
class OrganizationAddExternalReferenceInput:
    """Input of `organizationAddExternalReference`."""

    id: UUID = input_field("Id of the Organization.", id_prefix="org")
    reference: ExternalReferenceInput = input_field("The other system, and its id for the unit.")
    expected_version: int | None = expected_version_field()


@mutation(Organization)
async def organization_create(
    work: Work, input: OrganizationCreateInput
) -> organizations.Organization:
    """Create a unit, as a root or below another unit."""
    return await organizations.create(
        work,
        parent_id=input.parent_id,
        starts_on=input.starts_on,
        ends_on=input.ends_on,
        **given_values(input, organizations.Organization),
    )


@mutation(Organization)
async def organization_edit(work: Work, input: OrganizationEditInput) -> organizations.Organization:
    """Edit a unit's kind, code or name."""
    details = given_values(input, organizations.Organization)
    version = input.expected_version
    return await organizations.edit(work, input.id, expected_version=version, **details)


@mutation(Organization)
async def organization_move(work: Work, input: OrganizationMoveInput) -> organizations.Organization:
    """Move a unit, with all units below it, under another unit or to the root."""
    version = input.expected_version
    parent_id = require_explicit(input.parent_id, "parentId")
    return await organizations.move(work, input.id, parent_id=parent_id, expected_version=version)


organization_close = verb(
    Organization,
    organizations.Organization.CLOSE,
    "Close a unit. Units below it and its teams must end by then, and it must have no people.",
    use_case=teams.close_organization,
    ends_on=last_day_field("The last day of the unit, within that of the unit above."),
)
organization_reopen = verb(
    Organization,
    organizations.Organization.REOPEN,
    "Reopen a closed unit by removing its end date. The unit above must have no end.",
    use_case=organizations.reopen,
)


@mutation(Organization, returns_part=OrganizationReference)
async def organization_add_external_reference(
    work: Work, input: OrganizationAddExternalReferenceInput
) -> organizations.OrganizationReference:
    """Set the id that another system uses for a unit. It replaces that system's earlier id."""
    reference, version = input.reference, input.expected_version
    return await add_external_reference(
        work,
        organizations.Organization,
        input.id,
        reference.source,
        reference.id,
        expected_version=version,
    )


organization_remove_external_reference = verb(
    Organization,
    organizations.Organization.REMOVE_EXTERNAL_REFERENCE,
    "Remove the id that another system uses for a unit. Without one nothing changes.",
    source=input_field("The other system."),
)
