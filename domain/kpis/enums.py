"""Enums of a KPI: its state, scope and visibility, and the parts of its definition."""

from enum import StrEnum


class KpiState(StrEnum):
    """Whether a KPI is in use."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class KpiScopeKind(StrEnum):
    """The kind of unit that a KPI is about."""

    ORGANIZATION = "organization"
    TEAM = "team"


class KpiVisibility(StrEnum):
    """Who may see a KPI, beside its viewers and those who may define it."""

    TENANT = "tenant"
    ORGANIZATION = "organization"
    NAMED = "named"


class KpiInfluence(StrEnum):
    """Whether a KPI moves before the one that it drives, or with it and after it."""

    LEADING = "leading"
    LAGGING = "lagging"


class KpiFrequency(StrEnum):
    """How long the period of one value is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    IRREGULAR = "irregular"


class KpiUnit(StrEnum):
    """What the number of a value means."""

    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    PERCENTAGE_POINTS = "percentage_points"


class KpiDirection(StrEnum):
    """Which values are better."""

    UP = "up"
    DOWN = "down"
    BAND = "band"


class KpiForm(StrEnum):
    """Whether a value is one number, or the quotient of two."""

    SIMPLE = "simple"
    RATIO = "ratio"


class TimeAggregation(StrEnum):
    """How the values of several periods become the value of a longer one."""

    SUM = "sum"
    MEAN = "mean"
    FIRST = "first"
    LAST = "last"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    NONE = "none"


class SliceAggregation(StrEnum):
    """How the values of several slices, teams or organizations become one value."""

    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    NONE = "none"
