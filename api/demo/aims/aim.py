"""How aims are written down, and read.

    team service: Get the night trailers out on time
      why: Every late departure costs us a delivery window the next morning.
      - Departures within ten minutes of plan: 82 → 94 %

The first words say who aims and which of the company's themes that serves.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

HEADING = re.compile(r"(?P<who>\w+)(?: (?P<theme>\w+))?: (?P<title>.+)")
FIGURE = re.compile(r"(?P<title>.+): (?P<start>[\d.-]+) → (?P<target>[\d.-]+) ?(?P<unit>.*)")


@dataclass(frozen=True)
class Measure:
    """A figure with where it starts and where it should go."""

    title: str
    start: Decimal
    target: Decimal
    unit: str | None

    @property
    def step(self) -> Decimal:
        """The smallest difference that this figure is given in."""
        digits = min(int(each.as_tuple().exponent) for each in (self.start, self.target))
        return Decimal(1).scaleb(min(digits, 0))


@dataclass(frozen=True)
class Aim:
    """Something worth reaching, told without saying by whom and when."""

    who: str
    theme: str
    title: str
    purpose: str | None
    measures: tuple[Measure, ...]


def read(text: str) -> tuple[Aim, ...]:
    """The aims written down in a text. Raises ValueError where a line makes no sense."""
    aims = []
    for block in re.split(r"\n(?=\S)", text.strip().replace("'", "’")):
        heading, *rest = block.strip().split("\n")
        found = HEADING.fullmatch(heading)
        if found is None:
            raise ValueError(f"Who aims at what in {heading!r}?")
        lines = [line.strip() for line in rest if line.strip()]
        why = " ".join(line.removeprefix("why: ") for line in lines if not line.startswith("- "))
        measures = tuple(_measure(line[2:]) for line in lines if line.startswith("- "))
        aims.append(Aim(found["who"], found["theme"] or "", found["title"], why or None, measures))
    return tuple(aims)


def _measure(line: str) -> Measure:
    found = FIGURE.fullmatch(line)
    if found is None:
        raise ValueError(f"What does {line!r} measure?")
    return Measure(
        found["title"], Decimal(found["start"]), Decimal(found["target"]), found["unit"] or None
    )
