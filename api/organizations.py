"""Organizations in the graph: the tree of units, and what can be done to it."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
    require_explicit,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import organizations, teams
from domain.kernel.unit_of_work import Work
from domain.organizations import OrganizationKind
from persistence.organizations import ORGANIZATION, ORGANIZATION_REFERENCE
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.goals import Goal
    from api.people import Person
    from api.teams import Team

graph_enum(
    OrganizationKind,
    "What sort of unit an organization is.",
    company="The whole company or group.",
    legal_entity="A company in the sense of the law.",
    division="A large part of the company.",
    department="A part of a division that does one kind of work.",
    line_of_business="A business that the company is in.",
    site="A place where people work.",
)


@part(ORGANIZATION_REFERENCE)
class OrganizationReference:
    """What another system calls an organization."""

    source: str = value("The other system.")
    external_id: str = value("The id that it uses.")


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
    """A unit of the tenant, from the company down to the site, in one tree."""

    kind: OrganizationKind = value("What sort of unit it is.")
    code: str = value("The short code; no two units have the same.")
    name: str = value("What it is called.")
    starts_on: date = value("The first day of the unit.")
    ends_on: date | None = value("The first day on which it is no more; null while none is set.")
    parent: "Organization | None" = one("The unit that it stands below.")
    ancestors: list["Organization"] = list_of("The units above it, the nearest first.")
    children: Connection["Organization"] = many("The units directly below it.")
    references: list[OrganizationReference] | None = list_of(
        "What other systems call it; null where the viewer may not know."
    )
    people: Connection["Person"] = many("The people who belong to this very unit.")
    teams: Connection["Team"] = many("The teams of this very unit.")
    goals: Connection["Goal"] = many("The goals that the unit owns.")


@input_type(one_of=True)
class OrganizationBy:
    """How to name one organization: by exactly one of these."""

    id: UUID | None = input_field("Its id.")
    code: str | None = input_field("Its code.")
    external: ExternalReferenceInput | None = input_field("What another system calls it.")


@queries(ROOT)
class OrganizationQueries:
    """Questions about organizations."""

    organization: Organization | None = one(
        "One organization.",
        flatten="by",
        by=argument("OrganizationBy", "How it is named.", is_required=True),
    )
    organizations: Connection[Organization] = many("The organizations that the viewer may see.")


@input_type()
class OrganizationCreateInput:
    """A new unit."""

    kind: OrganizationKind = input_field("What sort of unit it is.")
    code: str = input_field("The short code; no two units have the same.")
    name: str = input_field("What it is called.")
    parent_id: UUID | None = input_field(
        "The unit to stand below; none for a root.", id_prefix="org"
    )
    starts_on: date | None = input_field("The first day; today unless said.")
    ends_on: date | None = input_field("The first day on which it is no more.")


@input_type()
class OrganizationEditInput:
    """What to change about a unit; what is left out stays."""

    id: UUID = input_field("The organization.", id_prefix="org")
    kind: strawberry.Maybe[OrganizationKind] = input_field("What sort of unit it is.")
    code: strawberry.Maybe[str] = input_field("The short code.")
    name: strawberry.Maybe[str] = input_field("What it is called.")
    expected_version: int | None = expected_version_field()


@input_type()
class OrganizationMoveInput:
    """Where a unit is to stand."""

    id: UUID = input_field("The organization.", id_prefix="org")
    parent_id: strawberry.Maybe[UUID | None] = input_field(
        "The unit to stand below; null for none.", id_prefix="org"
    )
    expected_version: int | None = expected_version_field()


@input_type()
class OrganizationAddExternalReferenceInput:
    """What another system calls a unit."""

    id: UUID = input_field("The organization.", id_prefix="org")
    reference: ExternalReferenceInput = input_field("The other system and its id for the unit.")
    expected_version: int | None = expected_version_field()


@mutation(Organization)
async def organization_create(
    work: Work, input: OrganizationCreateInput
) -> organizations.Organization:
    """Found a unit, as a root or below another one."""
    return await organizations.create(
        work,
        kind=input.kind,
        code=input.code,
        name=input.name,
        parent_id=input.parent_id,
        starts_on=input.starts_on,
        ends_on=input.ends_on,
    )


@mutation(Organization)
async def organization_edit(work: Work, input: OrganizationEditInput) -> organizations.Organization:
    """Change a unit's kind, code or name."""
    details = provided_fields(input, "kind", "code", "name")
    version = input.expected_version
    return await organizations.edit(work, input.id, expected_version=version, **details)


@mutation(Organization)
async def organization_move(work: Work, input: OrganizationMoveInput) -> organizations.Organization:
    """Hang a unit, with all below it, under another one."""
    version = input.expected_version
    parent_id = require_explicit(input.parent_id, "parentId")
    return await organizations.move(work, input.id, parent_id=parent_id, expected_version=version)


organization_close = verb(
    Organization,
    organizations.Organization.CLOSE,
    "Close a unit. It may have no open units, open teams or people.",
    use_case=teams.close_organization,
    ends_on=today_field("The first day on which it no longer exists."),
)
organization_reopen = verb(
    Organization,
    organizations.Organization.REOPEN,
    "Reopen a closed unit by removing its end date.",
)


@mutation(Organization)
async def organization_add_external_reference(
    work: Work, input: OrganizationAddExternalReferenceInput
) -> organizations.Organization:
    """Note what another system calls a unit, in place of what it said before."""
    reference, version = input.reference, input.expected_version
    return await organizations.add_external_reference(
        work, input.id, reference.source, reference.id, expected_version=version
    )


organization_remove_external_reference = verb(
    Organization,
    organizations.Organization.REMOVE_EXTERNAL_REFERENCE,
    "Remove the id that another system uses for a unit. Without one nothing changes.",
    source=input_field("The other system."),
)
