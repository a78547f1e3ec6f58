"""Permissions, and grants of a permission over a population."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.kernel.identity import OrganizationId


class Permission(StrEnum):
    """What a grant allows, as `noun:verb`."""

    AUDIT_READ = "audit:read"
    DIRECTORY_READ = "directory:read"
    EMPLOYMENT_MANAGE = "employment:manage"
    EMPLOYMENT_READ = "employment:read"
    FEEDBACK_READ_AUTHORS = "feedback:read_authors"
    GOALS_MANAGE = "goals:manage"
    GOALS_READ = "goals:read"
    ISSUERS_MANAGE = "issuers:manage"
    KPIS_MANAGE = "kpis:manage"
    KPIS_READ = "kpis:read"
    KPIS_RECORD = "kpis:record"
    MEMBERS_MANAGE = "members:manage"
    MEMBERS_READ = "members:read"
    ORGANIZATIONS_MANAGE = "organizations:manage"
    PEOPLE_CORRECT = "people:correct"
    PEOPLE_ERASE = "people:erase"
    PEOPLE_EXPORT = "people:export"
    PEOPLE_HOLD = "people:hold"
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_MERGE = "people:merge"
    REVIEWS_MANAGE = "reviews:manage"
    ROLES_MANAGE = "roles:manage"
    SETTINGS_MANAGE = "settings:manage"
    SETTINGS_READ = "settings:read"
    SURVEYS_MANAGE = "surveys:manage"
    TEAMS_MANAGE = "teams:manage"


class Population(StrEnum):
    """The people or objects that a grant covers."""

    EVERYONE = "everyone"
    ORGANIZATION = "organization"
    TEAMS_LED = "teams_led"
    REPORTING_CHAIN = "reporting_chain"
    SELF = "self"
    KPI = "kpi"


@dataclass(frozen=True)
class Reach:
    """A population, or that part of it that lies within an organization subtree."""

    population: Population
    is_limited: bool = False


@dataclass(frozen=True)
class Grant:
    """A permission over a population, limited to the subtree of `organization_id` if it is set.

    ORGANIZATION is EVERYONE with such a limit; without one it covers nobody. KPI covers `kpi_id`,
    and nothing once a subtree limits it.
    """

    permission: Permission
    population: Population = Population.EVERYONE
    organization_id: OrganizationId | None = None
    kpi_id: UUID | None = None

    @property
    def reach(self) -> Reach:
        """The population, and whether an organization subtree limits it."""
        is_organization = self.population is Population.ORGANIZATION
        return Reach(self.population, is_organization or self.organization_id is not None)

    def restrict_to(self, organization_id: OrganizationId | None) -> "Grant":
        """Return this grant limited to a subtree, which must lie within the limit it has."""
        if organization_id is None:
            return self
        is_everyone = self.population is Population.EVERYONE
        population = Population.ORGANIZATION if is_everyone else self.population
        return Grant(self.permission, population, organization_id, self.kpi_id)
