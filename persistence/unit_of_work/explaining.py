"""Explaining to the actor what somebody may do to an object, and why."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from domain.kernel.access import Actor, AllOf, Relationships, Rule, is_allowed, list_inherited
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part, find_kind, get_part_kind
from domain.kernel.explanations import (
    AccessExplanation,
    Reader,
    build_whole_rule,
    explain_missing_account,
    explain_rule,
)
from persistence.access.actor_query import load_actor_of
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.kernel.pools import Connection

A = TypeVar("A", bound=Aggregate)
P = TypeVar("P", bound=Part)


class Explaining(ABC):
    """The part of a unit of work that explains decisions."""

    actor: Actor
    now: datetime

    @abstractmethod
    async def get_connection(self) -> Connection:
        """Return the connection of the transaction, after all changes so far were written."""

    @abstractmethod
    async def _load_visible(
        self, kind: type[A], id: UUID, rule: Rule = ...
    ) -> tuple[A | None, bool]:
        """Return an aggregate if the actor may see it, and whether the rule allows more."""

    @abstractmethod
    async def _load_aggregate(self, kind: type[A], id: UUID) -> A | None:
        """Return an aggregate, whether the actor may see it or not."""

    @abstractmethod
    async def list_parts(self, part: type[P], **attributes: Any) -> list[P]:
        """Return the parts with these values."""

    async def explain(
        self, person_id: UUID, kind: type[Aggregate], id: UUID, *, to: Action
    ) -> AccessExplanation | None:
        """Explain whether a person may do this to an object. None if the actor cannot see it."""
        found, _ = await self._load_visible(kind, id)
        if found is None:
            return None
        rule = build_whole_rule(kind, to)
        parents = [found, *await self._attach_parents_of(rule, found)]
        connection = await self.get_connection()
        person = await load_actor_of(connection, self.actor.tenant_id, person_id, self.now)
        if person is None:
            return AccessExplanation(is_allowed=False, explanation=explain_missing_account())
        relationships = await self._load_all_relationships(connection, rule, parents)
        is_the_person = person_id == self.actor.person_id
        reader = Reader(self.actor, relationships, is_the_person)
        explanation = explain_rule(rule, person, found, relationships, reader)
        decision = is_allowed(rule, person, found, relationships)
        return AccessExplanation(
            is_allowed=decision if is_the_person else explanation.holds, explanation=explanation
        )

    async def _load_all_relationships(
        self, connection: Connection, rule: Rule, objects: list[Any]
    ) -> Relationships:
        """Load what the whole rule asks about the objects, and what seeing each of them asks."""
        subjects = collect_subjects([rule], objects[0])
        for each in objects[1:]:
            more = collect_subjects([each.SEE], each)
            subjects.people |= more.people
            subjects.teams |= more.teams
            subjects.organizations |= more.organizations
        return await load_relationships(
            connection, self.actor.tenant_id, self.actor.today, subjects
        )

    async def _attach_parents_of(self, rule: Rule, child: Any) -> list[Any]:
        """Give an object, and its parents, all parents whose rules are asked; return these."""
        attached = list[Any]()
        for each in list_inherited(rule):
            parent = await self._load_parent(each.parent, getattr(child, each.attribute))
            setattr(child, each.parent, parent)
            if parent is not None:
                both = AllOf((each.rule, parent.SEE))
                attached += [parent, *await self._attach_parents_of(both, parent)]
        return attached

    async def _load_parent(self, name: str, id: UUID | None) -> Any:
        if id is None:
            return None
        kind = find_kind(name)
        if kind is not None:
            return await self._load_aggregate(kind, id)
        return next(iter(await self.list_parts(get_part_kind(name), id=id)), None)
