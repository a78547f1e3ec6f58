"""Mutations that set and end targets of KPIs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    last_day_field,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.kpis.kpi import Kpi
from api.kpis.targets import KpiTarget
from domain import kpis
from domain.kernel.fields import WholeNumber
from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions import DIMENSION_KEY, MEMBER_CODE
from domain.kpis.targets import KpiTargetKind
from domain.kpis.targets.use_cases import end_target, set_target

TOLERANCE = WholeNumber("The tolerance", 0, 100)


@input_type(creates=KpiTarget)
class KpiSetTargetInput:
    """Input of `kpiSetTarget`."""

    id: UUID = input_field("Id of the Kpi.", id_prefix="kpi")
    starts_on: date | None = today_field(
        "The first day of the target. If a target begins on this day, it is corrected."
    )
    dimension: Annotated[str | None, DIMENSION_KEY] = input_field(
        "The key of the dimension, for the target of a slice. A slice without a target of its own"
        " has none. Default: the target is that of the total."
    )
    member: Annotated[str | None, MEMBER_CODE] = input_field(
        "The code of the member. Required with `dimension`."
    )
    kind: KpiTargetKind | None = input_field(
        "What the target asks of a value. Default: by the direction of the KPI on that day, at"
        " least for UP, at most for DOWN, between for BAND."
    )
    tolerance_percent: Annotated[int | None, TOLERANCE] = input_field(
        "How far below or above the target a value is still amber, in percent of the target; of a"
        " range, in percent of its width. It makes the amber edges that are not given. Default:"
        " `kpiTolerancePercent` of the tenant."
    )
    reason: str | None = input_field("Why the target is set or corrected. Default: none.")
    expected_version: int | None = expected_version_field()


@mutation(Kpi)
async def kpi_set_target(work: Work, input: KpiSetTargetInput) -> kpis.Kpi:
    """Set what values of a KPI or of a slice should be, from a day until its next target begins.

    Targets of earlier days stay as they are. The edges of green and amber are stored with the
    target.
    """
    return await set_target(
        work,
        input.id,
        given_values(input, kpis.KpiTarget),
        starts_on=input.starts_on,
        tolerance_percent=input.tolerance_percent,
        reason=input.reason,
        dimension=input.dimension,
        member=input.member,
        expected_version=input.expected_version,
    )


kpi_end_target = verb(
    Kpi,
    kpis.Kpi.END_TARGET,
    "End the target that holds on a day. Then there is none until the next target begins.",
    use_case=end_target,
    ends_on=last_day_field("The last day of the target.", graph_name="lastDay"),
    reason=input_field("Why the target ends."),
    dimension=input_field(
        "The key of the dimension, for the target of a slice. Default: that of the total.",
        rule=DIMENSION_KEY,
    ),
    member=input_field("The code of the member. Required with `dimension`.", rule=MEMBER_CODE),
)
