"""Schema of the KPIs of the demo: what `data/kpis.yaml` contains."""

from typing import Literal

from pydantic import Field

from api.demo.schema import Entry

Multiples = dict[int, float]
"""Factors by how many months back they are."""


class Series(Entry):
    """Values of a measured KPI, oldest first. `of` makes them a share of another one's values.

    `season` has a factor for each month of the year. A dip is one month, a step goes on.
    """

    start: float
    of: str = ""
    growth: float = 0
    noise: float = 0
    digits: int = 0
    season: tuple[float, ...] = (1,) * 12
    dips: Multiples = Field(default_factory=dict)
    steps: Multiples = Field(default_factory=dict)


class DemoInput(Entry):
    """A measured amount of money that a formula reads."""

    name: str
    direction: Literal["up", "down"] = "up"


class DemoTarget(Entry):
    """A target from the first day on."""

    kind: Literal["at_least", "at_most"]
    value: str


class DemoDimension(Entry):
    """The parts of a KPI and of its inputs, by their codes, and the share of each in a series."""

    key: str
    name: str
    members: dict[str, str]
    shares: dict[str, tuple[float, ...]]


class DemoKpi(Entry):
    """A computed KPI from a template or a formula. `uses` and `drives` name KPIs by key.

    `people` is the series that says how many people the measured values are about. `measured` lets
    Trellis measure the inputs from the people of the demo, and `by_unit` breaks it down by unit.
    """

    key: str
    unit: str
    name: str = ""
    description: str = ""
    template: str = ""
    variant: str | None = None
    frequency: Literal["monthly", "quarterly"] = "monthly"
    currency: str | None = None
    formula: str = ""
    money: str = ""
    points: bool = False
    uses: dict[str, str] = Field(default_factory=dict)
    inputs: dict[str, DemoInput] = Field(default_factory=dict)
    series: dict[str, Series] = Field(default_factory=dict)
    target: DemoTarget | None = None
    groups: tuple[str, ...] = ()
    drives: str = ""
    influence: Literal["leading", "lagging"] | None = None
    people: str = ""
    measured: bool = False
    by_unit: bool = False
    dimension: DemoDimension | None = None
