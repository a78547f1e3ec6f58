"""Watching: an engine on one connection of the serving role, and every statement sent over it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from api.kernel.execution import Engine
from tests.reads.serving import an_engine

DRIVER = ("typeinfo_tree", "jit")
"""What asyncpg asks by itself, once for each connection: how types are sent."""


@dataclass
class Watched:
    """A pool of one connection that notes down what is sent."""

    connection: asyncpg.Connection
    statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection.add_query_logger(self._note)

    def _note(self, sent: asyncpg.connection.LoggedQuery) -> None:
        if not any(word in sent.query for word in DRIVER):
            self.statements.append(sent.query)

    @asynccontextmanager
    async def acquire(self, **_: Any) -> AsyncIterator[asyncpg.Connection]:
        yield self.connection

    def engine(self) -> Engine:
        """A fresh engine that reads over this connection."""
        pool: Any = self
        return an_engine(pool)

    async def settled(self) -> None:
        """The driver tells of a statement at the loop's next turn."""
        await asyncio.sleep(0)

    async def reads(self) -> list[str]:
        """The statements between the look at the actor and the end; all are forgotten."""
        await self.settled()
        begin, actor, *reads, end = self.statements
        assert begin.startswith("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL")
        assert "FROM directory.tenants d" in actor
        assert end == "COMMIT"
        self.statements.clear()
        return reads


BREAKS = re.compile(r"\(SELECT |\bSELECT |\bFROM |\bWHERE |\bORDER BY |\bLIMIT |\bAND |\bOR |[()]")


def readable(sql: str) -> str:
    """A statement with a line for each clause, indented as deep as it stands."""
    text, depth, deep, place = "", 0, [0], 0
    flat = re.sub(r"\s+", " ", sql)
    for found in BREAKS.finditer(flat):
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
