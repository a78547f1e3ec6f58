"""The targets of one slice, which its KPI does not load."""

from dataclasses import dataclass

from domain.kpis.dimensions.model import KpiDimensionMember
from domain.kpis.targets.target import KpiTarget


@dataclass(frozen=True)
class SliceTargets:
    """A member of a dimension, given by its key, with the targets of its own."""

    dimension: str
    member: KpiDimensionMember
    targets: list[KpiTarget]
