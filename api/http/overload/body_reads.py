"""The limit on requests whose bodies are being read, for each caller and each tenant.

A request has a place in the process while its body arrives. A client that sends bodies slowly
would hold the places of everybody, so a caller may have an eighth of them, and a tenant a quarter.
The token tells whose request it is, before the body is read. What follows the body has slots.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from api.http.errors import TooManyOpenRequests
from api.identity import Caller

CALLER_READS_PER_SLOT = 1
TENANT_READS_PER_SLOT = 2
"""Of the `MAX_REQUESTS_PER_SLOT` = 8 requests that a process admits for each slot."""


TENANT_BATCH_READS = 2
"""The bodies of batches that a tenant sends at once; they are larger than others."""


class BodyReadLimiter:
    """The number of bodies that are being read, by caller and by tenant."""

    def __init__(self, slots: int) -> None:
        self._caller_limit = slots * CALLER_READS_PER_SLOT
        self._tenant_limit = slots * TENANT_READS_PER_SLOT
        self._reads: Counter[tuple[object, str | None]] = Counter()
        self._batch_reads: Counter[object] = Counter()

    @contextmanager
    def admit(self, caller: Caller) -> Iterator[None]:
        """Count a body while it is read. Raises TooManyOpenRequests (429) at the limit."""
        by_caller = (caller.tenant_id, caller.subject)
        by_tenant = (caller.tenant_id, None)
        if self._reads[by_caller] >= self._caller_limit:
            raise TooManyOpenRequests("You have", self._caller_limit)
        if self._reads[by_tenant] >= self._tenant_limit:
            raise TooManyOpenRequests("Your tenant has", self._tenant_limit)
        self._reads[by_caller] += 1
        self._reads[by_tenant] += 1
        try:
            yield
        finally:
            _decrement(self._reads, by_caller)
            _decrement(self._reads, by_tenant)

    @contextmanager
    def admit_batch(self, caller: Caller) -> Iterator[None]:
        """Count the body of a batch while it is read. Raises TooManyOpenRequests at the limit."""
        tenant_id = caller.tenant_id
        if self._batch_reads[tenant_id] >= TENANT_BATCH_READS:
            raise TooManyOpenRequests("Your tenant has", TENANT_BATCH_READS)
        self._batch_reads[tenant_id] += 1
        try:
            yield
        finally:
            _decrement(self._batch_reads, tenant_id)


def _decrement(counts: Counter[Any], key: object) -> None:
    """Decrement the key's count; remove the key at zero."""
    counts[key] -= 1
    if not counts[key]:
        del counts[key]
