"""Journal entries for tests, inserted without a unit of work."""

from typing import Any
from uuid import UUID

from domain.kernel.identity import TenantId, generate_id
from tests.factories.actors import NOW

INSERT_ENTRY = """
INSERT INTO journal (tenant_id, id, xid, seq, entity, entity_id, action, changes, recorded_at)
VALUES ($1, $2, pg_current_xact_id()::text::bigint, 1, $3, $4, 'edited', '{}', $5)
"""


async def an_entry(
    connection: Any, tenant_id: TenantId, entity: str, entity_id: UUID | None = None
) -> None:
    """Insert an entry of an edit, in the connection's transaction, inside the tenant."""
    about = entity_id or generate_id()
    await connection.execute(INSERT_ENTRY, tenant_id, generate_id(), entity, about, NOW)
