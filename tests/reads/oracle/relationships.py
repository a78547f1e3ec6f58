"""Who somebody is in a world, worked out from its plain rows by walking them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from tests.reads.dataset import Row, World


def runs(row: Row, day: date) -> bool:
    """Whether a row's period has that day."""
    return row["starts_on"] <= day and (row["ends_on"] is None or day < row["ends_on"])


class Facts:
    """A world with its rows by id."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.today = world.today
        self.by_id: dict[UUID, Row] = {
            row["id"]: row for rows in world.tables.values() for row in rows if "id" in row
        }

    def rows(self, table: str, **having: Any) -> list[Row]:
        """The rows of a table that have these values."""
        return [
            row
            for row in self.world.tables[table]
            if all(row[name] == value for name, value in having.items())
        ]

    def get(self, id: UUID | None) -> Row | None:
        return self.by_id.get(id) if id else None

    def up(self, row: Row) -> Iterator[Row]:
        """A unit or team, and all above it."""
        here: Row | None = row
        while here is not None:
            yield here
            here = self.get(here["parent_id"])

    def manager_id(self, person_id: UUID, day: date) -> UUID | None:
        for line in self.world.tables["reporting_lines"]:
            if line["person_id"] == person_id and line["kind"] == "primary" and runs(line, day):
                return line["manager_id"]
        return None

    def managers(self, person_id: UUID, day: date) -> list[UUID]:
        """Everyone above somebody on a day, the nearest first."""
        found = []
        above = self.manager_id(person_id, day)
        while above is not None:
            found.append(above)
            above = self.manager_id(above, day)
        return found

    def memberships(self, day: date, **having: Any) -> list[Row]:
        return [row for row in self.rows("team_memberships", **having) if runs(row, day)]

    def unit_of_person(self, person_id: UUID | None) -> UUID | None:
        person = self.get(person_id)
        return person["organization_id"] if person else None

    def is_within(self, unit_id: UUID | None, root_id: UUID | None) -> bool:
        """Whether a unit is that root or stands below it."""
        unit = self.get(unit_id)
        return unit is not None and any(each["id"] == root_id for each in self.up(unit))


@dataclass(frozen=True)
class Whose:
    """Whose something is: the person, the team and the unit by which grants reach it."""

    person: UUID | None = None
    team: UUID | None = None
    unit: UUID | None = None


class Caller:
    """Somebody who asks."""

    def __init__(self, facts: Facts, subject: str) -> None:
        self.facts = facts
        (self.member,) = facts.rows("members", subject=subject)
        self.id: UUID = self.member["person_id"]
        self.seen: dict[tuple[str, UUID], bool] = {}

    @cached_property
    def grants(self) -> list[tuple[str, str, UUID | None]]:
        """Permission, population and unit of every grant, as narrowed for this caller."""
        found = []
        for held in self.facts.rows("role_assignments", member_id=self.member["id"]):
            for grant in self.facts.rows("role_grants", role_id=held["role_id"]):
                population, unit = grant["population"], grant["organization_id"]
                if held["organization_id"] and population == "everyone":
                    population, unit = "organization", held["organization_id"]
                found.append((grant["permission"], population, unit))
        return found

    @cached_property
    def units(self) -> set[UUID]:
        """The caller's unit and those above it."""
        unit = self.facts.get(self.facts.unit_of_person(self.id))
        return {each["id"] for each in self.facts.up(unit)} if unit else set()

    @cached_property
    def led(self) -> set[UUID]:
        """The teams that the caller leads today."""
        mine = self.facts.memberships(self.facts.today, person_id=self.id, role="lead")
        return {each["team_id"] for each in mine}

    def leads(self, team_id: UUID | None) -> bool:
        """Whether the caller leads that team or one above it."""
        team = self.facts.get(team_id)
        return team is not None and any(each["id"] in self.led for each in self.facts.up(team))

    def leads_person(self, person_id: UUID | None) -> bool:
        mine = self.facts.memberships(self.facts.today, person_id=person_id)
        return any(self.leads(each["team_id"]) for each in mine)

    def manages(self, person_id: UUID | None) -> bool:
        return person_id is not None and self.id in self.facts.managers(person_id, self.facts.today)

    def has(self, permission: str) -> bool:
        """Whether some grant allows this, over whomever."""
        return any(each[0] == permission for each in self.grants)

    def holds(self, permission: str, whose: Whose) -> bool:
        """Whether a grant of this permission reaches what is somebody's."""
        return any(
            self._reaches(population, unit, whose)
            for name, population, unit in self.grants
            if name == permission
        )

    def _reaches(self, population: str, unit: UUID | None, whose: Whose) -> bool:
        match population:
            case "everyone":
                return True
            case "organization":
                return self.facts.is_within(whose.unit, unit)
            case "teams_led":
                return self.leads(whose.team) or self.leads_person(whose.person)
            case "reporting_chain":
                return self.manages(whose.person)
            case _:
                return whose.person == self.id
