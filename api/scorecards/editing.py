"""Mutations that create, edit, archive and restore scorecards."""

from collections.abc import Iterable
from operator import attrgetter
from uuid import UUID

import strawberry

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.kpis.defining import KpiScopeInput, resolve_scope
from api.scorecards.scorecard import Scorecard, ScorecardEntry
from domain import scorecards
from domain.kernel.unit_of_work import Work
from domain.scorecards import MAX_ENTRIES, EntryValues


@input_type(creates=ScorecardEntry)
class ScorecardEntryInput:
    """A KPI on a scorecard."""

    kpi_id: UUID = input_field("The KPI.", id_prefix="kpi")


@input_type(creates=Scorecard)
class ScorecardCreateInput:
    """Input of `scorecardCreate`."""

    scope: KpiScopeInput = input_field("The organization or team. It never changes.")
    owner_id: UUID | None = input_field(
        "The person who keeps the scorecard. Default: the viewer.", id_prefix="person"
    )
    entries: list[ScorecardEntryInput] | None = input_field(
        f"The KPIs in their order, each once. At most {MAX_ENTRIES}. Default: none.",
        max_items=MAX_ENTRIES,
        unique_by=attrgetter("kpi_id"),
    )
    viewer_ids: list[UUID] | None = input_field(
        "People who may see the scorecard whatever its visibility.", id_prefix="person"
    )


@input_type(edits=Scorecard)
class ScorecardEditInput:
    """Input of `scorecardEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Scorecard.", id_prefix="scorecard")
    owner_id: strawberry.Maybe[UUID] = input_field(
        "The person who keeps the scorecard.", id_prefix="person"
    )
    entries: strawberry.Maybe[list[ScorecardEntryInput]] = input_field(
        f"The complete new list of KPIs in their order, each once. At most {MAX_ENTRIES}. KPIs that"
        " the viewer may not see stay, behind these. Empty removes all others.",
        max_items=MAX_ENTRIES,
        unique_by=attrgetter("kpi_id"),
    )
    viewer_ids: strawberry.Maybe[list[UUID]] = input_field(
        "The complete new list of viewers. Empty removes all.", id_prefix="person"
    )
    expected_version: int | None = expected_version_field()


@mutation(Scorecard)
async def scorecard_create(work: Work, input: ScorecardCreateInput) -> scorecards.Scorecard:
    """Create a scorecard of an organization or a team."""
    return await scorecards.create(
        work,
        resolve_scope(input.scope),
        owner_id=input.owner_id,
        entries=_pair(input.entries or ()),
        **given_values(input, scorecards.Scorecard),
    )


@mutation(Scorecard)
async def scorecard_edit(work: Work, input: ScorecardEditInput) -> scorecards.Scorecard:
    """Edit the name, description, owner, viewers, visibility and entries of a scorecard."""
    details = given_values(input, scorecards.Scorecard) | provided_fields(input, "owner_id")
    return await scorecards.edit(
        work,
        input.id,
        entries=_pair(input.entries.value) if input.entries else None,
        expected_version=input.expected_version,
        **details,
    )


scorecard_archive = verb(
    Scorecard,
    scorecards.Scorecard.ARCHIVE,
    "Put a scorecard out of use. It cannot be changed until it is used again. Its KPIs stay as"
    " they are.",
)
scorecard_restore = verb(
    Scorecard, scorecards.Scorecard.RESTORE, "Use an archived scorecard again."
)


def _pair(entries: Iterable[ScorecardEntryInput]) -> list[EntryValues]:
    """Return the KPI of each entry, and what the input says of it."""
    return [(each.kpi_id, given_values(each, scorecards.ScorecardEntry)) for each in entries]
