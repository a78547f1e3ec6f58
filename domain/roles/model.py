"""The aggregate of a role, and its grants."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Holds, InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.errors import Invalid, LimitExceeded, StateConflict
from domain.kernel.fields import EDITABLE, MultiLine, key_rule, name_rule
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Permission, Population
from domain.roles.built_in_roles import REQUIRED_ADMIN_GRANTS, TENANT_ADMIN
from domain.roles.policy import MANAGE, SEE

MAX_GRANTS = 200


@dataclass(kw_only=True, eq=False)
class RoleGrant(Part):
    """One permission of a role, over one population."""

    NAME = "grant"
    SEE = InheritedFrom("role_id", "role", SEE)

    role_id: UUID
    permission: Permission
    population: Population = Population.EVERYONE
    organization_id: OrganizationId | None = None
    kpi_id: UUID | None = None

    @property
    def grant(self) -> Grant:
        """The grant as a value, in the form that access rules compare."""
        return Grant(self.permission, self.population, self.organization_id, self.kpi_id)


@dataclass(kw_only=True, eq=False)
class Role(Aggregate):
    """A named set of grants that can be assigned to members."""

    NAME = "role"
    SEE = SEE
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("create", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    SET_GRANTS: ClassVar = Action("set_grants", MANAGE)
    DELETE: ClassVar = Action("delete", MANAGE, deletes=True)
    ACTIONS = (EDIT, SET_GRANTS, DELETE)
    EVENTS = (
        "created",
        "edited",
        "grants_set",
        "deleted",
        "self_appointed",
    )
    SEARCH_ATTRIBUTES = ("name",)

    key: Annotated[str, key_rule("The key")]
    name: Annotated[str, name_rule("The name", 100), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", max_length=1_000), EDITABLE] = (
        None
    )
    is_built_in: bool = False
    grants: list[RoleGrant] = field(default_factory=list)

    def set_grants(self, grants: Collection[Grant]) -> None:
        """Replace all grants of the role.

        Raises Invalid for a grant without the organization or KPI it needs, LimitExceeded, and
        StateConflict where the tenant admin would lose a required grant.
        """
        requested = dict.fromkeys(grants)
        if len(requested) > MAX_GRANTS:
            raise LimitExceeded(f"A role has at most {MAX_GRANTS} grants. Remove some.", "grants")
        for index, grant in enumerate(requested):
            _check_population(grant, index)
        if self.key == TENANT_ADMIN and not requested.keys() >= REQUIRED_ADMIN_GRANTS:
            raise StateConflict(
                "The tenant admin keeps members:read, members:manage and roles:manage over"
                " everyone. Leave these three in.",
                "grants",
            )
        current = {each.grant for each in self.grants}
        for part in [each for each in self.grants if each.grant not in requested]:
            self.grants.remove(part)
        for grant in requested:
            if grant not in current:
                self.add_grant(grant)
        if current != requested.keys():
            self.record_event("grants_set")

    def add_grant(self, grant: Grant) -> None:
        """Add one grant."""
        self.grants.append(
            RoleGrant(
                tenant_id=self.tenant_id,
                role_id=self.id,
                permission=grant.permission,
                population=grant.population,
                organization_id=grant.organization_id,
                kpi_id=grant.kpi_id,
            )
        )


def _check_population(grant: Grant, index: int) -> None:
    if (grant.population is Population.ORGANIZATION) != (grant.organization_id is not None):
        raise Invalid(
            "Set an organization for the population ORGANIZATION, and none for the others.",
            *("grants", index, "organizationId"),
        )
    names_kpi = grant.population is Population.KPI
    if names_kpi != (grant.kpi_id is not None):
        raise Invalid(
            "Set a KPI for the population KPI, and none for the others.",
            *("grants", index, "kpiId"),
        )
    if names_kpi and grant.permission is not Permission.KPIS_RECORD:
        raise Invalid(
            "Only KPIS_RECORD can be granted for one KPI. Choose another population.",
            *("grants", index, "population"),
        )
