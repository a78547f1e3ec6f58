"""Asking: what a declaration may ask of a request, each thing either bound or known."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ARRAY, Date, Text, Uuid
from sqlalchemy.types import TypeEngine

from domain.kernel.permissions import Permission, Population
from persistence.reading.parameters import (
    ActorAttribute,
    ActorPopulations,
    ActorSubtrees,
    ArgumentValue,
    HasActorAttribute,
    HasArgument,
    IdParser,
)
from persistence.reading.plan_cache import PlanBuilder
from persistence.reading.read_model import Sql
from persistence.reading.selection import Field

UUID_TYPE = Uuid()
UUID_ARRAY_TYPE = ARRAY(UUID_TYPE)
DATE_TYPE = Date()
TEXT_TYPE = Text()


class BoundActorFacts:
    """What the rules ask about the actor, bound; which populations it holds, known."""

    def __init__(self, builder: PlanBuilder) -> None:
        self._builder = builder

    def populations(self, permission: Permission) -> frozenset[Population]:
        """Known, because the rule is compiled differently for each."""
        known: frozenset[Population] = self._builder.specialize_on(ActorPopulations(permission))
        return known

    def leads(self) -> bool:
        """Known, because whoever leads no team needs no look-up of teams."""
        return bool(self._builder.specialize_on(HasActorAttribute("teams_led")))

    def manages(self) -> bool:
        """Known, because whoever has no reports needs no look-up of lines."""
        return bool(self._builder.specialize_on(HasActorAttribute("has_reports")))

    def tenant(self) -> Sql:
        """The tenant that every table of the statement is confined to."""
        return self._builder.bind(ActorAttribute("tenant_id"), UUID_TYPE)

    def person(self) -> Sql:
        """The actor's person."""
        return self._builder.bind(ActorAttribute("person_id"), UUID_TYPE)

    def today(self) -> Sql:
        """The date in the tenant's time zone."""
        return self._builder.bind(ActorAttribute("today"), DATE_TYPE)

    def organizations(self) -> Sql:
        """The actor's organization and all above it."""
        return self._builder.bind(ActorAttribute("organizations"), UUID_ARRAY_TYPE)

    def teams_led(self) -> Sql:
        """The teams that the actor leads."""
        return self._builder.bind(ActorAttribute("teams_led"), UUID_ARRAY_TYPE)

    def subtrees(self, permission: Permission) -> Sql:
        """The organization subtrees over which the actor holds the permission."""
        return self._builder.bind(ActorSubtrees(permission), UUID_ARRAY_TYPE)


class BoundFieldContext:
    """What a declaration may ask about the field that it is compiled for."""

    def __init__(self, facts: BoundActorFacts, builder: PlanBuilder, field: Field) -> None:
        self.facts = facts
        self._builder = builder
        self._field = field

    def bind_member_id(self) -> Sql:
        """The actor's membership, bound."""
        return self._builder.bind(ActorAttribute("member_id"), UUID_TYPE)

    def bind_argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        """The argument, bound."""
        return self._builder.bind(ArgumentValue(self._field, (name,)), type_)

    def bind_id(self, *path: str, prefix: str) -> Sql:
        """The argument read as an opaque id of that kind, bound as a UUID."""
        return self._builder.bind(ArgumentValue(self._field, path, IdParser((prefix,))), UUID_TYPE)

    def bind_text(self, *path: str, parse: Callable[[Any], Any] | None = None) -> Sql:
        """What lies at a path inside an argument, bound as text, as `read` reads it."""
        return self._builder.bind(ArgumentValue(self._field, path, parse), TEXT_TYPE)

    def has_argument(self, name: str) -> bool:
        """Whether the argument was given; known."""
        return bool(self._builder.specialize_on(HasArgument(self._field, name)))
