"""Asking: what a declaration may ask of a request, each thing either bound or known."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ARRAY, Date, Text, Uuid
from sqlalchemy.types import TypeEngine

from domain.kernel.permissions import Permission, Population
from persistence.reading.plans import Draft
from persistence.reading.readable import Sql
from persistence.reading.selection import Field
from persistence.reading.sources import (
    ActorFact,
    Argument,
    IsAnything,
    IsGiven,
    Populations,
    RowId,
    Subtrees,
)

ANY_UUID = Uuid()
UUIDS = ARRAY(ANY_UUID)
DATE = Date()
TEXT = Text()


class BoundFacts:
    """What the rules ask about the actor, bound; which populations it holds, known."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def populations(self, permission: Permission) -> frozenset[Population]:
        """Known, because the rule is compiled differently for each."""
        known: frozenset[Population] = self._draft.know(Populations(permission))
        return known

    def leads(self) -> bool:
        """Known, because whoever leads no team needs no look-up of teams."""
        return bool(self._draft.know(IsAnything("teams_led")))

    def manages(self) -> bool:
        """Known, because whoever has no reports needs no look-up of lines."""
        return bool(self._draft.know(IsAnything("has_reports")))

    def tenant(self) -> Sql:
        """The tenant that every table of the statement is confined to."""
        return self._draft.bind(ActorFact("tenant_id"), ANY_UUID)

    def person(self) -> Sql:
        """The actor's person."""
        return self._draft.bind(ActorFact("person_id"), ANY_UUID)

    def today(self) -> Sql:
        """The date in the tenant's time zone."""
        return self._draft.bind(ActorFact("today"), DATE)

    def organizations(self) -> Sql:
        """The actor's organization and all above it."""
        return self._draft.bind(ActorFact("organizations"), UUIDS)

    def teams_led(self) -> Sql:
        """The teams that the actor leads."""
        return self._draft.bind(ActorFact("teams_led"), UUIDS)

    def subtrees(self, permission: Permission) -> Sql:
        """The organization subtrees over which the actor holds the permission."""
        return self._draft.bind(Subtrees(permission), UUIDS)


class FieldAsk:
    """What a declaration may ask about the field that it is compiled for."""

    def __init__(self, facts: BoundFacts, draft: Draft, field: Field) -> None:
        self.facts = facts
        self._draft = draft
        self._field = field

    def member(self) -> Sql:
        """The actor's membership, bound."""
        return self._draft.bind(ActorFact("member_id"), ANY_UUID)

    def argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        """The argument, bound."""
        return self._draft.bind(Argument(self._field, (name,)), type_)

    def identifier(self, *path: str, prefix: str) -> Sql:
        """The argument read as an opaque id of that kind, bound as a UUID."""
        return self._draft.bind(Argument(self._field, path, RowId((prefix,))), ANY_UUID)

    def text(self, *path: str, read: Callable[[Any], Any] | None = None) -> Sql:
        """What lies at a path inside an argument, bound as text, as `read` reads it."""
        return self._draft.bind(Argument(self._field, path, read), TEXT)

    def given(self, name: str) -> bool:
        """Whether the argument was given; known."""
        return bool(self._draft.know(IsGiven(self._field, name)))
