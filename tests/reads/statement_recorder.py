"""An engine on one connection of the serving role, which records every statement."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from api.kernel.execution.engine import Engine
from persistence.access.actor_cache import rights_number_sql
from persistence.kernel.fair_slots import FairSlots
from tests.factories.lending_pool import LendingPool
from tests.reads.engine_fixture import an_engine

DRIVER_STATEMENTS = ("typeinfo_tree", "jit")
"""Statements that asyncpg sends itself, once for each connection, to learn about types."""


@dataclass
class StatementRecorder(LendingPool):
    """A pool of one connection that records its statements."""

    connection: asyncpg.Connection
    statements: list[str] = field(default_factory=list)
    slots: FairSlots = field(default_factory=lambda: FairSlots(1))

    def __post_init__(self) -> None:
        self.connection.add_query_logger(self._record)

    def _record(self, sent: asyncpg.connection.LoggedQuery) -> None:
        if not any(word in sent.query for word in DRIVER_STATEMENTS):
            self.statements.append(sent.query)

    @asynccontextmanager
    async def acquire(self, **_: Any) -> AsyncIterator[asyncpg.Connection]:
        yield self.connection

    def create_engine(self) -> Engine:
        """Create a new engine that reads over this connection."""
        pool: Any = self
        return an_engine(pool)

    async def wait_for_query_log(self) -> None:
        """Wait for the driver's query log, which comes in the next iteration of the loop."""
        await asyncio.sleep(0)

    async def take_reads(self) -> list[str]:
        """Return and clear the reads after the actor query, without their wrapping.

        Each read enters the tenant, and checks that the cached actor is still valid.
        """
        await self.wait_for_query_log()
        who, *reads = self.statements
        assert "FROM directory.tenants d" in who
        self.statements.clear()
        return [_unwrap(each) for each in reads]

    async def list_statement_kinds(self) -> list[str]:
        """List the first words of all statements."""
        await self.wait_for_query_log()
        return [sent.lstrip().split()[0].rstrip(";") for sent in self.statements]


def _unwrap(sent: str) -> str:
    check = rights_number_sql(1).partition("$1")[0]
    inner, look, around = sent.partition(f"), ({check}")
    assert inner.startswith("SELECT (")
    assert look
    assert "set_config('app.tenant_id'" in around
    return inner.removeprefix("SELECT (")


CLAUSE_PATTERN = re.compile(
    r"\(SELECT |\bSELECT |\bFROM |\bWHERE |\bORDER BY |\bLIMIT |\bAND |\bOR |[()]"
)


def format_sql(sql: str) -> str:
    """Format a statement with a line for each clause, indented by its depth."""
    text, depth, deep, place = "", 0, [0], 0
    flat = re.sub(r"\s+", " ", sql)
    for found in CLAUSE_PATTERN.finditer(flat):
        text += flat[place : found.start()]
        place = found.end()
        word = found.group()
        if word.startswith("("):
            depth += 1
            if word != "(":
                deep.append(depth)
                text = f"{text.rstrip()} (\n{'  ' * (len(deep) - 1)}{word[1:]}"
            else:
                text += word
        elif word == ")":
            closes = deep[-1] == depth and len(deep) > 1
            if closes:
                deep.pop()
            depth -= 1
            text += f"\n{'  ' * (len(deep) - 1)})" if closes else word
        else:
            own = deep[-1] == depth
            text = f"{text.rstrip()}\n{'  ' * (len(deep) - 1)}{word}" if own else text + word
    return (text + flat[place:]).strip() + "\n"
