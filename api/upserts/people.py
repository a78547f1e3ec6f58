"""The mutation that upserts people."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from api.custom_fields import CustomValueInput, custom_values_input
from api.external_references import ExternalReferenceInput
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.people import Person
from api.people.job import Job
from api.upserts.rows import (
    DRY_RUN,
    EXTERNAL_REFERENCE,
    ID,
    MODE,
    SOURCE_VERSION_FIELD,
    SYNC_RUN_ID,
    OrganizationRowReferenceInput,
    PersonRowReferenceInput,
    apply_inputs,
)
from domain.kernel.errors import Refusal
from domain.kernel.rows import RowResults
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import MAX_ROWS, SOURCE_VERSION, UpsertMode
from domain.upserts import PERSON_ROWS


@input_type(edits=(Person, Job))
class PersonUpsertRowInput:
    """A person. A new one needs `givenName`; a field that is left out stays unchanged."""

    id: UUID | None = input_field(ID, id_prefix="person")
    external_reference: ExternalReferenceInput | None = input_field(EXTERNAL_REFERENCE)
    source_version: Annotated[str | None, SOURCE_VERSION] = input_field(SOURCE_VERSION_FIELD)
    valid_from: date | None = input_field(
        "The day from which the facts of the job and the manager hold. Default: today for what"
        " changes, and the first day of work for a new person.",
        empty_is_null=True,
    )
    employee_number: strawberry.Maybe[str | None] = input_field(
        "The employee number, unique in the tenant. Null removes it."
    )
    organization: strawberry.Maybe[OrganizationRowReferenceInput | None] = input_field(
        "The unit. Null means none."
    )
    manager: strawberry.Maybe[PersonRowReferenceInput | None] = input_field(
        "The primary manager. Null means none. An unknown external id makes the row DEFERRED: the"
        " person gets the manager when a row with that id arrives, in this call or a later one."
    )
    hired_on: date | None = input_field(
        "The first day of the employment. For a person who has left, a day after the last day"
        " begins a new employment. Default: for a new person, today in the tenant's time zone.",
        empty_is_null=True,
    )
    left_on: strawberry.Maybe[date | None] = input_field(
        "The last day of the employment, which still counts. Null or empty cancels a departure.",
        graph_name="lastDay",
        is_period_end=True,
        empty_is_null=True,
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields that the row knows. Others stay unchanged."
    )


@input_type()
class PeopleUpsertInput:
    """Input of `peopleUpsert`."""

    rows: list[PersonUpsertRowInput] = input_field(
        f"The people in any order, at most {MAX_ROWS}.", max_items=MAX_ROWS
    )
    mode: UpsertMode | None = input_field(MODE)
    dry_run: bool | None = input_field(DRY_RUN)
    sync_run_id: UUID | None = input_field(SYNC_RUN_ID, id_prefix="syncrun")


@mutation(Person, rows="rows", objects="people", is_upsert=True)
async def people_upsert(
    work: Work, input: PeopleUpsertInput, faults: Mapping[int, Sequence[Refusal]]
) -> RowResults:
    """Create people, and change those who differ from their rows.

    A row that is equal to what is stored changes nothing. Rows may refer to each other in any
    order.
    """
    return await apply_inputs(work, PERSON_ROWS, input, faults)
