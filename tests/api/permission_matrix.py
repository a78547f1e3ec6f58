"""Who may tell what: tables in which a row is a mutation, a column somebody, and a cell the answer.

`ok` is done; `-` is NOT_PERMITTED; `?` is NOT_FOUND; `r` is REFERENCE_NOT_FOUND; `s` is
STATE_CONFLICT; `!` is SELF_APPOINTMENT. A word after the mutation's name tells its rows apart.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from api.kernel.schema.mutations import MUTATIONS
from persistence.kernel.wire_format import to_camel_case, to_snake_case
from tests.api.company import MEMBER_NAMES, Company
from tests.api.rollback_pool import RollbackPool
from tests.factories.graph import DatabaseGraph
from tests.factories.row_hashes import hash_tables

Input = Mapping[str, Any]
Inputs = Mapping[str, Callable[[Company], Input]]


def find_subject(verb: str) -> str:
    """Return the field of a mutation's payload that has its object."""
    return to_camel_case(to_snake_case(MUTATIONS[to_snake_case(verb)].node_type.__name__))


ERROR_CODES = {
    "ok": None,
    "-": "NOT_PERMITTED",
    "?": "NOT_FOUND",
    "r": "REFERENCE_NOT_FOUND",
    "s": "STATE_CONFLICT",
    "!": "SELF_APPOINTMENT",
}


@dataclass(frozen=True)
class Row:
    """A row of a table: the expected code of a mutation for each caller, None where it is done."""

    name: str
    codes: Mapping[str, str | None]

    @property
    def verb(self) -> str:
        """The name of the mutation."""
        return self.name.split()[0]


def parametrize_rows(tables: Iterable[str]) -> Any:
    """Parametrize a test by the rows of tables, each named by its mutation."""
    rows = [each for table in tables for each in _list_rows(table)]
    return pytest.mark.parametrize("row", [pytest.param(each, id=each.name) for each in rows])


def _list_rows(table: str) -> Iterator[Row]:
    head, *lines = [line for line in table.strip().splitlines() if line.strip()]
    assert tuple(head.split()) == MEMBER_NAMES, head
    for line in lines:
        words = line.split()
        name, signs = " ".join(words[: -len(MEMBER_NAMES)]), words[-len(MEMBER_NAMES) :]
        codes = [ERROR_CODES[each] for each in signs]
        yield Row(name, dict(zip(MEMBER_NAMES, codes, strict=True)))


@dataclass
class SharedCompany:
    """A company that stays unchanged: allowed changes are rolled back."""

    company: Company
    owner: Any
    rollback_graphs: Mapping[bool, DatabaseGraph]
    initial_hashes: list[Any]

    @classmethod
    async def create(
        cls, company: Company, owner: Any, pool: Any, writing: asyncpg.Pool
    ) -> "SharedCompany":
        """Create a shared company."""
        assert company.other_graph is not None
        undone = RollbackPool(writing)
        rehearsals = {
            False: DatabaseGraph(pool, undone, company.tenant_id),
            True: DatabaseGraph(pool, undone, company.other_graph.tenant_id),
        }
        shared = cls(company, owner, rehearsals, [])
        shared.initial_hashes = await shared.hash_rows()
        return shared

    async def hash_rows(self) -> list[Any]:
        """Hash the stored rows of both tenants."""
        assert self.company.other_graph is not None
        tenants = (self.company.tenant_id, self.company.other_graph.tenant_id)
        async with self.owner.transaction(readonly=True):
            return [await hash_tables(self.owner, each) for each in tenants]

    async def check_row(self, row: Row, inputs: Inputs) -> None:
        """Execute a mutation as every caller; compare the answers, and the rows afterwards."""
        input = inputs[row.name](self.company)
        found = {who: await self._find_code(row, who, input) for who in row.codes}
        assert found == row.codes
        await self.check_unchanged()

    async def _find_code(self, row: Row, who: str, input: Input) -> str | None:
        """Return the code of the refusal. What a caller may do is rolled back."""
        has_rows = MUTATIONS[to_snake_case(row.verb)].rows_field is not None
        subject = MUTATIONS[to_snake_case(row.verb)].objects_field or find_subject(row.verb)
        document = (
            f"mutation($input: {row.verb[0].upper()}{row.verb[1:]}Input!) {{"
            f" {row.verb}(input: $input) {{ {subject} {{ id }} errors {{ code message }} }} }}"
        )
        rehearsal = self.rollback_graphs[who == "abroad"]
        graph = rehearsal if row.codes[who] is None else self.company.select_graph(who)
        payload = await graph.mutate(who, document, **input)
        if not payload["errors"]:
            return None
        assert has_rows or payload[subject] is None
        return "+".join(each["code"] for each in payload["errors"])

    async def check_unchanged(self) -> None:
        """Check that all rows of both tenants are as they were."""
        after = await self.hash_rows()
        for was, now in zip(self.initial_hashes, after, strict=True):
            assert {each for each in now if now[each] != was[each]} == set()
