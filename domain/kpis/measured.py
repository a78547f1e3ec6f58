"""What the rules of measurements ask of a KPI. The aggregate has it, and so has its outline."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.kernel.identity import TenantId
from domain.kpis.enums import KpiForm, KpiFrequency, KpiUnit, TimeAggregation


class ValueDefinition(Protocol):
    """What values mean from a day on."""

    @property
    def starts_on(self) -> date:
        """The first day."""
        ...

    @property
    def formula(self) -> str | None:
        """The formula of a computed KPI."""
        ...

    @property
    def unit(self) -> KpiUnit:
        """The unit of the values."""
        ...

    @property
    def unit_name(self) -> str | None:
        """What the values count."""
        ...

    @property
    def currency(self) -> str | None:
        """The currency of money."""
        ...

    @property
    def form(self) -> KpiForm:
        """Whether values are ratios."""
        ...

    @property
    def time_aggregation(self) -> TimeAggregation:
        """How values are combined over time; of a ratio, its numerators."""
        ...

    @property
    def denominator_time_aggregation(self) -> TimeAggregation | None:
        """How the denominators of a ratio are combined over time."""
        ...

    @property
    def input_ids(self) -> Mapping[str, UUID]:
        """The KPIs that the formula reads, by their names in it."""
        ...


class MeasuredKpi(Protocol):
    """A KPI as its measurements see it."""

    @property
    def id(self) -> UUID:
        """The id."""
        ...

    @property
    def tenant_id(self) -> TenantId:
        """The tenant."""
        ...

    @property
    def frequency(self) -> KpiFrequency:
        """How long the period of a value is."""
        ...

    @property
    def describes_people(self) -> bool:
        """Whether values about few people are withheld."""
        ...

    @property
    def definitions(self) -> Sequence[ValueDefinition]:
        """What the values mean, from which days on."""
        ...
