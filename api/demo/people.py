"""Employees and teams of the demo, and their names."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, NamedTuple

from api.demo.schema import Culture, DemoAccount, Site, Unit
from domain.goals import Goal
from domain.kernel.identity import PersonId
from domain.people import Person
from domain.teams import Team

SPELLINGS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "ä": "ae", "ö": "oe", "ü": "ue"})


class FullName(NamedTuple):
    """A name, how the directory shows it, and the local part of the e-mail address."""

    given: str
    family: str
    display: str
    mailbox: str


@dataclass(eq=False)
class Employee:
    """Somebody of the demo. Members of a team report to its lead, the lead to `superior`."""

    title: str
    level: str
    unit: Unit
    site: Site
    superior: "Employee | None" = None
    team: "WorkTeam | None" = None
    account: DemoAccount | None = None
    projects: list["WorkTeam"] = field(default_factory=list)
    goals: list[tuple[str, Goal]] = field(default_factory=list)
    number: int = field(init=False)
    name: FullName = field(init=False)
    hired_on: date = field(init=False)
    person: Person = field(init=False)

    @property
    def id(self) -> PersonId:
        """The id of the person, who must have been hired."""
        return PersonId(self.person.id)

    @property
    def lead(self) -> "Employee":
        """Who acts for them: everybody for themselves."""
        return self

    @property
    def manager(self) -> "Employee | None":
        """Whom they report to at present."""
        return self.superior if self.team is None or self.team.lead is self else self.team.lead


@dataclass(eq=False)
class WorkTeam:
    """A team or project with the employee who leads it at present, and acts for it."""

    name: str
    unit: Unit
    site: Site
    lead: Employee
    goals: list[tuple[str, Goal]] = field(default_factory=list)
    team: Team = field(init=False)

    def add(self, employee: Employee, day: date, **details: Any) -> None:
        """Add a member from that day on."""
        self.team.add_member(employee.id, starts_on=max(day, self.team.starts_on), **details)

    def change(self, employee: Employee, day: date, **details: Any) -> None:
        """Change role or share of a member from that day on."""
        for each in self.team.memberships[:]:
            if each.person_id == employee.id and each.period.covers(day):
                self.team.change_membership(each.id, starts_on=day, **details)

    def remove(self, employee: Employee, day: date) -> None:
        """Remove a member from that day on."""
        for each in self.team.memberships:
            if each.person_id == employee.id and each.ends_on is None:
                self.team.end_membership(each.id, max(day, each.starts_on))


def draw_name(culture: Culture, random: Random) -> FullName:
    """Return one of these names; a name in another script is shown in Latin letters, too."""
    given, _, latin_given = random.choice(culture.given).partition("|")
    family, _, latin_family = random.choice(culture.family).partition("|")
    latin = latin_given or given, latin_family or family
    mailbox = ".".join(map(_to_ascii, latin))
    if not (latin_given and latin_family):
        return FullName(*latin, " ".join(latin), mailbox)
    native = f"{family} {given}" if culture.family_first else f"{given} {family}"
    return FullName(given, family, f"{native} ({' '.join(latin)})", mailbox)


def _to_ascii(name: str) -> str:
    text = unicodedata.normalize("NFKD", name.lower().translate(SPELLINGS))
    return "".join(each for each in text if each.isascii() and each.isalnum())
