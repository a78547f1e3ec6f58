"""The use cases of targets: those of slices, and what a target takes from the tenant."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from domain.kernel.unit_of_work import Work
from domain.kpis.dimensions.slices import load_slices, read_slice_name
from domain.kpis.model import Kpi
from domain.kpis.targets.slices import SliceTargets
from domain.kpis.targets.target import REASON, KpiTarget
from domain.tenants import Tenant


async def set_target(  # noqa: PLR0913 - the fields of the input
    work: Work,
    id: UUID,
    target: Mapping[str, Any],
    *,
    starts_on: date | None = None,
    tolerance_percent: int | None = None,
    reason: str | None = None,
    dimension: str | None = None,
    member: str | None = None,
    expected_version: int | None = None,
) -> Kpi:
    """Set the target of a KPI, or of a slice of it, from a day on, by default today.

    The tolerance is by default that of the tenant. Raises what `Work.get` raises, Invalid and
    LimitExceeded.
    """
    kpi = await work.get(Kpi, id, to=Kpi.SET_TARGET, expected_version=expected_version)
    if tolerance_percent is None:
        tenant = await work.find(Tenant, id=UUID(str(work.actor.tenant_id)))
        tolerance_percent = tenant.kpi_tolerance_percent if tenant else 0
    day = starts_on or work.actor.today
    of = await _load_targets(work, kpi, dimension, member)
    _change(
        work,
        of,
        lambda: kpi.set_target(target, day, tolerance_percent, reason, at=work.now, of=of),
    )
    return kpi


async def end_target(
    work: Work,
    id: UUID,
    ends_on: date,
    reason: Annotated[str, REASON],
    dimension: str | None = None,
    member: str | None = None,
    *,
    expected_version: int | None = None,
) -> Kpi:
    """End the target of a KPI, or of a slice of it. Raises what `Work.get` raises, and Invalid."""
    kpi = await work.get(Kpi, id, to=Kpi.END_TARGET, expected_version=expected_version)
    of = await _load_targets(work, kpi, dimension, member)
    _change(work, of, lambda: kpi.end_target(ends_on, reason, at=work.now, of=of))
    return kpi


async def _load_targets(
    work: Work, kpi: Kpi, dimension: str | None, member: str | None
) -> SliceTargets | None:
    """Return the targets of the slice that an input names; None for the total. Raises Invalid."""
    name = read_slice_name(dimension, member)
    if name is None:
        return None
    await work.lock([kpi])
    found = (await load_slices(work, [kpi])).find(kpi, *name, may_create=False)
    keys: dict[str, Any] = {"kpi_id": [kpi.id], "member_id": [found.id]}
    return SliceTargets(name[0], found, await work.find_records(KpiTarget, **keys))


def _change(work: Work, of: SliceTargets | None, perform: Callable[[], KpiTarget]) -> None:
    """Perform a change of targets, and write that of a slice; the KPI writes those of the total."""
    before = {each.id: dict(vars(each)) for each in of.targets} if of else {}
    target = perform()
    if of is None:
        return
    if target.id not in before:
        work.write_records(added=[target])
    elif vars(target) != before[target.id]:
        work.write_records(changed=[target])
