"""What stops a bulk operation, and how long one task of it works."""

from uuid import UUID

from domain.bulk_operations import BulkOperation, BulkOperationFailure
from domain.kernel.errors import Refusal
from domain.kernel.unit_of_work import Work

SLICE = 5.0
"""Seconds after which a task lets others run; the next one goes on."""

DENIALS = {"FORBIDDEN", "UNAUTHENTICATED"}
LOCK = BulkOperation.NAME


class Stopped(Refusal):
    """The operation fails for a reason, or without one has ended, or another worker has it."""

    def __init__(self, failure: BulkOperationFailure | None = None) -> None:
        super().__init__("The operation cannot go on.")
        self.failure = failure


async def require_running(work: Work, id: UUID) -> BulkOperation:
    """Return an operation that no other worker changes now. Raises Stopped where it has ended."""
    await work.lock_value(LOCK, str(id))
    operation = await work.find(BulkOperation, id=id)
    if operation is None or operation.is_finished:
        raise Stopped
    return operation
