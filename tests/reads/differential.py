"""Differential test runs: the engine and the oracle answer the same queries of one caller."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from api.kernel.execution.engine import Engine
from tests.reads.answer_comparison import find_by_key_prefix, find_differences
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import execute_document
from tests.reads.oracle.executor import Oracle
from tests.reads.oracle.relationships import DatasetIndex, OracleCaller
from tests.reads.query_generator import GeneratedQuery, QueryGenerator


@dataclass
class DifferentialRun:
    """The engine against the oracle, as one caller."""

    engine: Engine
    oracle: Oracle
    datasets: dict[str, TenantDataset]
    tenant_slug: str
    subject: str
    seed: int
    error_count: int = 0

    async def run(self, questions: int, *, enough: int = 3) -> list[str]:
        """Return the differences of this many queries."""
        world = self.datasets[self.tenant_slug]
        foreign = self.datasets["lagoon" if self.tenant_slug == "northwind" else "northwind"]
        asker = QueryGenerator(self.oracle.schema, world, foreign, self.seed)
        who = OracleCaller(DatasetIndex(world), self.subject)
        apart: list[str] = []
        for _ in range(questions):
            if len(apart) < enough:
                apart += await self._compare_query(asker.generate_query(), who, asker)
        return apart

    async def _compare_query(
        self, question: GeneratedQuery, who: OracleCaller, asker: QueryGenerator
    ) -> list[str]:
        """Compare once; if the query takes cursors, compare again with cursors of the answer."""
        apart = []
        variables = question.variables
        for _ in range(2 if question.cursors else 1):
            world = who.facts.world
            found = await execute_document(
                self.engine, world, self.subject, question.document, variables
            )
            told = list(self._compare_answer(found, who, question.document, variables))
            if told:
                apart.append("\n".join([question.document, str(variables), *told[:5]]))
            cursors = {
                name: asker.random.choice(held)
                for name, mark in question.cursors.items()
                if (held := sorted(find_by_key_prefix(mark, found.get("data"))))
            }
            variables = question.variables | cursors
        return apart

    def _compare_answer(
        self, found: dict[str, Any], who: OracleCaller, document: str, variables: dict[str, Any]
    ) -> Iterator[str]:
        expected = self.oracle.answer(who, document, variables)
        yield from find_differences(found.get("data"), expected.data)
        errors = [(each.path, "INTERNAL_SERVER_ERROR") for each in expected.errors or ()]
        told = [(each.get("path"), each["extensions"]["code"]) for each in found.get("errors", ())]
        self.error_count += len(errors)
        if sorted(map(str, errors)) != sorted(map(str, told)):
            yield f"errors {found.get('errors')} instead of {expected.errors}"
