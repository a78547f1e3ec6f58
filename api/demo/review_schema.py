"""Schema of what the demo's reviews need: what `data/reviews.yaml` contains."""

from decimal import Decimal

from api.demo.schema import Entry


class DemoLevel(Entry):
    """A level of a scale. Levels stand in their order, from the lowest performance up."""

    label: str
    value: Decimal
    description: str | None = None


class DemoScale(Entry):
    """A rating scale, which is published."""

    name: str
    description: str | None = None
    allows_not_applicable: bool = False
    levels: tuple[DemoLevel, ...]


class DemoReviews(Entry):
    """The content of the file."""

    scales: tuple[DemoScale, ...] = ()
