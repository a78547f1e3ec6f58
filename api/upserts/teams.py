"""The mutation that upserts teams."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.custom_fields import CustomValueInput, custom_values_input
from api.external_references import ExternalReferenceInput
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.teams import Team
from api.upserts.rows import (
    DRY_RUN,
    EXTERNAL_REFERENCE,
    ID,
    MODE,
    SOURCE_VERSION_FIELD,
    SYNC_RUN_ID,
    OrganizationRowReferenceInput,
    TeamRowReferenceInput,
    apply_inputs,
)
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import MAX_ROWS, SOURCE_VERSION, UpsertMode
from domain.upserts import TEAM_ROWS


@input_type(edits=Team)
class TeamUpsertRowInput:
    """A team.

    A new one needs `name` and `organization`; a field that is left out stays unchanged.
    """

    id: UUID | None = input_field(ID, id_prefix="team")
    external_reference: ExternalReferenceInput | None = input_field(EXTERNAL_REFERENCE)
    source_version: Annotated[str | None, SOURCE_VERSION] = input_field(SOURCE_VERSION_FIELD)
    organization: OrganizationRowReferenceInput | None = input_field(
        "The unit that the team belongs to. Default: unchanged."
    )
    parent: strawberry.Maybe[TeamRowReferenceInput | None] = input_field(
        "The team directly above. Null means none."
    )
    starts_on: date | None = input_field(
        "The first day of a new team. Default: today in the tenant's time zone. It cannot be"
        " changed later.",
        empty_is_null=True,
    )
    ends_on: strawberry.Maybe[date | None] = input_field(
        "The last day, not after those of its unit and its parent. Null or empty removes the end.",
        is_period_end=True,
        empty_is_null=True,
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields that the row knows. Others stay unchanged."
    )


@input_type()
class TeamsUpsertInput:
    """Input of `teamsUpsert`."""

    rows: list[TeamUpsertRowInput] = input_field(
        f"The teams in any order, at most {MAX_ROWS}.", max_items=MAX_ROWS
    )
    mode: UpsertMode | None = input_field(MODE)
    dry_run: bool | None = input_field(DRY_RUN)
    sync_run_id: UUID | None = input_field(SYNC_RUN_ID, id_prefix="syncrun")


@mutation(Team, rows="rows", objects="teams", is_upsert=True)
async def teams_upsert(
    work: Work, input: TeamsUpsertInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Create teams, and change those that differ from their rows.

    A row that is equal to what is stored changes nothing. Rows may refer to each other in any
    order.
    """
    return await apply_inputs(work, TEAM_ROWS, input, faults)
