"""Statements with named parameters, which are numbered once for asyncpg."""

import re
from collections.abc import Mapping
from typing import Any

PARAMETER_PATTERN = re.compile(r"(?<!:):([a-z_]+)")
Parameters = Mapping[str, Any]


class Statement:
    """SQL in which `:name` is a parameter."""

    def __init__(self, sql: str) -> None:
        self.names = tuple(dict.fromkeys(PARAMETER_PATTERN.findall(sql)))
        number = {name: f"${n}" for n, name in enumerate(self.names, 1)}
        self.sql = PARAMETER_PATTERN.sub(lambda found: number[found[1]], sql)

    def bind_values(self, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values of the parameters in their order."""
        return tuple(parameters[name] for name in self.names)

    async def fetch_value(self, connection: Any, parameters: Mapping[str, Any]) -> Any:
        """Return the one value that the statement selects."""
        return await connection.fetchval(self.sql, *self.bind_values(parameters))

    async def execute(self, connection: Any, parameters: Mapping[str, Any]) -> None:
        """Execute the statement without a result."""
        await connection.fetchval(self.sql, *self.bind_values(parameters))
