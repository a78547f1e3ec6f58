"""The mutation that upserts goals."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import strawberry

from api.custom_fields import CustomValueInput, custom_values_input
from api.external_references import ExternalReferenceInput
from api.goals import Goal
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.upserts.rows import (
    DRY_RUN,
    EXTERNAL_REFERENCE,
    ID,
    MODE,
    SOURCE_VERSION_FIELD,
    SYNC_RUN_ID,
    GoalRowReferenceInput,
    OrganizationRowReferenceInput,
    PersonRowReferenceInput,
    TeamRowReferenceInput,
    apply_inputs,
)
from domain.goals import NOTE, GoalStatus
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import MAX_ROWS, SOURCE_VERSION, UpsertMode
from domain.upserts import GOAL_ROWS


@input_type(edits=Goal)
class GoalUpsertRowInput:
    """A goal.

    A new one needs `title`, `dueOn` and one owner; a field that is left out stays unchanged. Key
    results and viewers are not part of a row.
    """

    id: UUID | None = input_field(ID, id_prefix="goal")
    external_reference: ExternalReferenceInput | None = input_field(EXTERNAL_REFERENCE)
    source_version: Annotated[str | None, SOURCE_VERSION] = input_field(SOURCE_VERSION_FIELD)
    owner_person: PersonRowReferenceInput | None = input_field(
        "The person who owns the goal. Give at most one of `ownerPerson`, `ownerTeam` and"
        " `ownerOrganization`; another owner replaces the present one. Default: unchanged."
    )
    owner_team: TeamRowReferenceInput | None = input_field(
        "The team that owns the goal. Default: unchanged."
    )
    owner_organization: OrganizationRowReferenceInput | None = input_field(
        "The unit that owns the goal. Default: unchanged."
    )
    parent: strawberry.Maybe[GoalRowReferenceInput | None] = input_field(
        "The goal that this goal contributes to, open or closed. Null means none. An unknown"
        " external id makes the row DEFERRED: the goal gets the parent when a row with that id"
        " arrives, in this call or a later one."
    )
    status: GoalStatus | None = input_field(
        "The state. A draft becomes active, an open goal is closed, and a closed one is reopened."
        " A goal that has begun does not become a draft again. Default: unchanged; DRAFT for a new"
        " goal."
    )
    closing_note: strawberry.Maybe[Annotated[str | None, NOTE]] = input_field(
        "Why the goal is closed. Required to close a goal as MISSED or ABANDONED, and only for a"
        " closed goal. To change it, send the `status` as well. Null means none."
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields that the row knows. Others stay unchanged."
    )


@input_type()
class GoalsUpsertInput:
    """Input of `goalsUpsert`."""

    rows: list[GoalUpsertRowInput] = input_field(
        f"The goals in any order, at most {MAX_ROWS}.", max_items=MAX_ROWS
    )
    mode: UpsertMode | None = input_field(MODE)
    dry_run: bool | None = input_field(DRY_RUN)
    sync_run_id: UUID | None = input_field(SYNC_RUN_ID, id_prefix="syncrun")


@mutation(Goal, rows="rows", objects="goals", is_upsert=True)
async def goals_upsert(
    work: Work, input: GoalsUpsertInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Create goals, and change those that differ from their rows.

    A row that is equal to what is stored changes nothing. Rows may refer to each other in any
    order.
    """
    return await apply_inputs(work, GOAL_ROWS, input, faults)
