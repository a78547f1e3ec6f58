"""Schema of the demo data: what the YAML files below `data/` contain."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from domain.organizations import OrganizationKind
from domain.people import LeavingKind

FIGURES = re.compile(r"(?P<start>-?[\d.]+) → (?P<target>-?[\d.]+)(?: (?P<unit>.+))?")

Days = tuple[int, int]
Weights = dict[str, float]
"""How often each of these is drawn, in relation to the others."""

GoalKind = Literal["unit", "team", "person", "personal"]
Notes = dict[str, tuple[str, ...]]
"""Notes by confidence or outcome; `first` and `last` are for those check-ins of a goal."""


class Entry(BaseModel):
    """A part of a data file. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DemoAccount(Entry):
    """accounts.yaml: somebody with a known address, a natural name and a telling position.

    `seat` is the unit that they lead, or `unit/team/number` of a member. `extra_role` is a role
    beside that of an employee, limited to the unit in `within`. `queries` are files in queries/.
    """

    tenant: str
    key: str
    given_name: str
    family_name: str
    title: str
    role: str
    seat: str
    extra_role: str = ""
    within: str = ""
    days_employed: int
    queries: tuple[str, ...]

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        """The work e-mail, which is also the subject of their tokens."""
        return f"{self.key}@{self.tenant}.example"


class Measure(Entry):
    """The figures of a key result, written as `22.5 → 16.0 %`."""

    start: Decimal
    target: Decimal
    unit: str | None = None

    @model_validator(mode="before")
    @classmethod
    def parse(cls, text: object) -> dict[str, Any]:
        """Read `start → target unit`."""
        if match := FIGURES.fullmatch(str(text)):
            return match.groupdict()
        raise ValueError("write `start → target unit`")


class GoalTemplate(Entry):
    """A goal to set; `{city}` and `{unit}` stand for those of its owner."""

    theme: str = ""
    title: str
    why: str = ""
    measures: dict[str, Measure]


class Trade(Entry):
    """trades/*.yaml: a kind of work with its titles, team names and goals."""

    head: str
    lead: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    focus: tuple[str, ...]
    team_goals: tuple[GoalTemplate, ...]
    person_goals: tuple[GoalTemplate, ...]


class Site(Entry):
    """A place of work; `names` is the key of the names in names.yaml that are common there."""

    city: str
    region: str
    time_zone: str
    names: str


class Unit(Entry):
    """An organization; one with a trade has that trade's teams in each of its cities."""

    code: str
    name: str
    kind: OrganizationKind
    head: str = ""
    reports_to: str = ""
    trade: str = ""
    cities: tuple[str, ...] = ()
    team_size: int = 7
    own_team: str = ""
    site: Site | None = None
    goals: tuple[GoalTemplate, ...] = ()
    units: tuple["Unit", ...] = ()

    def walk(self, *above: "Unit") -> Iterator[tuple["Unit", ...]]:
        """Yield this unit and all below it, each followed by the units above it."""
        yield self, *above
        for unit in self.units:
            yield from unit.walk(self, *above)


class Project(Entry):
    """A team of people from several trades, and of the seats in `includes`."""

    name: str
    parent: str = ""
    unit: str
    description: str
    trades: tuple[str, ...]
    size: int
    includes: tuple[str, ...] = ()


class CareerRule(Entry):
    """What happens to a share of the employees, or to one seat, on a day relative to today."""

    event: Literal[
        "add_dotted_line", "change_team", "depart", "promote", "replace_lead", "take_leave"
    ]
    share: float = 0
    seat: str = ""
    days: Days
    lasting: Days | None = None
    trades: tuple[str, ...] = ()


class TenantData(Entry):
    """meridian.yaml, harbor.yaml: a tenant with its units, projects and scripted careers."""

    slug: str
    employee_number: str
    industry: str
    settings: dict[str, Any]
    foreign_names: tuple[str, ...] = ()
    careers: tuple[CareerRule, ...]
    projects: tuple[Project, ...]
    division_goals: tuple[GoalTemplate, ...] = ()
    company: Unit


class Culture(Entry):
    """names.yaml: names that go together; `native|romanised` where the script is not Latin."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    family_first: bool = False


class Texts(Entry):
    """notes.yaml: what people write."""

    industries: dict[str, Notes]
    personal: Notes
    languages: dict[str, Notes]
    leavers: tuple[str, ...]
    departure_reasons: dict[str, LeavingKind]
    leave_reasons: tuple[str, ...]


class GoalRates(Entry):
    """How one kind of owner sets goals and checks in, and how the goals end."""

    likelihood: tuple[float, ...] = ()
    aligned: float
    visibility: Weights
    check_ins: int
    outcomes: Weights


class Rates(Entry):
    """rates.yaml: likelihoods and numbers, explained there."""

    foreign_names: float
    own_language: float
    no_note: float
    early_end: float
    private_shared: float
    levels: Weights
    years_employed: dict[str, tuple[float, float, float]]
    pace: Weights
    reached: dict[str, tuple[float, float]]
    goals: dict[GoalKind, GoalRates]
    careers: tuple[CareerRule, ...]
