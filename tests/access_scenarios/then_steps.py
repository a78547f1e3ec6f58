"""Then steps: who may do what, asked of the check, the list and the oracle."""

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
from tests.access_equivalence.access_questions import collect_rules
from tests.access_scenarios.given_steps import Scenario
from tests.access_scenarios.step_registry import StepError, split_names
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW
from tests.factories.statements import fetch_rows

EXPECTATION_PATTERN = re.compile(r"(?P<only>only )?(?P<who>.+?) may (?P<no>not )?(?P<verbs>.+)")
READ_HISTORY = "read the history of"
"""The journal has its own rule, whether or not its subject is visible."""

SET_GOALS = "set goals for"
"""Expectations about a goal that does not exist yet, so that no list can hold it."""

RULE_NAMES = {
    READ_HISTORY: "history",
    "read the employment of": "see of hired_on",
    "read the references of": "see of references",
    "know what is planned for": "plans",
}
DAY_SHIFTS = {
    "then": 0,
    "yesterday": -1,
    "tomorrow": 1,
    "next month": 31,
    "last month": -31,
}
"""Sections of expectations, by the day on which they hold."""


@dataclass(frozen=True)
class Expectation:
    """An expectation that a person may or may not do something. The verb `enter` has no entity."""

    person_name: str
    verb: str
    entity_name: str
    is_allowed: bool

    def __str__(self) -> str:
        verb = self.verb if self.is_allowed else f"not {self.verb}"
        return f"{self.person_name} may {verb}: {self.entity_name}"


def parse_expectations(story: Scenario, lines: list[Any]) -> Iterator[Expectation]:
    """Parse all expectations of these lines. Raises StepError."""
    for line in lines:
        ((sentence, things),) = line.items() if isinstance(line, dict) else ((line, "the tenant"),)
        found = EXPECTATION_PATTERN.fullmatch(sentence)
        if found is None:
            raise StepError(f"Nobody understands: {sentence}")
        named = story.person_names if found["who"] == "everybody" else split_names(found["who"])
        named = [] if found["who"] == "nobody" else named
        if unknown := [each for each in named if each not in story.person_names]:
            raise StepError(f"Nobody knows {unknown} in: {sentence}")
        others = [each for each in story.person_names if each not in named]
        strict = bool(found["only"]) or found["who"] == "nobody"
        for verb in split_names(found["verbs"]):
            for thing in split_names(str(things)):
                for who in named:
                    yield Expectation(who, verb, thing, not found["no"])
                for who in others if strict else ():
                    yield Expectation(who, verb, thing, is_allowed=False)


@dataclass
class ExpectationChecker:
    """A stored scenario, in which access is checked on a given day."""

    scenario: Scenario
    writing: asyncpg.Pool

    async def find_failures(self, wanted: list[Expectation], shift: int) -> list[str]:
        """List the expectations that are not met."""
        by_person = defaultdict(list)
        for each in wanted:
            by_person[each.person_name].append(each)
        wrong: list[str] = []
        for who, theirs in by_person.items():
            wrong += await self._check_person(who, theirs, shift)
        return wrong

    async def _check_person(self, who: str, wanted: list[Expectation], shift: int) -> list[str]:
        now, tenant_id = NOW + timedelta(days=shift), TenantId(self.scenario.dataset.tenant_id)
        asker = Actor(tenant_id, now.date())
        async with unit.work(self.writing, asker, now=now) as begun:
            actor = await load_actor_or_denial(await begun.get_connection(), tenant_id, who, now)
            if not isinstance(actor, Actor):
                return [f"{each}: may not enter at all" for each in wanted if each.is_allowed]
            begun.actor = actor
            told = [each for each in wanted if each.verb != "enter"]
            by_list = await self._list_allowed(begun, told)
            wrong = [
                f"{each}: may enter"
                for each in wanted
                if each.verb == "enter" and not each.is_allowed
            ]
            for each in told:
                checked = await self._is_allowed_by_check(begun, each)
                if checked != each.is_allowed:
                    wrong.append(f"{each}: wrong by the check")
                if each.verb != SET_GOALS and (each in by_list) != each.is_allowed:
                    wrong.append(f"{each}: wrong by the list")
        return wrong

    async def _list_allowed(self, begun: unit.Work, wanted: list[Expectation]) -> set[Expectation]:
        """List the expectations that the SQL lists allow."""
        asked: dict[tuple[Any, Rule], list[tuple[UUID, Expectation]]] = defaultdict(list)
        for each in wanted:
            if each.verb != SET_GOALS:
                kind, id = self._find_entity(each)
                rule = self._find_rule(kind, each)
                whole = rule if each.verb in (READ_HISTORY, "see") else kind.SEE & rule
                asked[kind, whole].append((id, each))
        found = await self._select_matching(begun, list(asked))
        return {
            each
            for number, about in enumerate(asked.values())
            for id, each in about
            if (number, id) in found
        }

    async def _select_matching(
        self, begun: unit.Work, asked: list[tuple[Any, Rule]]
    ) -> set[tuple[int, UUID]]:
        """Select the ids that match each rule, by the rule's position."""
        facts, lists = LiteralSqlFacts(begun.actor), []
        for number, (kind, rule) in enumerate(asked):
            row = MAPPINGS[kind].table.alias()
            mine = (row.c.tenant_id == begun.actor.tenant_id, compile_rule(rule, facts, row))
            lists.append(select(literal(number), row.c.id).where(*mine))
        if not lists:
            return set()
        found = await fetch_rows(await begun.get_connection(), union_all(*lists))
        return {(number, id) for number, id in found}

    async def _is_allowed_by_check(self, begun: unit.Work, each: Expectation) -> bool:
        kind, id = self._find_entity(each)
        try:
            if each.verb == SET_GOALS:
                await begun.require(self._build_draft_goal(begun.actor, id, kind), to=Goal.CREATE)
                return True
            action = _find_action(kind, each.verb)
            if action is not None:
                await begun.get(kind, id, to=action)
                return True
            found = (
                await begun.find(kind, id=id)
                if each.verb == READ_HISTORY
                else await begun.reference(kind, id)
            )
        except Refusal:
            return False
        return await self._evaluate_rule(begun, found, self._find_rule(kind, each))

    async def _evaluate_rule(self, begun: unit.Work, found: Any, rule: Rule) -> bool:
        actor = begun.actor
        named = collect_subjects([rule], found)
        standing = await load_relationships(
            await begun.get_connection(), actor.tenant_id, actor.today, named
        )
        return is_allowed(rule, actor, found, standing)

    def _build_draft_goal(self, actor: Actor, owner_id: UUID, kind: type) -> Goal:
        name = "person" if kind is Person else kind.NAME  # type: ignore[attr-defined]
        owner: Any = {"owner_kind": name, f"owner_{name}_id": owner_id}
        return Goal(
            tenant_id=actor.tenant_id, title="Any", starts_on=actor.today, due_on=actor.today,
            **owner,
        )  # fmt: skip

    def _find_entity(self, each: Expectation) -> tuple[Any, UUID]:
        if each.entity_name not in self.scenario.entities:
            raise StepError(f"There is no {each.entity_name} in: {each}")
        kind, row = self.scenario.entities[each.entity_name]
        return kind, row["id"]

    def _find_rule(self, kind: type[Aggregate], each: Expectation) -> Rule:
        name = RULE_NAMES.get(each.verb, each.verb.replace(" ", "_"))
        rules = collect_rules(kind)
        if name not in rules:
            raise StepError(f"Nobody can {each.verb} a {kind.NAME}; there are {', '.join(rules)}.")
        return rules[name]


def _find_action(kind: type[Aggregate], verb: str) -> Action | None:
    return next((each for each in kind.ACTIONS if each.name == verb.replace(" ", "_")), None)
