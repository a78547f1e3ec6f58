"""The mutation that upserts organizations."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.external_references import ExternalReferenceInput
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.organizations import Organization
from api.upserts.rows import (
    DRY_RUN,
    EXTERNAL_REFERENCE,
    ID,
    MODE,
    SOURCE_VERSION_FIELD,
    SYNC_RUN_ID,
    OrganizationRowReferenceInput,
    apply_inputs,
)
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import MAX_ROWS, SOURCE_VERSION, UpsertMode
from domain.upserts import ORGANIZATION_ROWS


@input_type(edits=Organization)
class OrganizationUpsertRowInput:
    """A unit.

    A new one needs `kind`, `code` and `name`; a field that is left out stays unchanged.
    """

    id: UUID | None = input_field(ID, id_prefix="org")
    external_reference: ExternalReferenceInput | None = input_field(EXTERNAL_REFERENCE)
    source_version: Annotated[str | None, SOURCE_VERSION] = input_field(SOURCE_VERSION_FIELD)
    parent: strawberry.Maybe[OrganizationRowReferenceInput | None] = input_field(
        "The unit directly above. Null makes the unit a root."
    )
    starts_on: date | None = input_field(
        "The first day of a new unit. Default: today in the tenant's time zone. It cannot be"
        " changed later.",
        empty_is_null=True,
    )
    ends_on: strawberry.Maybe[date | None] = input_field(
        "The last day, not after that of the unit above. Null or empty removes the end.",
        is_period_end=True,
        empty_is_null=True,
    )


@input_type()
class OrganizationsUpsertInput:
    """Input of `organizationsUpsert`."""

    rows: list[OrganizationUpsertRowInput] = input_field(
        f"The units in any order, at most {MAX_ROWS}.", max_items=MAX_ROWS
    )
    mode: UpsertMode | None = input_field(MODE)
    dry_run: bool | None = input_field(DRY_RUN)
    sync_run_id: UUID | None = input_field(SYNC_RUN_ID, id_prefix="syncrun")


@mutation(Organization, rows="rows", objects="organizations", is_upsert=True)
async def organizations_upsert(
    work: Work, input: OrganizationsUpsertInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Create units, and change those that differ from their rows.

    A row that is equal to what is stored changes nothing. Rows may refer to each other in any
    order.
    """
    return await apply_inputs(work, ORGANIZATION_ROWS, input, faults)
