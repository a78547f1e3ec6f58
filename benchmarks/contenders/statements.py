"""Statements with named parameters, numbered once for asyncpg."""

import re
from collections.abc import Mapping
from typing import Any

NAME = re.compile(r"(?<!:):([a-z_]+)")
Facts = Mapping[str, Any]


class Statement:
    """SQL in which `:name` stands for a value."""

    def __init__(self, sql: str) -> None:
        self.names = tuple(dict.fromkeys(NAME.findall(sql)))
        number = {name: f"${n}" for n, name in enumerate(self.names, 1)}
        self.sql = NAME.sub(lambda found: number[found[1]], sql)

    def values(self, names: Mapping[str, Any]) -> tuple[Any, ...]:
        """What the parameters are, in their order."""
        return tuple(names[name] for name in self.names)

    async def value(self, connection: Any, names: Mapping[str, Any]) -> Any:
        """The one value that the statement gives."""
        return await connection.fetchval(self.sql, *self.values(names))

    async def run(self, connection: Any, names: Mapping[str, Any]) -> None:
        """Run it for what it does."""
        await connection.fetchval(self.sql, *self.values(names))
