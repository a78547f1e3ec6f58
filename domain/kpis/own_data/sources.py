"""Sources of measures: what a KPI takes its values from, where that belongs to a concept above.

Such a concept declares the check of its measures. KPIs do not know it.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from domain.kernel.unit_of_work import Work
from domain.kpis.definitions import KpiDefinition
from domain.kpis.own_data.measures import KpiMeasure

Check: TypeAlias = Callable[..., Awaitable[None]]
"""Takes the unit of work, the measure, the ids of schedule and question, and the path of errors."""

CHECKS: dict[KpiMeasure, Check] = {}


def checks_source(*measures: KpiMeasure) -> Callable[[Check], Check]:
    """Declare who checks what definitions with these measures take their values from."""

    def declare(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(measures, check))
        return check

    return declare


def get_source(definition: KpiDefinition) -> tuple[object, ...]:
    """Return what Trellis measures by a definition, and from what."""
    return (
        definition.measure,
        definition.survey_schedule_id,
        definition.survey_question_id,
    )


async def check_source(work: Work, definition: KpiDefinition, *path: str) -> None:
    """Check from what a definition takes its values. Raises Invalid and NotPermitted."""
    source = definition.survey_schedule_id, definition.survey_question_id
    if definition.measure in CHECKS and None not in source:
        await CHECKS[definition.measure](work, definition.measure, *source, *path)
