"""Organizations: the units of a tenant, from the company down to the site, in one tree."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import Holds, MemberOf, Place, Via
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Permission

PLACE = Place(organization="id")
ABOVE = Place(organization="parent_id")
MANAGE = Holds(Permission.ORGANIZATIONS_MANAGE, over=PLACE)


class OrganizationKind(StrEnum):
    """What sort of unit an organization is."""

    COMPANY = "company"
    LEGAL_ENTITY = "legal_entity"
    DIVISION = "division"
    DEPARTMENT = "department"
    LINE_OF_BUSINESS = "line_of_business"
    SITE = "site"


@dataclass(kw_only=True, eq=False)
class OrganizationReference(Part):
    """What another system calls an organization."""

    NAME = "reference"
    SEE = Via("organization_id", "organization", MANAGE)

    organization_id: UUID
    source: str
    external_id: str


@dataclass(kw_only=True, eq=False)
class Organization(Aggregate):
    """A unit of the tenant."""

    NAME = "organization"
    PLACE = PLACE
    SEE = Holds(Permission.DIRECTORY_READ, over=PLACE) | MemberOf(PLACE) | MANAGE
    GUARDED: ClassVar = {"references": MANAGE}
    HISTORY = MANAGE | Holds(Permission.AUDIT_READ, over=PLACE)
    CREATE: ClassVar = Action("create", Holds(Permission.ORGANIZATIONS_MANAGE, over=ABOVE))
    EDIT: ClassVar = Action("edit", MANAGE)
    MOVE: ClassVar = Action("move", MANAGE)
    CLOSE: ClassVar = Action("close", MANAGE)
    REOPEN: ClassVar = Action("reopen", MANAGE)
    ACTIONS = (EDIT, MOVE, CLOSE, REOPEN)
    SEARCH = ("name", "code")

    kind: OrganizationKind
    code: str
    name: str
    parent_id: OrganizationId | None = None
    starts_on: date
    ends_on: date | None = None
    references: list[OrganizationReference] = field(default_factory=list)
