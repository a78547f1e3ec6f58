"""What a series of a KPI may be compared with, and which periods fill longer ones."""

from enum import StrEnum

from domain.kpis.enums import KpiFrequency

MAX_POINTS = 400
USUAL_POINTS = 13
"""The present period and those of the twelve before it; of months, the same one a year ago."""


class KpiComparison(StrEnum):
    """What the points of a series are compared with."""

    PREVIOUS_PERIOD = "previous_period"
    PREVIOUS_YEAR = "previous_year"
    TARGET = "target"
    PEERS = "peers"
    BENCHMARK = "benchmark"


class KpiPointState(StrEnum):
    """Whether a point of a series has a value."""

    MEASURED = "measured"
    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"


FILLED: dict[KpiFrequency, tuple[KpiFrequency, ...]] = {
    KpiFrequency.DAILY: (
        KpiFrequency.WEEKLY,
        KpiFrequency.MONTHLY,
        KpiFrequency.QUARTERLY,
        KpiFrequency.ANNUAL,
    ),
    KpiFrequency.IRREGULAR: (
        KpiFrequency.WEEKLY,
        KpiFrequency.MONTHLY,
        KpiFrequency.QUARTERLY,
        KpiFrequency.ANNUAL,
    ),
    KpiFrequency.MONTHLY: (KpiFrequency.QUARTERLY, KpiFrequency.ANNUAL),
    KpiFrequency.QUARTERLY: (KpiFrequency.ANNUAL,),
}
"""The longer periods that consist of whole periods of a frequency. Weeks fill none."""
