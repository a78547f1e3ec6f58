"""Who may plan and hold KPI reviews: the table, and the input of each row."""

from typing import Any

from tests.api.company import Company
from tests.api.permission_matrix import Input, Inputs
from tests.api.permissions.inputs import build_input, encode_id_of

TABLE = """
                               mara boss chief former peer lead  hr hr_ops hr_far admin analyst nobody abroad
kpiReviewScheduleCreate card     ok    -     -      -    -    -  ok     ok      -     -       -      r      r
kpiReviewScheduleCreate kpi      ok    -     -      -    -    -  ok     ok      -     -       -      r      r
kpiReviewScheduleCreate named    ok    r     r      r    -    r  ok     ok      r     r       r      r      r
kpiReviewScheduleEdit shared     ok    -     -     ok    -    -  ok     ok      -     -       -      ?      ?
kpiReviewScheduleEdit of_kpi      ?    ?     -     ok    ?    ?  ok      ?     ok     -       -      -      ?
kpiReviewScheduleEdit of_named   ok    ?     ?     ok    -    -  ok     ok      ?     ?       ?      ?      ?
kpiReviewScheduleEdit ended       s    -     -      s    -    -   s      s      ?     -       -      ?      ?
kpiReviewScheduleEnd             ok    -     -     ok    -    -  ok     ok      -     -       -      ?      ?
kpiReviewHold shared             ok    -     -     ok    -    -  ok     ok      -     -       -      r      r
kpiReviewHold of_named           ok    r     r      r    -    -  ok     ok      r     r       r      r      r
"""  # noqa: E501 - a column for each person


def _build_schedule_input(**subject: Any) -> Any:
    def input(company: Company) -> Input:
        (kind, encode), *_ = subject.items()
        return {"rule": "FREQ=MONTHLY", "subject": {kind: encode(company)}}

    return input


def _build_hold_input(name: str) -> Any:
    return lambda company: {"scheduleId": company.encode_id("kpischedule", name)}


INPUTS: Inputs = {
    "kpiReviewScheduleCreate card": _build_schedule_input(
        scorecardId=encode_id_of("scorecard", "shared")
    ),
    "kpiReviewScheduleCreate kpi": _build_schedule_input(kpiId=encode_id_of("kpi", "shared")),
    "kpiReviewScheduleCreate named": _build_schedule_input(
        scorecardId=encode_id_of("scorecard", "named")
    ),
    **{
        f"kpiReviewScheduleEdit {name}": build_input("kpischedule", name, rule="FREQ=DAILY")
        for name in ("shared", "of_kpi", "of_named", "ended")
    },
    "kpiReviewScheduleEnd": build_input("kpischedule", "shared"),
    "kpiReviewHold shared": _build_hold_input("shared"),
    "kpiReviewHold of_named": _build_hold_input("of_named"),
}
