"""A dimension breaks a KPI down into members. A slice of the KPI is one member of one dimension.

A KPI is loaded often and its members are needed rarely, so they are parts that it never loads.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.fields import EDITABLE, SingleLine, key_rule
from domain.kernel.identity import OrganizationId
from domain.kpis.policy import SEE, SEE_MEMBER

MAX_DIMENSIONS = 10
MAX_MEMBERS = 200
"""The members of all dimensions of one KPI."""

DIMENSION_KEY = key_rule("The key")
MEMBER_CODE = SingleLine("The code", max_length=60, ignores_case=True)
MEMBER_NAME = SingleLine("The name", max_length=100)


class KpiUnknownMembers(StrEnum):
    """What becomes of a value for a member that the dimension does not have."""

    REFUSE = "refuse"
    CREATE = "create"


class KpiMemberSource(StrEnum):
    """Where the members of a dimension come from."""

    LIST = "list"
    UNITS = "units"
    CONFINED_UNITS = "confined_units"


@dataclass(kw_only=True, eq=False)
class KpiDimension(Part):
    """A way to break a KPI down. A complete one has members that together are the total.

    Its members are named in a list, or they are the units directly below that of the KPI.
    """

    NAME = "kpi_dimension"
    SEE = InheritedFrom("kpi_id", "kpi", SEE)

    kpi_id: UUID
    key: Annotated[str, DIMENSION_KEY]
    name: Annotated[str, SingleLine("The name", max_length=100), EDITABLE]
    position: int
    unknown_members: Annotated[KpiUnknownMembers, EDITABLE] = KpiUnknownMembers.REFUSE
    is_complete: Annotated[bool, EDITABLE] = False
    members_from: Annotated[KpiMemberSource, EDITABLE] = KpiMemberSource.LIST

    @property
    def has_units(self) -> bool:
        """Whether the members follow the tree of units."""
        return self.members_from is not KpiMemberSource.LIST


@dataclass(kw_only=True, eq=False)
class KpiDimensionMember(Part):
    """A member of a dimension. With an organization, it is confined to the people of that unit.

    `unit_id` is the unit that the values are about, where the members follow the tree. That of the
    KPI itself stands for what is in none of the others.
    """

    NAME = "kpi_dimension_member"
    SEE: ClassVar = SEE_MEMBER

    kpi_id: UUID
    dimension_id: UUID
    code: Annotated[str, MEMBER_CODE, EDITABLE]
    name: Annotated[str, MEMBER_NAME, EDITABLE]
    position: int
    organization_id: OrganizationId | None = None
    unit_id: OrganizationId | None = None
    is_archived: bool = False

    kpi: ClassVar[Any] = None
    """The KPI, loaded for its access rules."""

    @property
    def is_confined(self) -> bool:
        """Whether not everyone who sees the KPI sees the member."""
        return self.organization_id is not None
