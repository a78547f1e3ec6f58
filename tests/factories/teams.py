"""Teams for tests."""

from datetime import date

from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Membership, Team, TeamRole


def a_team(organization: Organization, name: str = "Dispatch", below: Team | None = None) -> Team:
    """Build a team of an organization, possibly below another team."""
    return Team(
        tenant_id=organization.tenant_id,
        organization_id=OrganizationId(organization.id),
        parent_id=TeamId(below.id) if below else None,
        name=name,
        starts_on=date(2020, 1, 1),
    )


def add_membership(
    person: Person,
    team: Team,
    role: TeamRole = TeamRole.MEMBER,
    starts_on: date = date(2021, 1, 1),
    ends_on: date | None = None,
) -> Membership:
    """Add a person to a team."""
    membership = Membership(
        tenant_id=team.tenant_id,
        team_id=team.id,
        person_id=PersonId(person.id),
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    team.memberships.append(membership)
    return membership
