"""An organization: a unit of the tenant's tree."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel import external_references
from domain.kernel.access import Holds, InheritedFrom, MemberOf
from domain.kernel.actions import Action
from domain.kernel.counted_people import COUNTING
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import EDITABLE, PERIOD_END, SingleLine, name_rule
from domain.kernel.identity import OrganizationId
from domain.kernel.nesting import Nesting
from domain.kernel.periods import Period, find_period_faults
from domain.kernel.permissions import Permission
from domain.organizations.policy import MANAGE, OWNER_ATTRIBUTES, PARENT_OWNER_ATTRIBUTES


class OrganizationKind(StrEnum):
    """The kind of unit that an organization is."""

    COMPANY = "company"
    LEGAL_ENTITY = "legal_entity"
    DIVISION = "division"
    DEPARTMENT = "department"
    LINE_OF_BUSINESS = "line_of_business"
    SITE = "site"


@dataclass(kw_only=True, eq=False)
class OrganizationReference(external_references.ExternalReference):
    """The id of an organization in another system."""

    SEE = InheritedFrom("organization_id", "organization", MANAGE)

    organization_id: UUID


@dataclass(kw_only=True, eq=False)
class Organization(external_references.ReferencedAggregate[OrganizationReference]):
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
    REFERENCE = OrganizationReference
    ADD_EXTERNAL_REFERENCE: ClassVar = Action("add_external_reference", MANAGE)
    REMOVE_EXTERNAL_REFERENCE: ClassVar = Action("remove_external_reference", MANAGE)
    ACTIONS = (EDIT, MOVE, CLOSE, REOPEN, ADD_EXTERNAL_REFERENCE, REMOVE_EXTERNAL_REFERENCE)
    EVENTS = (
        "created",
        "edited",
        "moved",
        "closed",
        "reopened",
        "external_reference_added",
        "external_reference_removed",
    )
    GUARDED_EVENTS: ClassVar = {
        "external_reference_added": "references",
        "external_reference_removed": "references",
    }
    EVENT_TASKS: ClassVar = {"moved": COUNTING}
    SEARCH_ATTRIBUTES = ("name", "code")

    kind: Annotated[OrganizationKind, EDITABLE]
    code: Annotated[str, SingleLine("The code", max_length=50, ignores_case=True), EDITABLE]
    name: Annotated[str, name_rule("The name"), EDITABLE]
    parent_id: OrganizationId | None = None
    starts_on: date
    ends_on: Annotated[date | None, PERIOD_END] = None
    references: list[OrganizationReference] = field(default_factory=list)

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield an end that does not come after the start."""
        return find_period_faults(values.get("starts_on"), values.get("ends_on"))

    def move(self, parent_id: OrganizationId | None, parent_ancestors: Collection[UUID]) -> None:
        """Move the unit, with all units below it. Raises Invalid with REFERENCE_CYCLE."""
        if parent_id is not None and self.id in (parent_id, *parent_ancestors):
            raise Invalid(
                "An organization cannot stand below itself. Choose a unit outside of it.",
                "parentId",
                code=Code.REFERENCE_CYCLE,
            )
        self.update_attributes("moved", {"parent_id": parent_id})

    def close(self, ends_on: date) -> None:
        """Set the first day on which the unit no longer exists. Raises Invalid."""
        Period(self.starts_on, ends_on)
        self.update_attributes("closed", {"ends_on": ends_on}, effective_on=ends_on)

    def reopen(self) -> None:
        """Remove the end of the unit. Raises StateConflict where it has none."""
        if self.ends_on is None:
            raise StateConflict("No end of this unit is set, so there is nothing to reopen.")
        self.update_attributes("reopened", {"ends_on": None})


UNIT_IN_UNIT = Nesting(
    inner=Organization,
    attribute="parent_id",
    outer=Organization,
    inner_name="this unit",
    inner_names="units below this one",
    outer_name="The unit above",
)
