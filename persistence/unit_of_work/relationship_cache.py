"""The relationships that the rules of one unit of work need, each loaded once."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from domain.kernel.access import Actor, Relationships, Rule, is_allowed
from persistence.access.actor_facts import LiteralActorFacts
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.access.rule_simplifier import simplify
from persistence.kernel.pools import Connection

Begin = Callable[[], Awaitable[Connection]]


class RelationshipCache:
    """A cache of relationships by the people, teams and organizations that rules name.

    `begin` returns the connection; it is not stored, because a reference back to the unit of work
    would leave both to the garbage collector.
    """

    def __init__(self) -> None:
        self._found: dict[Any, Relationships] = {}

    async def load(
        self, begin: Begin, actor: Actor, subject: object, *rules: Rule
    ) -> Relationships:
        """Return what these rules need to know of an object today."""
        return await self._load(begin, [subject], actor, *rules)

    async def allow_all(
        self, begin: Begin, actor: Actor, objects: Collection[object], rule: Rule
    ) -> bool:
        """Return whether the rule allows the actor each of these objects today."""
        relationships = await self._load(begin, objects, actor, rule)
        return all(is_allowed(rule, actor, each, relationships) for each in objects)

    async def _load(
        self, begin: Begin, objects: Collection[object], actor: Actor, *rules: Rule
    ) -> Relationships:
        facts = LiteralActorFacts(actor)
        subjects = collect_subjects([simplify(rule, facts) for rule in rules], *objects)
        ids = map(frozenset, (subjects.people, subjects.teams, subjects.organizations))
        key = (actor.today, *ids)
        if key not in self._found:
            self._found[key] = await load_relationships(
                await begin(), actor.tenant_id, actor.today, subjects
            )
        return self._found[key]

    def clear(self) -> None:
        """Forget everything, after a change."""
        self._found.clear()
