"""Comparison of the Python check, the SQL list, the oracle and explanations on access questions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import literal, select, union_all

from domain.kernel.access import Actor, Relationships, Rule, is_allowed, list_inherited
from domain.kernel.aggregate import Aggregate
from domain.kernel.explanations import Reader, explain_rule
from domain.kernel.identity import TenantId
from persistence.access.actor_query import DenialReason
from persistence.access.relationships import collect_subjects, load_relationships
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import from_row, parse_row, select_all
from persistence.unit_of_work import work as unit
from tests.access_equivalence.access_questions import AccessQuestion, list_questions
from tests.access_equivalence.random_organizations import an_organization
from tests.factories.actor_facts import LiteralSqlFacts
from tests.factories.actor_loading import load_actor_or_denial
from tests.factories.actors import NOW
from tests.factories.statements import fetch_rows, lift_timeouts
from tests.factories.tenants import a_registered_tenant
from tests.reads.dataset import Row, TenantDataset
from tests.reads.dataset_loader import load_dataset
from tests.reads.oracle.relationships import DatasetIndex, OracleCaller


class CachedDatasetIndex(DatasetIndex):
    """The oracle's index, with a cache of its searches."""

    def __init__(self, world: TenantDataset) -> None:
        super().__init__(world)
        self._cache: dict[Any, Any] = {}

    def select_rows(self, table: str, **having: Any) -> list[Row]:
        key = (table, *having.items())
        if key not in self._cache:
            self._cache[key] = super().select_rows(table, **having)
        found: list[Row] = self._cache[key]
        return found

    def list_manager_ids(self, person_id: UUID, day: Any) -> list[UUID]:
        key = (person_id, day)
        if key not in self._cache:
            self._cache[key] = super().list_manager_ids(person_id, day)
        found: list[UUID] = self._cache[key]
        return found


PATIENCE = 300.0
"""Seconds for a statement that asks all questions of a kind, on a machine that others use."""


MAX_ROWS = 10
"""Rows of each kind that a member is asked about, so that there is time for many organizations."""


@cache
def group_questions() -> dict[type, list[AccessQuestion]]:
    found: dict[type, list[AccessQuestion]] = defaultdict(list)
    for each in list_questions():
        found[each.kind].append(each)
    return found


@dataclass(frozen=True)
class Disagreement:
    """A decision on which the three readers or an explanation differ."""

    question: str
    subject: str
    row: UUID
    by_check: bool
    by_list: bool
    by_oracle: bool
    by_explanation: bool | None


@dataclass
class Tally:
    """The number of decisions, of those that allow, and the disagreements."""

    total: int = 0
    allowed: int = 0
    explained: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)
    by_question: dict[str, list[int]] = field(default_factory=dict)
    """For each question the number of refusals and of permissions."""

    def __add__(self, other: "Tally") -> "Tally":
        names = [*self.by_question, *other.by_question]
        both = {each: [0, 0] for each in names}
        for name, counted in [*self.by_question.items(), *other.by_question.items()]:
            both[name] = [was + more for was, more in zip(both[name], counted, strict=True)]
        wrong = self.disagreements + other.disagreements
        return Tally(
            self.total + other.total,
            self.allowed + other.allowed,
            self.explained + other.explained,
            wrong,
            both,
        )

    def record(
        self,
        question: str,
        subject: str,
        row: UUID,
        answers: tuple[bool, bool, bool],
        *,
        explained: bool | None = None,
    ) -> None:
        """Record one decision: by the check, by the list, by the oracle, and as it is explained.

        None stands for a decision that is not explained.
        """
        self.total += 1
        self.allowed += answers[2]
        self.explained += explained is not None
        self.by_question.setdefault(question, [0, 0])[answers[2]] += 1
        if len({*answers, explained} - {None}) > 1:
            self.disagreements.append(Disagreement(question, subject, row, *answers, explained))

    def __str__(self) -> str:
        share = self.allowed / max(self.total, 1)
        return (
            f"{self.total:,} decisions on {len(self.by_question)} questions, {share:.0%} yes,"
            f" {self.explained:,} explained: {len(self.disagreements)} disagreements"
        )


@dataclass
class EquivalenceCheck:
    """One stored organization, and the comparison of the readers for each of its members."""

    work: unit.Work
    dataset: TenantDataset
    explains_one_in: int = 1

    def __post_init__(self) -> None:
        self.index = CachedDatasetIndex(self.dataset)
        self._callers: dict[str, OracleCaller] = {}

    async def run(self, tally: Tally, most: int) -> None:
        """Ask the three readers every question about every row, for each member."""
        connection = await self.work.get_connection()
        await lift_timeouts(connection)
        rows = await self._load_rows()
        standing = await self._load_relationships(rows)
        for subject in self.dataset.subjects:
            actor = await load_actor_or_denial(
                await self.work.get_connection(), self._tenant_id, subject, NOW
            )
            self._compare_entry(subject, actor, tally)
            if tally.total >= most or tally.disagreements:
                return
            if isinstance(actor, Actor):
                for kind, asked in group_questions().items():
                    some = rows[kind][:MAX_ROWS]
                    await self._compare_answers(actor, subject, asked, some, standing, tally)

    @property
    def _tenant_id(self) -> TenantId:
        return TenantId(self.dataset.tenant_id)

    def _compare_entry(self, subject: str, actor: Actor | DenialReason, tally: Tally) -> None:
        """Compare who may enter: only an active member whose person has not left."""
        caller = OracleCaller(self.index, subject)
        person = self.index.rows_by_id[caller.id]
        left = person["left_on"] is not None and person["left_on"] <= self.dataset.today
        expected = caller.member["status"] == "active" and not left
        entered = isinstance(actor, Actor)
        tally.record("enter", subject, caller.id, (entered, entered, expected))

    async def _load_rows(self) -> dict[type, list[Any]]:
        """Load every aggregate as the unit of work does, and every part with its path."""
        found: dict[type, list[Any]] = {}
        for kind in group_questions():
            kept = MAPPINGS[kind]
            rows = await (await self.work.get_connection()).fetch(select_all(kept), self._tenant_id)
            found[kind] = [from_row(kept, parse_row(row[0]))[0] for row in rows]
            for each in found[kind]:
                if isinstance(each, Aggregate):
                    each.refresh(self.dataset.today)
        by_id = {each.id: each for rows in found.values() for each in rows}
        for kept in MAPPINGS.values():
            for listed in kept.children.values():
                for part in found.get(listed.kind, ()):
                    setattr(part, kept.kind.NAME, by_id[getattr(part, listed.parent_column)])
        for kind, rows in found.items():
            for each in {*list_inherited(kind.SEE)}:
                for row in rows:
                    setattr(row, each.parent, by_id.get(getattr(row, each.attribute)))
        return found

    async def _load_relationships(self, rows: dict[type, list[Any]]) -> Relationships:
        named = collect_subjects([], *())
        for kind, asked in group_questions().items():
            more = collect_subjects([each.rule for each in asked], *rows[kind])
            named.people |= more.people
            named.teams |= more.teams
            named.organizations |= more.organizations
        return await load_relationships(
            await self.work.get_connection(), self._tenant_id, self.dataset.today, named
        )

    async def _compare_answers(
        self,
        actor: Actor,
        subject: str,
        asked: list[AccessQuestion],
        rows: Iterable[Any],
        standing: Relationships,
        tally: Tally,
    ) -> None:
        listed = await self._list_allowed_ids(actor, asked)
        who = self._get_caller(subject)
        for number, question in enumerate(asked):
            name = f"{question.kind.__name__}: {question.name}"
            for each in rows:
                answers = (
                    is_allowed(question.rule, actor, each, standing),
                    each.id in listed[number],
                    question.answer(who, self.index.rows_by_id[each.id]),
                )
                explained = None
                if tally.total % self.explains_one_in == 0:
                    explained = explain_to_all_readers(question.rule, actor, each, standing)
                tally.record(name, subject, each.id, answers, explained=explained)

    def _get_caller(self, subject: str) -> OracleCaller:
        if subject not in self._callers:
            self._callers[subject] = OracleCaller(self.index, subject)
        return self._callers[subject]

    async def _list_allowed_ids(self, actor: Actor, asked: list[AccessQuestion]) -> list[set[UUID]]:
        """List the allowed ids of each question, all in one statement."""
        facts, lists = LiteralSqlFacts(actor), []
        for number, question in enumerate(asked):
            row = question.table.alias()
            mine = (row.c.tenant_id == actor.tenant_id, compile_rule(question.rule, facts, row))
            lists.append(select(literal(number), row.c.id).where(*mine))
        found: list[set[UUID]] = [set() for _ in asked]
        connection = await self.work.get_connection()
        for number, id in await fetch_rows(connection, union_all(*lists), seconds=PATIENCE):
            found[number].add(id)
        return found


class OmniscientReader(Reader):
    """A reader of explanations who may know every fact."""

    def may_know(self, rule: Rule, subject: Any) -> bool:  # noqa: ARG002 - as of a reader
        return True


def explain_to_all_readers(
    rule: Rule, actor: Actor, subject: Any, standing: Relationships
) -> bool | None:
    """Return the decision that an explanation tells to somebody who may know every fact.

    Raises AssertionError where the person, or somebody without any role, gets another answer. An
    explanation that withholds its answer has to leave open which one it is.
    """
    nobody = Actor(actor.tenant_id, actor.today)
    whole = explain_rule(
        rule, actor, subject, standing, OmniscientReader(actor, standing, is_the_person=True)
    )
    for reader in (
        Reader(actor, standing, is_the_person=True),
        Reader(nobody, standing, is_the_person=False),
    ):
        told = explain_rule(rule, actor, subject, standing, reader)
        assert told.holds in (whole.holds, None), (rule, told)
        assert bool(told.list_changes()) or told.holds or not whole.list_changes(), (rule, told)
    return whole.holds


async def compare_readers(
    owner: asyncpg.Connection,
    pool: asyncpg.Pool,
    writing: asyncpg.Pool,
    *,
    decisions: int,
    seed: int,
    people: int = 24,
    explains_one_in: int = 1,
) -> Tally:
    """Make this many decisions, in one random organization after the other.

    Of so many decisions, one is explained.
    """
    tally = Tally()
    for turn in iterate_seeds(seed):
        if tally.total >= decisions:
            return tally
        tenant_id = await a_registered_tenant(owner)
        world = an_organization(tenant_id, turn, people)
        await load_dataset(owner, pool, world)
        async with unit.work(writing, Actor(tenant_id, world.today), now=NOW) as begun:
            await EquivalenceCheck(begun, world, explains_one_in).run(tally, decisions)
        if tally.disagreements:
            return tally
    return tally


def iterate_seeds(first: int) -> Iterator[int]:
    while True:
        yield first
        first += 1
