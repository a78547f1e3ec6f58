"""Journal entries for tests, written without a unit of work."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.kernel.identity import TenantId, generate_id
from persistence.kernel.access_facts import AccessFacts
from persistence.kernel.journal import Attribution, JournalEntry, JournalWriter
from persistence.kernel.mapping.write_batch import WriteBatch
from tests.factories.actors import NOW


async def an_entry(
    connection: Any,
    tenant_id: TenantId,
    entity: str,
    entity_id: UUID | None = None,
    facts: Sequence[AccessFacts] = ({},),
) -> None:
    """Write an entry of an edit, in the connection's transaction, inside the tenant.

    By default its access facts are unknown.
    """
    journal, batch = JournalWriter(None), WriteBatch()
    about = entity_id or generate_id()
    journal.add(JournalEntry(entity, about, "edited", Attribution(None, NOW), {}, facts))
    journal.write(batch)
    await batch.execute(connection, tenant_id)
