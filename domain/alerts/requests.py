"""Requests for the next value of a KPI, kept in step with its values and its recorders."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from domain.kernel.aggregate import set_attributes
from domain.kpis import Kpi, KpiState
from domain.kpis.calendar import Period
from domain.kpis.value_requests import KpiValueRequest

FOLLOWED = ("period_ordinal", "due_on", "is_asked")


def has_requests(kpi: Kpi) -> bool:
    """Return whether the next value of a KPI is asked for, or its due day has to be stored."""
    return bool(kpi.recorder_ids) or kpi.due_in_working_days


def follow_requests(
    kpi: Kpi,
    known: Iterable[KpiValueRequest],
    period: Period | None,
    due_on: date | None,
    today: date,
) -> Mapping[str, Sequence[KpiValueRequest]]:
    """Return the requests to add, to change and to remove, by these words.

    Recorders are asked as soon as the period is over. Without any, the owner has the due day, but
    is not asked: an alert does that when the value is overdue.
    """
    by_person = {each.person_id: each for each in known}
    if period is None or due_on is None or kpi.state is KpiState.ARCHIVED:
        return {"removed": [*by_person.values()]}
    added, changed = list[KpiValueRequest](), list[KpiValueRequest]()
    is_over = period.ends_before <= today
    for person_id in kpi.recorder_ids or {kpi.owner_id}:
        wanted = KpiValueRequest(
            tenant_id=kpi.tenant_id,
            kpi_id=kpi.id,
            person_id=person_id,
            period_ordinal=period.ordinal,
            due_on=due_on,
            is_asked=is_over and person_id in kpi.recorder_ids,
        )
        request = by_person.pop(person_id, None)
        if request is None:
            added.append(wanted)
        elif set_attributes(request, {name: getattr(wanted, name) for name in FOLLOWED}):
            changed.append(request)
    return {"added": added, "changed": changed, "removed": [*by_person.values()]}
