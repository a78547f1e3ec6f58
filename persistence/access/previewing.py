"""Who may read as another person now, and what that person is at this moment."""

from datetime import datetime
from uuid import UUID

from domain.kernel.access import Actor, AllOf, is_allowed
from domain.kernel.identity import PersonId
from domain.members import Member
from persistence.access.actor_query import load_actor_of
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.kernel.pools import Connection


async def load_previewed_actor(
    connection: Connection, reader: Actor, person_id: UUID, now: datetime
) -> Actor | None:
    """Return the actor that a person is; None where there is none, or the reader may not ask."""
    account = Member(tenant_id=reader.tenant_id, person_id=PersonId(person_id), subject="")
    rule = AllOf((Member.SEE, Member.PREVIEW.rule))
    relationships = await load_relationships(
        connection, reader.tenant_id, reader.today, collect_subjects([rule], account)
    )
    if not is_allowed(rule, reader, account, relationships):
        return None
    return await load_actor_of(connection, reader.tenant_id, person_id, now)
