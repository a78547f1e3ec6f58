"""Workers and crews: the people of the demo and their teams, as planned, before they are told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from api.demo.names import FullName
from api.demo.places import Site


@dataclass(eq=False)
class Worker:
    """Somebody of the demo as they are today, or were when they left."""

    number: int
    name: FullName
    email: str
    title: str
    level: str
    site: Site
    unit: str
    trade: str
    manager: "Worker | None"
    hired_on: date
    crew: "Crew | None" = None
    first_title: str | None = None
    first_level: str | None = None
    promoted_on: date | None = None
    moved_from: "Crew | None" = None
    moved_on: date | None = None
    moves_to: "Crew | None" = None
    moves_on: date | None = None
    left_on: date | None = None
    leaving_reason: str | None = None
    rehired_on: date | None = None
    earlier: tuple[date, date] | None = None
    absences: list["Absence"] = field(default_factory=list)
    dotted: list[tuple["Worker", date]] = field(default_factory=list)

    @property
    def is_lead(self) -> bool:
        """Whether others report to them."""
        return self.level.startswith("M")

    @property
    def led_at_first(self) -> bool:
        """Whether they did so when the story begins."""
        return (self.first_level or self.level).startswith("M")

    def first_manager(self, day: date) -> "Worker | None":
        """Whom they report to on that day."""
        moved_later = self.moved_on is not None and day < self.moved_on
        crew = self.moved_from if moved_later else self.crew
        if crew is None or crew.lead_on(day) is self:
            return self.manager
        return crew.lead_on(day)

    def works_on(self, day: date) -> bool:
        """Whether they are employed on that day."""
        if self.rehired_on is not None and self.rehired_on <= day:
            return True
        return self.hired_on <= day and (self.left_on is None or day < self.left_on)

    def chain(self) -> Iterator["Worker"]:
        """Everyone above, nearest first."""
        above = self.manager
        while above is not None:
            yield above
            above = above.manager


@dataclass(frozen=True)
class Absence:
    """A long time away."""

    starts_on: date
    ends_on: date | None
    reason: str


@dataclass(eq=False)
class Crew:
    """A team with its lead and its members; some had another lead before."""

    name: str
    unit: str
    trade: str
    site: Site
    lead: Worker
    members: list[Worker] = field(default_factory=list)
    former_lead: Worker | None = None
    succeeded_on: date | None = None

    def lead_on(self, day: date) -> Worker:
        """Who leads on that day."""
        if self.former_lead is not None and self.succeeded_on and day < self.succeeded_on:
            return self.former_lead
        return self.lead


@dataclass(eq=False)
class Project:
    """A team across departments, which people give a part of their time to."""

    name: str
    unit: str
    description: str
    lead: Worker
    starts_on: date
    share: int = 20
    members: list[Worker] = field(default_factory=list)
    parent: "Project | None" = None
