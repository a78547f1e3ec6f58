"""Exports of people in the graph: what is stored about a person, for that person."""

from uuid import UUID

from api.bulk_operations.operations import BulkOperation
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from domain import bulk_operations
from domain.kernel.unit_of_work import Work


@input_type()
class PersonExportInput:
    """Input of `personExport`."""

    id: UUID = input_field("The person.", id_prefix="person")


@mutation(BulkOperation)
async def person_export(work: Work, input: PersonExportInput) -> bulk_operations.BulkOperation:
    """Export what is stored about a person, and what the person wrote, for the right of access.

    The person may call it, and those with `people:export` over the person. Left out are authors
    whom the person may not know, what is not released, and what only managers read. Values that
    only HR reads are left out, too, if people export themselves. A worker writes a ZIP file with
    `person.json` and `person.html`. When the status is DONE, get its address with
    `bulkOperationDownload`. The file is kept for one day. While the account has an unfinished
    export of the person, it is returned, and no other one begins.
    """
    return await bulk_operations.export_person(work, input.id)
