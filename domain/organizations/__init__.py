"""Organizations: the units of a tenant, from the company down to the site, in one tree."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar, TypedDict, Unpack
from uuid import UUID

from domain.kernel import external_references
from domain.kernel.access import Holds, InheritedFrom, MemberOf, OwnerAttributes
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.identity import OrganizationId
from domain.kernel.periods import Period
from domain.kernel.permissions import Permission
from domain.kernel.text import single_line
from domain.kernel.unit_of_work import Work

OWNER_ATTRIBUTES = OwnerAttributes(organization="id")
PARENT_OWNER_ATTRIBUTES = OwnerAttributes(organization="parent_id")
MANAGE = Holds(Permission.ORGANIZATIONS_MANAGE, over=OWNER_ATTRIBUTES)


class OrganizationKind(StrEnum):
    """What sort of unit an organization is."""

    COMPANY = "company"
    LEGAL_ENTITY = "legal_entity"
    DIVISION = "division"
    DEPARTMENT = "department"
    LINE_OF_BUSINESS = "line_of_business"
    SITE = "site"


@dataclass(kw_only=True, eq=False)
class OrganizationReference(external_references.ExternalReference):
    """What another system calls an organization."""

    SEE = InheritedFrom("organization_id", "organization", MANAGE)

    organization_id: UUID


class OrganizationDetails(TypedDict, total=False):
    """What may be changed about an organization; what is left out stays."""

    kind: OrganizationKind
    code: str
    name: str


@dataclass(kw_only=True, eq=False)
class Organization(Aggregate):
    """A unit of the tenant."""

    NAME = "organization"
    OWNER_ATTRIBUTES = OWNER_ATTRIBUTES
    SEE = (
        Holds(Permission.DIRECTORY_READ, over=OWNER_ATTRIBUTES)
        | MemberOf(OWNER_ATTRIBUTES)
        | MANAGE
    )
    GUARDED: ClassVar = {"references": MANAGE}
    SEE_HISTORY = MANAGE | Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
    CREATE: ClassVar = Action(
        "create", Holds(Permission.ORGANIZATIONS_MANAGE, over=PARENT_OWNER_ATTRIBUTES)
    )
    EDIT: ClassVar = Action("edit", MANAGE)
    MOVE: ClassVar = Action("move", MANAGE)
    CLOSE: ClassVar = Action("close", MANAGE)
    REOPEN: ClassVar = Action("reopen", MANAGE)
    ADD_EXTERNAL_REFERENCE: ClassVar = Action("add_external_reference", MANAGE)
    REMOVE_EXTERNAL_REFERENCE: ClassVar = Action("remove_external_reference", MANAGE)
    ACTIONS = (EDIT, MOVE, CLOSE, REOPEN, ADD_EXTERNAL_REFERENCE, REMOVE_EXTERNAL_REFERENCE)
    SEARCH_ATTRIBUTES = ("name", "code")

    kind: OrganizationKind
    code: str
    name: str
    parent_id: OrganizationId | None = None
    starts_on: date
    ends_on: date | None = None
    references: list[OrganizationReference] = field(default_factory=list)

    def edit(self, **details: Unpack[OrganizationDetails]) -> None:
        """Change kind, code or name. Raises Invalid."""
        values: dict[str, object] = dict(details)
        if "code" in details:
            values["code"] = _normalize_code(details["code"])
        if "name" in details:
            values["name"] = _normalize_name(details["name"])
        self.update_attributes("edited", values)

    def move(self, parent_id: OrganizationId | None, parent_ancestors: Collection[UUID]) -> None:
        """Hang the unit and all below it under another one. Raises Invalid with REFERENCE_CYCLE."""
        if parent_id is not None and self.id in (parent_id, *parent_ancestors):
            raise Invalid(
                "An organization cannot stand below itself. Choose a unit outside of it.",
                "parentId",
                code=Code.REFERENCE_CYCLE,
            )
        self.update_attributes("moved", {"parent_id": parent_id})

    def close(self, ends_on: date) -> None:
        """Say from which day on the unit is no more. Raises Invalid."""
        Period(self.starts_on, ends_on)
        self.update_attributes("closed", {"ends_on": ends_on}, effective_on=ends_on)

    def reopen(self) -> None:
        """Let the unit go on. Raises StateConflict where no end of it is set."""
        if self.ends_on is None:
            raise StateConflict("No end of this unit is set, so there is nothing to reopen.")
        self.update_attributes("reopened", {"ends_on": None})

    def add_external_reference(self, source: str, external_id: str, *field_path: str | int) -> None:
        """Note what another system calls the unit. Raises Invalid and LimitExceeded."""
        if external_references.set_external_reference(
            self.references, source, external_id, self._create_reference, *field_path
        ):
            self.record_event("external_reference_added")

    def remove_external_reference(self, source: str) -> None:
        """Take out what another system calls the unit."""
        if external_references.remove_external_reference(self.references, source):
            self.record_event("external_reference_removed")

    def _create_reference(self, source: str, external_id: str) -> OrganizationReference:
        return OrganizationReference(
            tenant_id=self.tenant_id,
            organization_id=self.id,
            source=source,
            external_id=external_id,
        )


async def create(
    work: Work,
    *,
    kind: OrganizationKind,
    code: str,
    name: str,
    parent_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Organization:
    """Found a unit. Raises Invalid (NOT_UNIQUE for a code in use) and NotPermitted."""
    await work.lock_tree(Organization.NAME)
    parent = await work.reference(Organization, parent_id, "parentId")
    period = Period(starts_on or work.actor.today, ends_on)
    organization = Organization(
        tenant_id=work.actor.tenant_id,
        kind=kind,
        code=_normalize_code(code),
        name=_normalize_name(name),
        parent_id=OrganizationId(parent.id) if parent else None,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
    )
    organization.record_event("created")
    await work.require(organization, to=Organization.CREATE)
    await _ensure_unique_code(work, organization.code)
    await work.add(organization, to=Organization.CREATE)
    return organization


async def edit(
    work: Work,
    id: UUID,
    *,
    expected_version: int | None = None,
    **details: Unpack[OrganizationDetails],
) -> Organization:
    """Change kind, code or name. Raises what `Work.get` raises, and Invalid."""
    organization = await work.get(
        Organization, id, to=Organization.EDIT, expected_version=expected_version
    )
    if "code" in details and _normalize_code(details["code"]) != organization.code:
        await _ensure_unique_code(work, _normalize_code(details["code"]))
    organization.edit(**details)
    return organization


async def move(
    work: Work, id: UUID, *, parent_id: UUID | None, expected_version: int | None = None
) -> Organization:
    """Hang a unit under another one, or under none.

    Raises what `Work.get` raises, NotPermitted where the actor has no say over the new place, and
    Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Organization.NAME)
    organization = await work.get(
        Organization, id, to=Organization.MOVE, expected_version=expected_version
    )
    parent = await work.reference(Organization, parent_id, "parentId")
    parent_ancestors = await work.ancestors(Organization, parent.id) if parent else ()
    organization.move(OrganizationId(parent.id) if parent else None, parent_ancestors)
    await work.require(organization, to=Organization.CREATE)
    return organization


async def close(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Organization:
    """End a unit, today or on another day.

    Raises what `Work.get` raises, Invalid, and StateConflict while units below it are open.
    """
    await work.lock_tree(Organization.NAME)
    organization = await work.get(
        Organization, id, to=Organization.CLOSE, expected_version=expected_version
    )
    if await work.count(Organization, parent_id=organization.id, ends_on=None):
        raise StateConflict("There are open units below this one. Move or close them first.")
    organization.close(ends_on or work.actor.today)
    return organization


async def add_external_reference(
    work: Work,
    id: UUID,
    source: str,
    external_id: str,
    *,
    expected_version: int | None = None,
) -> Organization:
    """Note what another system calls a unit. Raises what `Work.get` raises, and Invalid."""
    organization = await work.get(
        Organization, id, to=Organization.ADD_EXTERNAL_REFERENCE, expected_version=expected_version
    )
    own_references = organization.references
    await external_references.ensure_unique_reference(
        work, OrganizationReference, own_references, source, external_id, "reference"
    )
    organization.add_external_reference(source, external_id, "reference")
    return organization


async def reference_open_organization(
    work: Work, id: UUID | None, *field: str
) -> Organization | None:
    """Load a unit that something is to belong to. Raises Invalid where it has ended."""
    unit = await work.reference(Organization, id, *field)
    if unit is not None and unit.ends_on is not None and unit.ends_on <= work.actor.today:
        raise Invalid("This unit has ended. Choose another, or reopen it.", *field)
    return unit


async def _ensure_unique_code(work: Work, code: str) -> None:
    if await work.find(Organization, code=code):
        raise Invalid(f"The code {code} is in use. Choose another.", "code", code=Code.NOT_UNIQUE)


def _normalize_code(text: str) -> str:
    return single_line("The code", text, "code", max_length=50)


def _normalize_name(text: str) -> str:
    return single_line("The name", text, "name")
