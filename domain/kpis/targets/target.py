"""Targets of a KPI: what its values should be, each from a day until the next one begins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.errors import Invalid
from domain.kernel.fields import EDITABLE, ExactNumber, MultiLine, PeriodEnd
from domain.kpis.policy import SEE_FIGURES
from domain.kpis.targets.bands import Bands
from domain.kpis.targets.enums import FROM_START, UPWARD, KpiTargetKind, KpiTargetSpan

QUANTITY = ExactNumber()
REASON = MultiLine("The reason", max_length=500, advice="Write why the target changes.")
EDGES = ("green_from", "green_to", "amber_from", "amber_to")


@dataclass(kw_only=True, eq=False)
class KpiTarget(Part):
    """What the values of a KPI should be from a day on.

    `member_id` is the member of a dimension; None is the total. A range has two ends, `value` and
    `upper_value`. The edges of green and amber are stored as they were when the target was set, so
    a later default of the tenant changes no status of the past.
    """

    NAME = "kpi_target"
    SEE: ClassVar = SEE_FIGURES

    kpi_id: UUID
    member_id: UUID | None = None
    starts_on: date
    ends_on: Annotated[date | None, PeriodEnd("last_day")] = None
    kind: Annotated[KpiTargetKind, EDITABLE] = KpiTargetKind.AT_LEAST
    span: Annotated[KpiTargetSpan, EDITABLE] = KpiTargetSpan.PERIOD
    value: Annotated[Decimal, QUANTITY, EDITABLE]
    upper_value: Annotated[Decimal | None, QUANTITY, EDITABLE] = None
    start_value: Annotated[Decimal | None, QUANTITY, EDITABLE] = None
    green_from: Annotated[Decimal | None, QUANTITY, EDITABLE] = None
    green_to: Annotated[Decimal | None, QUANTITY, EDITABLE] = None
    amber_from: Annotated[Decimal | None, QUANTITY, EDITABLE] = None
    amber_to: Annotated[Decimal | None, QUANTITY, EDITABLE] = None
    reason: Annotated[str | None, REASON] = None
    recorded_at: datetime

    @property
    def bands(self) -> Bands:
        """The edges of green and amber."""
        return Bands(self.green_from, self.green_to, self.amber_from, self.amber_to)

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what is wrong between values of attributes, each at its field."""
        kind = values.get("kind")
        if kind is None or values.get("value") is None:
            return
        yield from _find_range_conflicts(values)
        yield from _find_start_conflicts(values)
        yield from _find_edge_conflicts(values)


def _find_range_conflicts(values: Mapping[str, Any]) -> Iterator[Invalid]:
    upper, is_range = values.get("upper_value"), values["kind"] is KpiTargetKind.BETWEEN
    if is_range and upper is None:
        yield Invalid("A range needs its upper end. Fill it in.", "upperValue")
    elif not is_range and upper is not None:
        yield Invalid("Only a range has an upper end. Choose BETWEEN, or remove it.", "upperValue")
    elif upper is not None and upper < values["value"]:
        yield Invalid("The upper end is below the lower one. Swap them.", "upperValue")


def _find_start_conflicts(values: Mapping[str, Any]) -> Iterator[Invalid]:
    kind, start = values["kind"], values.get("start_value")
    if kind is KpiTargetKind.BETWEEN and start is not None:
        yield Invalid("A range has no start value. Remove it.", "startValue")
    if kind not in FROM_START:
        return
    if start is None:
        message = "This kind leads from a start value to the target. Fill it in."
        yield Invalid(message, "startValue")
    elif (start > values["value"]) if kind in UPWARD else (start < values["value"]):
        message = "From the start value, the target lies in the other direction."
        yield Invalid(f"{message} Change the kind, or one of the two.", "startValue")


def _find_edge_conflicts(values: Mapping[str, Any]) -> Iterator[Invalid]:
    kind = values["kind"]
    has_lower = kind in UPWARD or kind is KpiTargetKind.BETWEEN
    has_upper = kind not in UPWARD
    for side, is_used in (("from", has_lower), ("to", has_upper)):
        green, amber = values.get(f"green_{side}"), values.get(f"amber_{side}")
        if not is_used:
            for name, edge in (("green", green), ("amber", amber)):
                if edge is not None:
                    other = f"{name}{'To' if side == 'from' else 'From'}"
                    message = f"A target of this kind has no edge here. Use {other} instead."
                    yield Invalid(message, f"{name}{side.capitalize()}")
        elif green is not None and amber is not None and _is_better(amber, green, side):
            wanted = "lower" if side == "from" else "higher"
            message = f"Amber is worse than green. Choose a {wanted} edge, or move green."
            yield Invalid(message, f"amber{side.capitalize()}")


def _is_better(amber: Decimal, green: Decimal, side: str) -> bool:
    return amber > green if side == "from" else amber < green


def find_target(targets: Iterable[KpiTarget], last_day: date) -> KpiTarget | None:
    """Return the target of a period by its last day: the newest that has begun and not ended."""
    begun = [each for each in targets if each.starts_on <= last_day]
    newest = max(begun, key=lambda each: each.starts_on, default=None)
    if newest is None or (newest.ends_on is not None and newest.ends_on <= last_day):
        return None
    return newest
