"""Erasing the personal values of people who have left, with a receipt."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES, graph_enum
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.people.person import Person
from domain import erasing
from domain.erasing import CONFIRMED_NAME
from domain.kernel.unit_of_work import Work
from domain.people import ErasureReason

graph_enum(
    ErasureReason,
    "Why a person is erased.",
    requested="The person requested it.",
    retention_ended="The time for which the data may be kept is over.",
    recorded_by_mistake="The data should never have been recorded.",
)


@strawberry.type(description="The rows of one table that were about an erased person.")
class ErasedTable:
    """What became of the rows of a table."""

    table: str = strawberry.field(description="The name of the table, as in an export.")
    removed_count: int = strawberry.field(description="The number of deleted rows.")
    changed_count: int = strawberry.field(
        description="The number of rows that stay under the pseudonym, without personal values."
    )
    kept_count: int = strawberry.field(
        description="The number of unchanged rows: they name the person by id only."
    )


@strawberry.type(description="What an erasure removed, and what remains.")
class ErasureReceipt:
    """The receipt of an erasure."""

    pseudonym: str = strawberry.field(description="The name of the person from now on.")
    tables: list[ErasedTable] = strawberry.field(
        description="Each table that had rows about the person, in the order of names. It also has"
        " tables that `personExport` leaves out."
    )


TYPES["ErasureReceipt"] = ErasureReceipt


@input_type()
class PersonEraseInput:
    """Input of `personErase`."""

    id: UUID = input_field("Id of the Person.", id_prefix="person")
    confirm_name: Annotated[str, CONFIRMED_NAME] = input_field(
        "The person's `name`, to confirm who is erased."
    )
    reason: ErasureReason = input_field("Why the person is erased.")
    expected_version: int | None = expected_version_field()


@mutation(Person, computes={"receipt": ErasureReceipt})
async def person_erase(work: Work, input: PersonEraseInput) -> Computed:
    """Erase somebody who has left, unless a legal hold keeps the data.

    Name, e-mail address, employee number, job title, place, external references, reasons of leaves
    and departures and the subject of the account are removed, here and in the audit log. A
    pseudonym, the days of employment and all counts stay. This cannot be undone. With a legal
    hold it fails with STATE_CONFLICT. Keep the receipt: it is returned once.
    """
    erased = await erasing.erase(
        work,
        input.id,
        input.confirm_name,
        input.reason,
        expected_version=input.expected_version,
    )
    tables = [
        ErasedTable(
            table=each.table,
            removed_count=each.removed,
            changed_count=each.changed,
            kept_count=each.kept,
        )
        for each in erased.tables
    ]
    receipt = ErasureReceipt(pseudonym=erased.person.name, tables=tables)
    return Computed(erased.person.id, receipt)
