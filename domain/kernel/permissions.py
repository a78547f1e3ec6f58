"""Permissions, and grants of a permission over a population."""

from dataclasses import dataclass
from enum import StrEnum

from domain.kernel.identity import OrganizationId


class Permission(StrEnum):
    """What a grant allows, as `noun:verb`."""

    AUDIT_READ = "audit:read"
    DIRECTORY_READ = "directory:read"
    EMPLOYMENT_MANAGE = "employment:manage"
    EMPLOYMENT_READ = "employment:read"
    GOALS_MANAGE = "goals:manage"
    GOALS_READ = "goals:read"
    MEMBERS_MANAGE = "members:manage"
    MEMBERS_READ = "members:read"
    ORGANIZATIONS_MANAGE = "organizations:manage"
    PEOPLE_MANAGE = "people:manage"
    ROLES_MANAGE = "roles:manage"
    SETTINGS_MANAGE = "settings:manage"
    SETTINGS_READ = "settings:read"
    TEAMS_MANAGE = "teams:manage"


class Population(StrEnum):
    """The people or objects that a grant covers."""

    EVERYONE = "everyone"
    ORGANIZATION = "organization"
    TEAMS_LED = "teams_led"
    REPORTING_CHAIN = "reporting_chain"
    SELF = "self"


@dataclass(frozen=True)
class Grant:
    """A permission over a population; `organization_id` names the subtree for ORGANIZATION."""

    permission: Permission
    population: Population = Population.EVERYONE
    organization_id: OrganizationId | None = None

    def restrict_to(self, organization_id: OrganizationId | None) -> "Grant":
        """Return this grant limited to the organization subtree of a role assignment."""
        if organization_id is None or self.population is not Population.EVERYONE:
            return self
        return Grant(self.permission, Population.ORGANIZATION, organization_id)
