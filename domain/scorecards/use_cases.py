"""Use cases of scorecards: changes that need a unit, an owner, KPIs or viewers beside them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.kernel.errors import Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import check_fields
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi, KpiScope
from domain.kpis.references import reference_owner, reference_people, reference_scope
from domain.scorecards.entries import EntryValues, ScorecardEntry
from domain.scorecards.model import Scorecard


async def create(
    work: Work,
    scope: KpiScope,
    *,
    owner_id: UUID | None = None,
    entries: Sequence[EntryValues] = (),
    **details: Any,
) -> Scorecard:
    """Create a scorecard of an organization or a team, by default owned by the actor.

    Raises Invalid, LimitExceeded, and NotPermitted where the actor may not create scorecards there.
    """
    example = Scorecard(
        tenant_id=work.actor.tenant_id,
        **scope.to_attributes(),
        name="",
        owner_id=PersonId(UUID(int=0)),
    )
    await reference_scope(work, scope, example, to=Scorecard.CREATE)
    owner_id = owner_id or work.actor.person_id
    if owner_id is None:
        raise Invalid("Name the owner of the scorecard.", "ownerId")
    faults = FaultCollector()
    with faults.collect():
        await reference_owner(work, owner_id)
    with faults.collect():
        await reference_people(work, details.get("viewer_ids", ()), "viewerIds")
    with faults.collect():
        scorecard = Scorecard.create(work.actor.tenant_id, scope, owner_id=owner_id, **details)
    with faults.collect():
        checked = await _check_entries(work, entries)
    faults.raise_all()
    scorecard.set_entries(checked)
    await work.add(scorecard, to=Scorecard.CREATE)
    return scorecard


async def edit(
    work: Work,
    id: UUID,
    *,
    entries: Sequence[EntryValues] | None = None,
    expected_version: int | None = None,
    **details: Any,
) -> Scorecard:
    """Change a scorecard. Entries whose KPI the actor may not see stay, behind the given ones.

    Raises what `Work.get` raises, Invalid and LimitExceeded.
    """
    scorecard = await work.get(Scorecard, id, to=Scorecard.EDIT, expected_version=expected_version)
    owner_id, faults = details.get("owner_id", scorecard.owner_id), FaultCollector()
    with faults.collect():
        await reference_owner(work, owner_id if owner_id != scorecard.owner_id else None)
    with faults.collect():
        viewer_ids = details.get("viewer_ids", ())
        await reference_people(work, viewer_ids, "viewerIds", scorecard.viewer_ids)
    if entries is not None:
        with faults.collect():
            entries = await _check_entries(work, entries)
            entries += await _list_hidden(work, scorecard, {kpi_id for kpi_id, _ in entries})
    faults.raise_all()
    scorecard.edit(entries=entries, **details)
    return scorecard


async def _check_entries(work: Work, entries: Sequence[EntryValues]) -> list[EntryValues]:
    """Check the KPIs of entries and what is said of them. Raises Invalid with all faults."""
    faults, checked = FaultCollector(), list[EntryValues]()
    for index, (kpi_id, values) in enumerate(entries):
        with faults.collect():
            await work.reference(Kpi, kpi_id, "entries", str(index), "kpiId")
        with faults.collect():
            checked.append((kpi_id, check_fields(ScorecardEntry, values, "entries", index)))
    faults.raise_all()
    return checked


async def _list_hidden(work: Work, scorecard: Scorecard, given_ids: set[UUID]) -> list[EntryValues]:
    """Return the entries that are not given because the actor may not see their KPI."""
    hidden = list[EntryValues]()
    for each in scorecard.entries:
        if each.kpi_id not in given_ids:
            try:
                await work.reference(Kpi, each.kpi_id)
            except Invalid:
                hidden.append((each.kpi_id, {}))
    return hidden
