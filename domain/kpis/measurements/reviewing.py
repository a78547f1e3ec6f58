"""Review of what is suppressed, after a change of what that depends on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.kernel.unit_of_work import Work
from domain.kpis.computed.recompute import recompute
from domain.kpis.dimensions.totals import derive_all_totals
from domain.kpis.formulas.outcomes import KpiGapReason
from domain.kpis.measurements.complementing import complement
from domain.kpis.measurements.model import (
    KpiMeasurement,
    KpiMeasurementRevision,
    KpiMeasurementState,
)
from domain.kpis.measurements.recording import RESULTS, ChangedMeasurement
from domain.kpis.measurements.suppression import S, reveal, suppress
from domain.kpis.model import Kpi
from domain.tenants import Tenant

THRESHOLD = "suppression_threshold"


async def review_suppression(work: Work, kpi: Kpi, threshold: int) -> None:
    """Withhold the values of a KPI anew, or show them, and compute what reads them.

    Nobody records values meanwhile. What a formula gave before is never shown again: it may have
    been withheld because of its inputs.
    """
    await work.flush()
    await work.lock([kpi])
    if any(each.formula is not None for each in kpi.definitions):
        # Its results are written by those who record values of its inputs.
        await work.lock_tree(Kpi.NAME)
    changes, revisions = list[ChangedMeasurement](), list[KpiMeasurementRevision]()
    for each in await work.list_parts(KpiMeasurement, kpi_id=kpi.id):
        after = _review(each, kpi, threshold)
        if after is not None:
            changes.append(ChangedMeasurement(each, after))
    for old in await work.list_parts(KpiMeasurementRevision, kpi_id=kpi.id):
        kept = _review(old, kpi, threshold)
        is_shown_again = kept is not None and kept.state is not KpiMeasurementState.SUPPRESSED
        if kept and not (is_shown_again and old.source in RESULTS):
            revisions.append(kept)
    work.write_records(changed=[*(each.measurement for each in changes), *revisions])
    await work.flush()
    totals = await derive_all_totals(work, kpi) if changes else []
    hidden = await complement(work, await work.list_parts(KpiMeasurement, kpi_id=kpi.id))
    await recompute(work, [*changes, *totals], hidden)


async def edit_tenant(work: Work, tenant: Tenant, settings: Mapping[str, Any]) -> None:
    """Edit a tenant, and review all KPIs about people if their threshold changes."""
    before = tenant.suppression_threshold
    tenant.edit(**settings)
    if tenant.suppression_threshold == before:
        return
    await work.flush()
    found = await work.find_values(Kpi, ("id",), describes_people=[True])
    kpis = await work.load_all(Kpi, [id for (id,) in found])
    await work.lock(kpis)  # all before the tree, as by those who record values
    for kpi in kpis:
        await review_suppression(work, kpi, tenant.suppression_threshold)
        kpi.record_event("suppression_changed")


def _review(stored: S, kpi: Kpi, threshold: int) -> S | None:
    """Return a measurement or a revision as it has to be now; None where it is so already."""
    if stored.gap is KpiGapReason.SUPPRESSED:
        return None
    figures = suppress(kpi, stored.starts_on, reveal(stored), threshold)
    if all(getattr(stored, name) == value for name, value in figures.items()):
        return None
    return replace(stored, **figures)
