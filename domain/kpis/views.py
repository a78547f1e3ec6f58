"""Views: who has looked at a KPI, and when they did so last.

A person counts from the first look on. Nobody reads who it was; only how many they are.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kpis.model import Kpi


@dataclass(kw_only=True, eq=False)
class KpiView(Part):
    """The last day on which a person looked at a KPI. There is one for each of both."""

    NAME = "kpi_view"

    kpi_id: UUID
    person_id: PersonId
    last_seen_on: date


async def mark_seen(work: Work, id: UUID, *, expected_version: int | None = None) -> Kpi:
    """Note that the actor has looked at a KPI today. Raises what `Work.get` raises.

    Clients that are no people do not count, and neither does the owner.
    """
    kpi = await work.get(Kpi, id, to=Kpi.MARK_SEEN, expected_version=expected_version)
    person_id, today = work.actor.person_id, work.actor.today
    if person_id is None or person_id == kpi.owner_id:
        return kpi
    known = await _find_view(work, id, person_id)
    if known is None:
        await work.lock_value("kpi_views.person_id", f"{id} {person_id}")
        known = await _find_view(work, id, person_id)
    if known is None:
        view = KpiView(tenant_id=kpi.tenant_id, kpi_id=id, person_id=person_id, last_seen_on=today)
        work.write_records(added=[view])
    elif known.last_seen_on < today:
        known.last_seen_on = today
        work.write_records(changed=[known])
    return kpi


async def _find_view(work: Work, kpi_id: UUID, person_id: PersonId) -> KpiView | None:
    found = await work.find_records(KpiView, kpi_id=[kpi_id], person_id=[person_id])
    return found[0] if found else None
