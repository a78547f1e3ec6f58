"""The limit on requests whose bodies are being read, for each caller and each tenant.

A request has a place in the process while its body arrives. A client that sends bodies slowly
would hold the places of everybody, so a caller may have an eighth of them, and a tenant a quarter.
The token tells whose request it is, before the body is read. What follows the body has slots.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from api.http.errors import TooManyOpenRequests
from persistence.kernel.fair_slots import decrement

CALLER_READS_PER_SLOT = 1
TENANT_READS_PER_SLOT = 2
"""Of the `MAX_REQUESTS_PER_SLOT` = 8 requests that a process admits for each slot."""


TENANT_BATCH_READS = 2
"""The bodies of batches that a tenant sends at once; they are larger than others."""


class Sender(Protocol):
    """Who sends a body: a caller with a token, or the holder of a link."""

    @property
    def tenant_id(self) -> UUID:
        """The tenant, which is verified."""
        ...

    @property
    def subject(self) -> str:
        """Who it is in the tenant."""
        ...


class BodyReadLimiter:
    """The number of bodies that are being read, by caller and by tenant."""

    def __init__(self, slots: int) -> None:
        self._caller_limit = slots * CALLER_READS_PER_SLOT
        self._tenant_limit = slots * TENANT_READS_PER_SLOT
        self._reads: dict[tuple[UUID, str | None], int] = {}
        self._batch_reads: dict[UUID, int] = {}

    def admit(self, caller: Sender) -> "BodyRead":
        """Count a body while it is read. Raises TooManyOpenRequests (429) at the limit."""
        return BodyRead(self, caller)

    def begin(self, caller: Sender) -> None:
        """Count a body that is read from now on. Raises TooManyOpenRequests at the limit."""
        by_caller = caller.tenant_id, caller.subject
        by_tenant = caller.tenant_id, None
        callers_reads = self._reads.get(by_caller, 0)
        if callers_reads >= self._caller_limit:
            raise TooManyOpenRequests("You have", self._caller_limit)
        tenants_reads = self._reads.get(by_tenant, 0)
        if tenants_reads >= self._tenant_limit:
            raise TooManyOpenRequests("Your tenant has", self._tenant_limit)
        self._reads[by_caller] = callers_reads + 1
        self._reads[by_tenant] = tenants_reads + 1

    def end(self, caller: Sender) -> None:
        """Count a body as read, or given up."""
        decrement(self._reads, (caller.tenant_id, caller.subject))
        decrement(self._reads, (caller.tenant_id, None))

    @contextmanager
    def admit_batch(self, caller: Sender) -> Iterator[None]:
        """Count the body of a batch while it is read. Raises TooManyOpenRequests at the limit."""
        tenant_id = caller.tenant_id
        batch_reads = self._batch_reads.get(tenant_id, 0)
        if batch_reads >= TENANT_BATCH_READS:
            raise TooManyOpenRequests("Your tenant has", TENANT_BATCH_READS)
        self._batch_reads[tenant_id] = batch_reads + 1
        try:
            yield
        finally:
            decrement(self._batch_reads, tenant_id)


class BodyRead:
    """A body that counts as being read for the block."""

    __slots__ = ("_caller", "_limiter")

    def __init__(self, limiter: BodyReadLimiter, caller: Sender) -> None:
        self._limiter = limiter
        self._caller = caller

    def __enter__(self) -> None:
        self._limiter.begin(self._caller)

    def __exit__(self, *_: object) -> None:
        self._limiter.end(self._caller)
