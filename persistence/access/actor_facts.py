"""What rules need to know about an actor: facts that decide the form of SQL, and bound values."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from domain.kernel.access import Actor
from domain.kernel.permissions import Permission, Population, Reach


class KnownFacts(Protocol):
    """The facts about an actor that are known before a row is read. They simplify a rule."""

    def reaches(self, permission: Permission) -> frozenset[Reach]:
        """Return whom the actor's grants of the permission cover."""
        ...

    def leads(self) -> bool:
        """Return whether the actor leads any team."""
        ...

    def manages(self) -> bool:
        """Return whether anybody may report to the actor."""
        ...


class UnitFacts(Protocol):
    """What the unit of a person today depends on."""

    def moves(self) -> bool:
        """Return whether a planned change of anybody's unit may have come."""
        ...

    def today(self) -> ColumnElement[Any]:
        """Return the current date in the tenant's time zone."""
        ...

    def tenant(self) -> ColumnElement[Any]:
        """Return the tenant's id, which every table of every subselect is compared with."""
        ...


class ActorFacts(KnownFacts, UnitFacts, Protocol):
    """All facts about an actor; those that a row is compared with are SQL."""

    def person(self) -> ColumnElement[Any]:
        """Return the id of the actor's person."""
        ...

    def account(self) -> ColumnElement[Any]:
        """Return the id of the actor's account."""
        ...

    def organizations(self) -> ColumnElement[Any]:
        """Return the ids of the actor's organization and of all above it, as an array."""
        ...

    def teams_led(self) -> ColumnElement[Any]:
        """Return the ids of the teams that the actor leads, as an array."""
        ...

    def subtrees(self, permission: Permission, population: Population) -> ColumnElement[Any]:
        """Return the roots of the subtrees that limit the actor's grants, as an array."""
        ...

    def named(self, permission: Permission) -> ColumnElement[Any]:
        """Return the ids that the actor's grants of the permission name, as an array."""
        ...


@dataclass(frozen=True)
class LiteralActorFacts:
    """The known facts about an actor in memory."""

    actor: Actor

    def reaches(self, permission: Permission) -> frozenset[Reach]:
        """Return whom this actor's grants of the permission cover."""
        return self.actor.get_reaches(permission)

    def leads(self) -> bool:
        """Return whether this actor leads any team."""
        return bool(self.actor.teams_led)

    def manages(self) -> bool:
        """Return whether anybody may report to this actor."""
        return self.actor.has_reports

    def moves(self) -> bool:
        """Return whether a planned change of anybody's unit may have come."""
        return self.actor.has_moves
