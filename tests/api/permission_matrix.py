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
class Cell:
    """A cell of a table: the expected answer of a mutation for a caller."""

    row: str
    who: str
    code: str | None

    @property
    def verb(self) -> str:
        """The name of the mutation."""
        return self.row.split()[0]


def parametrize_cells(tables: Iterable[str]) -> Any:
    """Parametrize a test by the cells of tables, each named by its mutation and column."""
    cells = [each for table in tables for each in _list_cells(table)]
    return pytest.mark.parametrize(
        "cell", [pytest.param(each, id=f"{each.row}-{each.who}") for each in cells]
    )


def _list_cells(table: str) -> Iterator[Cell]:
    head, *rows = [line for line in table.strip().splitlines() if line.strip()]
    assert tuple(head.split()) == MEMBER_NAMES, head
    for row in rows:
        words = row.split()
        name, signs = " ".join(words[: -len(MEMBER_NAMES)]), words[-len(MEMBER_NAMES) :]
        for who, sign in zip(MEMBER_NAMES, signs, strict=True):
            yield Cell(name, who, ERROR_CODES[sign])


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

    async def check_cell(self, cell: Cell, inputs: Inputs) -> None:
        """Execute the mutation as the caller; compare the answer, and the rows after a refusal."""
        input = inputs[cell.row](self.company)
        has_rows = MUTATIONS[to_snake_case(cell.verb)].rows_field is not None
        subject = find_subject(cell.verb)
        subject += "s" if has_rows else ""
        document = (
            f"mutation($input: {cell.verb[0].upper()}{cell.verb[1:]}Input!) {{"
            f" {cell.verb}(input: $input) {{ {subject} {{ id }} errors {{ code message }} }} }}"
        )
        allowed = cell.code is None
        rehearsal = self.rollback_graphs[cell.who == "abroad"]
        graph = rehearsal if allowed else self.company.select_graph(cell.who)
        payload = await graph.mutate(cell.who, document, **input)
        assert [each["code"] for each in payload["errors"]] == ([] if allowed else [cell.code])
        if not (allowed or has_rows):  # a rehearsal is rolled back before its object is read
            assert payload[subject] is None
        after = await self.hash_rows()
        for was, now in zip(self.initial_hashes, after, strict=True):
            assert {each for each in now if now[each] != was[each]} == set()
