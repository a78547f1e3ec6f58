"""What the lineage of a KPI shows: what it depends on, and what depends on it."""

from enum import StrEnum

MAX_LEVELS = 10
MAX_LINKS = 500


class KpiLineageDirection(StrEnum):
    """On which side of a KPI something is."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


class KpiLinkKind(StrEnum):
    """How something depends on a KPI."""

    FORMULA_INPUT = "formula_input"
    DRIVER = "driver"
    SCORECARD = "scorecard"
    KEY_RESULT = "key_result"
    ALERT = "alert"
