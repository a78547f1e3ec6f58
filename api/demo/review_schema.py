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


class DemoExpectation(Entry):
    """What is expected of a competency at a level."""

    competency_key: str
    text: str


class DemoCompetencyLevel(Entry):
    """A level of a track."""

    key: str
    name: str
    expectations: tuple[DemoExpectation, ...] = ()


class DemoTrack(Entry):
    """A career track, with its levels from the lowest up."""

    key: str
    name: str
    levels: tuple[DemoCompetencyLevel, ...] = ()


class DemoCompetency(Entry):
    """A competency."""

    key: str
    name: str
    theme: str | None = None
    description: str | None = None


class DemoFramework(Entry):
    """A competency framework, which is published."""

    name: str
    description: str | None = None
    competencies: tuple[DemoCompetency, ...]
    tracks: tuple[DemoTrack, ...] = ()


class DemoReviews(Entry):
    """The content of the file."""

    scales: tuple[DemoScale, ...] = ()
    frameworks: tuple[DemoFramework, ...] = ()
