"""What is expected: who may do what to which thing, asked of the check, the list and the oracle."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import literal, select, union_all

from domain.goals import Goal
from domain.kernel.access import Actor, Rule, is_allowed
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Refusal
from domain.kernel.identity import TenantId
from domain.people import Person
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.unit_of_work import work as unit
from tests.access_equivalence.access_questions import rules_of
from tests.access_scenarios.given_steps import Story
from tests.access_scenarios.step_registry import Misread, listed
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW
from tests.factories.statements import fetch_rows

SENTENCE = re.compile(r"(?P<only>only )?(?P<who>.+?) may (?P<no>not )?(?P<verbs>.+)")
HISTORY = "read the history of"
"""The journal is read by its own rule, without seeing what the entries are about."""

SET_GOALS = "set goals for"
"""What is asked of a goal that is not there yet, so no list can hold it."""

WORDS = {
    HISTORY: "history",
    "read the employment of": "see of hired_on",
    "read the references of": "see of references",
    "know what is planned for": "plans",
}
WHEN = {
    "then": 0,
    "yesterday": -1,
    "tomorrow": 1,
    "next month": 31,
    "last month": -31,
}
"""When is it asked: expectations by the day on which they hold."""


@dataclass(frozen=True)
class Expectation:
    """Somebody may do something to a thing, or may not. `verb` of "enter" takes no thing."""

    who: str
    verb: str
    thing: str
    may: bool

    def __str__(self) -> str:
        return f"{self.who} may {'' if self.may else 'not '}{self.verb}: {self.thing}"


def expectations(story: Story, lines: list[Any]) -> Iterator[Expectation]:
    """Every single one that these lines say. Raises Misread."""
    for line in lines:
        ((sentence, things),) = line.items() if isinstance(line, dict) else ((line, "the tenant"),)
        found = SENTENCE.fullmatch(sentence)
        if found is None:
            raise Misread(f"Nobody understands: {sentence}")
        named = story.people if found["who"] == "everybody" else listed(found["who"])
        named = [] if found["who"] == "nobody" else named
        if unknown := [each for each in named if each not in story.people]:
            raise Misread(f"Nobody knows {unknown} in: {sentence}")
        others = [each for each in story.people if each not in named]
        strict = bool(found["only"]) or found["who"] == "nobody"
        for verb in listed(found["verbs"]):
            for thing in listed(str(things)):
                for who in named:
                    yield Expectation(who, verb, thing, not found["no"])
                for who in others if strict else ():
                    yield Expectation(who, verb, thing, may=False)


@dataclass
class Asking:
    """A kept story, in which somebody's rights are asked on some day."""

    story: Story
    writing: asyncpg.Pool

    async def broken(self, wanted: list[Expectation], shift: int) -> list[str]:
        """Where an answer differs from what is expected."""
        by_person = defaultdict(list)
        for each in wanted:
            by_person[each.who].append(each)
        wrong: list[str] = []
        for who, theirs in by_person.items():
            wrong += await self._of(who, theirs, shift)
        return wrong

    async def _of(self, who: str, wanted: list[Expectation], shift: int) -> list[str]:
        now, tenant_id = NOW + timedelta(days=shift), TenantId(self.story.world.tenant_id)
        asker = Actor(tenant_id, now.date())
        async with unit.work(self.writing, asker, now=now) as begun:
            actor = await load_actor_or_denial(await begun.get_connection(), tenant_id, who, now)
            if not isinstance(actor, Actor):
                return [f"{each}: may not enter at all" for each in wanted if each.may]
            begun.actor = actor
            told = [each for each in wanted if each.verb != "enter"]
            by_list = await self._listed(begun, told)
            wrong = [
                f"{each}: may enter" for each in wanted if each.verb == "enter" and not each.may
            ]
            for each in told:
                checked = await self._checked(begun, each)
                if checked != each.may:
                    wrong.append(f"{each}: wrong by the check")
                if each.verb != SET_GOALS and (each in by_list) != each.may:
                    wrong.append(f"{each}: wrong by the list")
        return wrong

    async def _listed(self, begun: unit.Work, wanted: list[Expectation]) -> set[Expectation]:
        """Those of which a list of what the actor may do so with holds the thing."""
        asked: dict[tuple[Any, Rule], list[tuple[UUID, Expectation]]] = defaultdict(list)
        for each in wanted:
            if each.verb != SET_GOALS:
                kind, id = self._thing(each)
                rule = self._rule(kind, each)
                whole = rule if each.verb in (HISTORY, "see") else kind.SEE & rule
                asked[kind, whole].append((id, each))
        found = await self._passing(begun, list(asked))
        return {
            each
            for number, about in enumerate(asked.values())
            for id, each in about
            if (number, id) in found
        }

    async def _passing(
        self, begun: unit.Work, asked: list[tuple[Any, Rule]]
    ) -> set[tuple[int, UUID]]:
        """What passes each of these rules, by its place among them."""
        facts, lists = LiteralSqlFacts(begun.actor), []
        for number, (kind, rule) in enumerate(asked):
            row = MAPPINGS[kind].table.alias()
            mine = (row.c.tenant_id == begun.actor.tenant_id, compile_rule(rule, facts, row))
            lists.append(select(literal(number), row.c.id).where(*mine))
        if not lists:
            return set()
        found = await fetch_rows(await begun.get_connection(), union_all(*lists))
        return {(number, id) for number, id in found}

    async def _checked(self, begun: unit.Work, each: Expectation) -> bool:
        kind, id = self._thing(each)
        try:
            if each.verb == SET_GOALS:
                await begun.require(self._draft(begun.actor, id, kind), to=Goal.CREATE)
                return True
            action = _action(kind, each.verb)
            if action is not None:
                await begun.get(kind, id, to=action)
                return True
            found = (
                await begun.find(kind, id=id)
                if each.verb == HISTORY
                else await begun.reference(kind, id)
            )
        except Refusal:
            return False
        return await self._allowed(begun, found, self._rule(kind, each))

    async def _allowed(self, begun: unit.Work, found: Any, rule: Rule) -> bool:
        actor = begun.actor
        named = collect_subjects([rule], found)
        standing = await load_relationships(
            await begun.get_connection(), actor.tenant_id, actor.today, named
        )
        return is_allowed(rule, actor, found, standing)

    def _draft(self, actor: Actor, owner_id: UUID, kind: type) -> Goal:
        name = "person" if kind is Person else kind.NAME  # type: ignore[attr-defined]
        owner: Any = {"owner_kind": name, f"owner_{name}_id": owner_id}
        return Goal(
            tenant_id=actor.tenant_id, title="Any", starts_on=actor.today, due_on=actor.today,
            **owner,
        )  # fmt: skip

    def _thing(self, each: Expectation) -> tuple[Any, UUID]:
        if each.thing not in self.story.things:
            raise Misread(f"There is no {each.thing} in: {each}")
        kind, row = self.story.things[each.thing]
        return kind, row["id"]

    def _rule(self, kind: type[Aggregate], each: Expectation) -> Rule:
        name = WORDS.get(each.verb, each.verb.replace(" ", "_"))
        rules = rules_of(kind)
        if name not in rules:
            raise Misread(f"Nobody can {each.verb} a {kind.NAME}; there are {', '.join(rules)}.")
        return rules[name]


def _action(kind: type[Aggregate], verb: str) -> Action | None:
    return next((each for each in kind.ACTIONS if each.name == verb.replace(" ", "_")), None)
