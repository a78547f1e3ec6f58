"""Small random tenants of aggregates, and their relationships by a plain walk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.access import Actor, Relationships
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.periods import Period
from domain.kernel.permissions import Grant, Permission, Population
from domain.members import Member
from domain.organizations import Organization
from domain.people import LineKind, Person
from domain.teams import Membership, Team, TeamRole
from tests.factories.actors import TODAY
from tests.factories.goals import a_goal, add_key_result
from tests.factories.members import a_member
from tests.factories.organizations import an_organization
from tests.factories.people import a_person, add_reporting_line
from tests.factories.teams import a_team, add_membership

YEAR = timedelta(days=365)


@dataclass
class RandomTenant:
    """A tenant of a few organizations, teams, people, members and goals."""

    tenant_id: TenantId
    random: Random
    units: list[Organization] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def list_aggregates(self) -> list[Aggregate]:
        """List all aggregates, in an order in which they can be stored."""
        return [*self.units, *self.people, *self.teams, *self.members, *self.goals]

    def draw_actor(self) -> Actor:
        """Draw an actor of this tenant, with grants of every kind of population."""
        person = self.random.choice([*self.people, None])
        grants = frozenset(
            self._draw_grant(permission) for permission in self.random.sample(list(Permission), 6)
        )
        return Actor(
            tenant_id=self.tenant_id,
            today=TODAY,
            person_id=PersonId(person.id) if person else None,
            grants=grants,
            organizations=frozenset(map(OrganizationId, self._find_unit_path(person))),
            teams_led=frozenset(map(TeamId, self._find_teams_led(person))),
        )

    def compute_relationships(self) -> Relationships:
        """Compute the relationships of today."""
        units = {each.id: each.id for each in self.units}
        units |= {each.id: each.organization_id for each in self.teams}
        units |= {each.id: each.organization_id for each in self.people if each.organization_id}
        parents: dict[UUID, UUID | None] = {each.id: each.parent_id for each in self.units}
        parents |= {each.id: each.parent_id for each in self.teams}
        teams = {each.id: {each.id, *_find_ancestors(parents, each.id)} for each in self.teams}
        for person in self.people:
            own = [
                each.id
                for each in self.teams
                for m in each.memberships
                if _is_current_member(m, person)
            ]
            teams[person.id] = {above for id in own for above in teams[id]}
        lines = {
            each.id: line.manager_id
            for each in self.people
            for line in each.lines
            if line.kind is LineKind.PRIMARY and Period(line.starts_on, line.ends_on).covers(TODAY)
        }
        return Relationships(
            managers={each.id: frozenset(_find_ancestors(lines, each.id)) for each in self.people},
            teams={id: frozenset(found) for id, found in teams.items()},
            organizations=units,
            organization_paths={
                each.id: frozenset({each.id, *_find_ancestors(parents, each.id)})
                for each in self.units
            },
        )

    def _draw_grant(self, permission: Permission) -> Grant:
        population = self.random.choice(list(Population))
        if population is Population.ORGANIZATION:
            unit = OrganizationId(self.random.choice(self.units).id)
            return Grant(permission, population, unit)
        return Grant(permission, population)

    def _find_unit_path(self, person: Person | None) -> frozenset[UUID]:
        if person is None or person.organization_id is None:
            return frozenset()
        return self.compute_relationships().organization_paths[person.organization_id]

    def _find_teams_led(self, person: Person | None) -> set[UUID]:
        return {
            team.id
            for team in self.teams
            for each in team.memberships
            if person and each.role is TeamRole.LEAD and _is_current_member(each, person)
        }


def a_world(tenant_id: TenantId, seed: int) -> RandomTenant:
    """Build the tenant of this seed."""
    chance = Random(seed)
    world = RandomTenant(tenant_id, chance)
    for number in range(4):
        above = chance.choice([None, *world.units])
        world.units.append(an_organization(tenant_id, f"U{number}", above))
    for number in range(6):
        person = a_person(tenant_id, f"P{number}", organization=chance.choice([None, *world.units]))
        for manager in chance.sample(world.people, min(2, len(world.people))):
            kind = chance.choice(list(LineKind))
            if all(line.kind is LineKind.DOTTED for line in person.lines) or (
                kind is LineKind.DOTTED
            ):
                add_reporting_line(person, manager, *_draw_period(chance), kind)
        world.people.append(person)
    for number in range(4):
        team = a_team(chance.choice(world.units), f"T{number}", chance.choice([None, *world.teams]))
        for person in chance.sample(world.people, 3):
            add_membership(person, team, chance.choice(list(TeamRole)), *_draw_period(chance))
        world.teams.append(team)
    world.members = [a_member(each, each.name) for each in world.people[:3]]
    world.goals = [_draw_goal(world, number) for number in range(12)]
    return world


def _draw_goal(world: RandomTenant, number: int) -> Goal:
    chance = world.random
    owners: list[Person | Team | Organization] = [*world.people, *world.teams, *world.units]
    goal = a_goal(
        chance.choice(owners),
        f"G{number}",
        chance.choice(list(Visibility)),
        chance.choice(list(GoalStatus)),
        *chance.sample(world.people, 1),
    )
    add_key_result(goal)
    return goal


def _draw_period(chance: Random) -> tuple[date, date | None]:
    return chance.choice(
        [
            (TODAY - YEAR, None),
            (TODAY, None),
            (TODAY - YEAR, TODAY + timedelta(1)),
            (TODAY - YEAR, TODAY),
            (TODAY + timedelta(1), None),
        ]
    )


def _find_ancestors(parents: Mapping[UUID, UUID | None], id: UUID) -> list[UUID]:
    found: list[UUID] = []
    above = parents.get(id)
    while above is not None:
        found.append(above)
        above = parents.get(above)
    return found


def _is_current_member(membership: Membership, person: Person) -> bool:
    period = Period(membership.starts_on, membership.ends_on)
    return membership.person_id == person.id and period.covers(TODAY)
