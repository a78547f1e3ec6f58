"""Mutations that reset the baseline of the natural limits of a KPI, and undo a reset."""

from api.kernel.schema.inputs import input_field
from api.kernel.schema.verbs import verb
from api.kpis.kpi import Kpi
from domain import kpis
from domain.kpis.analysis import use_cases

kpi_reset_baseline = verb(
    Kpi,
    kpis.Kpi.RESET_BASELINE,
    "Compute the natural limits anew from a period on, because the process changed for good. The"
    " limits of earlier periods stay. This is never done automatically.",
    use_case=use_cases.reset_baseline,
    starts_on=input_field(
        "A day in the first period, which has to have begun. If a baseline begins with this period,"
        " its reason is corrected."
    ),
    reason=input_field("What changed for good, and how that is known."),
)
kpi_remove_baseline = verb(
    Kpi,
    kpis.Kpi.REMOVE_BASELINE,
    "Undo a reset of the natural limits: those before it go on.",
    use_case=use_cases.remove_baseline,
    starts_on=input_field("A day in the first period of the baseline."),
    reason=input_field("Why the baseline is removed."),
)
