"""Duels: the engine and the oracle answer one caller's questions, and what came out apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.kernel.execution.engine import Engine
from tests.reads.answer_comparison import differences, found_under
from tests.reads.dataset import World
from tests.reads.engine_fixture import ask
from tests.reads.oracle.executor import Oracle
from tests.reads.oracle.relationships import Caller, Facts
from tests.reads.query_generator import Asker, Question


@dataclass
class Duel:
    """The engine against the oracle, as one caller."""

    engine: Engine
    oracle: Oracle
    tenants: dict[str, World]
    tenant: str
    subject: str
    seed: int
    errors: int = 0

    async def differences(self, questions: int, *, enough: int = 3) -> list[str]:
        """What came out apart, up to a number of answers."""
        world = self.tenants[self.tenant]
        foreign = self.tenants["lagoon" if self.tenant == "northwind" else "northwind"]
        asker = Asker(self.oracle.schema, world, foreign, self.seed)
        who = Caller(Facts(world), self.subject)
        apart: list[str] = []
        for _ in range(questions):
            if len(apart) < enough:
                apart += await self._ask(asker.question(), who, asker)
        return apart

    async def _ask(self, question: Question, who: Caller, asker: Asker) -> list[str]:
        """Once, and where it has room for cursors once more, with cursors out of the answer."""
        apart = []
        variables = question.variables
        for _ in range(2 if question.cursors else 1):
            world = who.facts.world
            found = await ask(self.engine, world, self.subject, question.document, variables)
            told = list(self._told(found, who, question.document, variables))
            if told:
                apart.append("\n".join([question.document, str(variables), *told[:5]]))
            cursors = {
                name: asker.random.choice(held)
                for name, mark in question.cursors.items()
                if (held := sorted(found_under(mark, found.get("data"))))
            }
            variables = question.variables | cursors
        return apart

    def _told(
        self, found: dict[str, Any], who: Caller, document: str, variables: dict[str, Any]
    ) -> Iterator[str]:
        expected = self.oracle.answer(who, document, variables)
        yield from differences(found.get("data"), expected.data)
        errors = [(each.path, "INTERNAL_SERVER_ERROR") for each in expected.errors or ()]
        told = [(each.get("path"), each["extensions"]["code"]) for each in found.get("errors", ())]
        self.errors += len(errors)
        if sorted(map(str, errors)) != sorted(map(str, told)):
            yield f"errors {found.get('errors')} instead of {expected.errors}"
