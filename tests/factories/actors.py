"""Actors for tests."""

from datetime import UTC, datetime

from domain.kernel.access import Actor
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.permissions import Grant, Permission, Population
from domain.people import Person

NOW = datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


def an_actor(
    tenant_id: TenantId,
    person: Person | None = None,
    *permissions: Permission,
    over: Population = Population.EVERYONE,
) -> Actor:
    """Build an actor with these permissions."""
    return Actor(
        tenant_id=tenant_id,
        today=TODAY,
        person_id=PersonId(person.id) if person else None,
        grants=frozenset(Grant(each, over) for each in permissions),
    )


def an_admin(tenant_id: TenantId, person: Person | None = None) -> Actor:
    """Build an actor with every permission."""
    return an_actor(tenant_id, person, *Permission)
