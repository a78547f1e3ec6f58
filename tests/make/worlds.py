"""Whole small tenants, drawn at random, and where everybody stands in them by a plain walk."""

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
from tests.make.actors import TODAY
from tests.make.goals import a_goal, measured
from tests.make.members import a_member
from tests.make.organizations import an_organization
from tests.make.people import a_person, reports
from tests.make.teams import a_team, belongs

YEAR = timedelta(days=365)


@dataclass
class World:
    """A tenant of a few units, teams, people, members and goals."""

    tenant_id: TenantId
    chance: Random
    units: list[Organization] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def everything(self) -> list[Aggregate]:
        """All of it, in an order in which it can be kept."""
        return [*self.units, *self.people, *self.teams, *self.members, *self.goals]

    def actor(self) -> Actor:
        """Somebody of this tenant, with grants of every kind of population."""
        person = self.chance.choice([*self.people, None])
        grants = frozenset(
            self._grant(permission) for permission in self.chance.sample(list(Permission), 6)
        )
        return Actor(
            tenant_id=self.tenant_id,
            today=TODAY,
            person_id=PersonId(person.id) if person else None,
            grants=grants,
            organizations=frozenset(map(OrganizationId, self._path_of(person))),
            teams_led=frozenset(map(TeamId, self._led_by(person))),
        )

    def standing(self) -> Relationships:
        """Where everybody stands today."""
        units = {each.id: each.id for each in self.units}
        units |= {each.id: each.organization_id for each in self.teams}
        units |= {each.id: each.organization_id for each in self.people if each.organization_id}
        parents: dict[UUID, UUID | None] = {each.id: each.parent_id for each in self.units}
        parents |= {each.id: each.parent_id for each in self.teams}
        teams = {each.id: {each.id, *_above(parents, each.id)} for each in self.teams}
        for person in self.people:
            own = [each.id for each in self.teams for m in each.memberships if _is(m, person)]
            teams[person.id] = {above for id in own for above in teams[id]}
        lines = {
            each.id: line.manager_id
            for each in self.people
            for line in each.lines
            if line.kind is LineKind.PRIMARY and Period(line.starts_on, line.ends_on).covers(TODAY)
        }
        return Relationships(
            managers={each.id: frozenset(_above(lines, each.id)) for each in self.people},
            teams={id: frozenset(found) for id, found in teams.items()},
            organizations=units,
            organization_paths={
                each.id: frozenset({each.id, *_above(parents, each.id)}) for each in self.units
            },
        )

    def _grant(self, permission: Permission) -> Grant:
        population = self.chance.choice(list(Population))
        if population is Population.ORGANIZATION:
            unit = OrganizationId(self.chance.choice(self.units).id)
            return Grant(permission, population, unit)
        return Grant(permission, population)

    def _path_of(self, person: Person | None) -> frozenset[UUID]:
        if person is None or person.organization_id is None:
            return frozenset()
        return self.standing().organization_paths[person.organization_id]

    def _led_by(self, person: Person | None) -> set[UUID]:
        return {
            team.id
            for team in self.teams
            for each in team.memberships
            if person and each.role is TeamRole.LEAD and _is(each, person)
        }


def a_world(tenant_id: TenantId, seed: int) -> World:
    """The world of this seed."""
    chance = Random(seed)
    world = World(tenant_id, chance)
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
                reports(person, manager, *_period(chance), kind)
        world.people.append(person)
    for number in range(4):
        team = a_team(chance.choice(world.units), f"T{number}", chance.choice([None, *world.teams]))
        for person in chance.sample(world.people, 3):
            belongs(person, team, chance.choice(list(TeamRole)), *_period(chance))
        world.teams.append(team)
    world.members = [a_member(each, each.name) for each in world.people[:3]]
    world.goals = [_goal(world, number) for number in range(12)]
    return world


def _goal(world: World, number: int) -> Goal:
    chance = world.chance
    owners: list[Person | Team | Organization] = [*world.people, *world.teams, *world.units]
    goal = a_goal(
        chance.choice(owners),
        f"G{number}",
        chance.choice(list(Visibility)),
        chance.choice(list(GoalStatus)),
        *chance.sample(world.people, 1),
    )
    measured(goal)
    return goal


def _period(chance: Random) -> tuple[date, date | None]:
    return chance.choice(
        [
            (TODAY - YEAR, None),
            (TODAY, None),
            (TODAY - YEAR, TODAY + timedelta(1)),
            (TODAY - YEAR, TODAY),
            (TODAY + timedelta(1), None),
        ]
    )


def _above(parents: Mapping[UUID, UUID | None], id: UUID) -> list[UUID]:
    found: list[UUID] = []
    above = parents.get(id)
    while above is not None:
        found.append(above)
        above = parents.get(above)
    return found


def _is(membership: Membership, person: Person) -> bool:
    period = Period(membership.starts_on, membership.ends_on)
    return membership.person_id == person.id and period.covers(TODAY)
