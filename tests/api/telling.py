"""Who may tell what: tables in which a row is a mutation, a column somebody, and a cell the answer.

`ok` is done; `-` is NOT_PERMITTED; `?` is NOT_FOUND; `r` is REFERENCE_NOT_FOUND; `s` is
STATE_CONFLICT. A word after the mutation's name tells its rows apart.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from tests.api.company import EVERYBODY, Company, Rehearsing, everything_kept
from tests.make.graph import LiveGraph

Input = Mapping[str, Any]
Inputs = Mapping[str, Callable[[Company], Input]]

SUBJECT = re.compile("^[a-z]+")

SIGNS = {
    "ok": None,
    "-": "NOT_PERMITTED",
    "?": "NOT_FOUND",
    "r": "REFERENCE_NOT_FOUND",
    "s": "STATE_CONFLICT",
}


@dataclass(frozen=True)
class Cell:
    """One answer of a table: what somebody gets for a mutation."""

    row: str
    who: str
    code: str | None

    @property
    def verb(self) -> str:
        """The mutation."""
        return self.row.split()[0]


def who_may(table: str) -> Any:
    """A parametrization by the cells of a table, each named by its mutation and column."""
    head, *rows = [line for line in table.strip().splitlines() if line.strip()]
    assert tuple(head.split()) == EVERYBODY, head
    cells = []
    for row in rows:
        words = row.split()
        name, signs = " ".join(words[: -len(EVERYBODY)]), words[-len(EVERYBODY) :]
        for who, sign in zip(EVERYBODY, signs, strict=True):
            cells.append(pytest.param(Cell(name, who, SIGNS[sign]), id=f"{name}-{who}"))
    return pytest.mark.parametrize("cell", cells)


@dataclass
class Shared:
    """A company that stays as it is: refusals change nothing, and what is allowed is undone."""

    company: Company
    owner: Any
    rehearsals: Mapping[bool, LiveGraph]
    before: list[Any]

    @classmethod
    async def of(cls, company: Company, owner: Any, pool: Any, writing: asyncpg.Pool) -> "Shared":
        """The company as it stands."""
        assert company.other is not None
        undone = Rehearsing(writing)
        rehearsals = {
            False: LiveGraph(pool, undone, company.tenant_id),
            True: LiveGraph(pool, undone, company.other.tenant_id),
        }
        shared = cls(company, owner, rehearsals, [])
        shared.before = await shared.kept()
        return shared

    async def kept(self) -> list[Any]:
        """What is kept of both tenants."""
        assert self.company.other is not None
        tenants = (self.company.tenant_id, self.company.other.tenant_id)
        return await everything_kept(self.owner, *tenants)

    async def hold(self, cell: Cell, inputs: Inputs) -> None:
        """Let somebody tell it: the answer is exactly this one, and a refusal changes nothing."""
        input = inputs[cell.row](self.company)
        subject = SUBJECT.findall(cell.verb)[0]
        document = (
            f"mutation($input: {cell.verb[0].upper()}{cell.verb[1:]}Input!) {{"
            f" {cell.verb}(input: $input) {{ {subject} {{ id }} errors {{ code message }} }} }}"
        )
        allowed = cell.code is None
        rehearsal = self.rehearsals[cell.who == "abroad"]
        graph = rehearsal if allowed else self.company.graph_of(cell.who)
        payload = await graph.tell(cell.who, document, **input)
        assert [each["code"] for each in payload["errors"]] == ([] if allowed else [cell.code])
        if allowed:
            assert payload[subject] or cell.verb.endswith(("Discard", "Delete"))
        else:
            assert payload[subject] is None
        after = await self.kept()
        for was, now in zip(self.before, after, strict=True):
            assert {each for each in now if now[each] != was[each]} == set()
