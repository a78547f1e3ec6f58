"""Exports of a person: all that is stored about them, for the person or for who may ask."""

from uuid import UUID

from domain.bulk_operations.model import (
    UNFINISHED,
    BulkOperation,
    BulkOperationKind,
    get_time_to_download,
)
from domain.bulk_operations.use_cases import (
    DELETE_FILE,
    LOCK,
    check_limits,
    enqueue_tasks,
    get_owner_id,
)
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.people import Person

KIND = BulkOperationKind.PERSON_EXPORT


async def export_person(work: Work, id: UUID) -> BulkOperation:
    """Let a worker export a person; return the export of this account that still runs, if any.

    Raises what `Work.get` raises, and LimitExceeded.
    """
    person = await work.get(Person, id, to=Person.EXPORT)
    await work.lock_value(LOCK, "")
    owner_id, subject_id = get_owner_id(work), PersonId(person.id)
    for status in UNFINISHED:
        running = await work.find(
            BulkOperation, owner_id=owner_id, subject_id=subject_id, status=status
        )
        if running is not None:
            return running
    await check_limits(work)
    operation = BulkOperation(
        tenant_id=work.actor.tenant_id,
        owner_id=owner_id,
        kind=KIND,
        subject_id=subject_id,
        files_until=work.now + get_time_to_download(KIND),
    )
    operation.record_event("created")
    await work.add(operation, to=BulkOperation.CREATE)
    person.record_event("exported")
    enqueue_tasks(work, operation)
    return operation


async def erase_exports(work: Work, person_id: UUID) -> None:
    """Stop all exports of a person, and delete their files.

    A worker that stores a file meanwhile has the lock until its end.
    """
    named = {"subject_id": [PersonId(person_id)]}
    ids = [id for (id,) in await work.find_values(BulkOperation, ["id"], **named)]
    await work.lock_values(BulkOperation.NAME, [str(each) for each in ids])
    for each in await work.load_all(BulkOperation, ids):
        if not each.is_finished:
            each.cancel(at=work.now)
        await work.run_statement(DELETE_FILE, id=each.id)
