"""Facts: what rules ask about the caller, and the same facts of one known actor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Uuid, literal

from domain.kernel.access import Actor
from domain.kernel.permissions import Permission, Population


class ActorFacts(Protocol):
    """What a predicate asks about the caller."""

    def populations(self, permission: Permission) -> frozenset[Population]:
        """The kinds of population this permission is held over; known while compiling."""
        ...

    def leads(self) -> bool:
        """Whether the actor leads any team; known while compiling."""
        ...

    def manages(self) -> bool:
        """Whether anybody may report to the actor; known while compiling."""
        ...

    def person(self) -> ColumnElement[Any]:
        """The actor's person."""
        ...

    def today(self) -> ColumnElement[Any]:
        """The date in the tenant's time zone."""
        ...

    def tenant(self) -> ColumnElement[Any]:
        """The tenant; every table of every subselect carries it."""
        ...

    def organizations(self) -> ColumnElement[Any]:
        """The actor's unit and all above it, as an array."""
        ...

    def teams_led(self) -> ColumnElement[Any]:
        """The teams that the actor leads, as an array."""
        ...

    def subtrees(self, permission: Permission) -> ColumnElement[Any]:
        """The roots of the subtrees that the actor holds this permission over, as an array."""
        ...


@dataclass(frozen=True)
class LiteralActorFacts:
    """The facts of one known actor."""

    actor: Actor

    def populations(self, permission: Permission) -> frozenset[Population]:
        """The kinds of population that this actor holds the permission over."""
        return self.actor.get_populations(permission)

    def leads(self) -> bool:
        """Whether this actor leads any team."""
        return bool(self.actor.teams_led)

    def manages(self) -> bool:
        """Whether anybody may report to this actor."""
        return self.actor.has_reports

    def person(self) -> ColumnElement[UUID | None]:
        """This actor's person."""
        return literal(self.actor.person_id, Uuid)

    def today(self) -> ColumnElement[date]:
        """The date of this actor's day."""
        return literal(self.actor.today, Date)

    def tenant(self) -> ColumnElement[UUID]:
        """This actor's tenant."""
        return literal(self.actor.tenant_id, Uuid)

    def organizations(self) -> ColumnElement[Any]:
        """This actor's unit and all above it."""
        return _bind_ids(self.actor.organizations)

    def teams_led(self) -> ColumnElement[Any]:
        """The teams that this actor leads."""
        return _bind_ids(self.actor.teams_led)

    def subtrees(self, permission: Permission) -> ColumnElement[Any]:
        """The subtrees that this actor holds the permission over."""
        return _bind_ids(self.actor.get_subtrees(permission))


def _bind_ids(ids: Iterable[UUID]) -> ColumnElement[Any]:
    return literal(sorted(ids), ARRAY(Uuid))
