"""The floor: hand-written SQL behind a bare ASGI callable.

No GraphQL, no token, no limits: it knows who asks and what will be asked.
"""

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from starlette.types import Receive, Scope, Send

from benchmarks.contenders import POOL
from benchmarks.contenders.floor_sql import READS
from benchmarks.contenders.floor_writes import WRITES
from benchmarks.contenders.serving import serve
from benchmarks.contenders.statements import Facts, Statement
from benchmarks.personas import Persona, written_down
from persistence.kernel.engine import read_pool

NOT_FOUND = b'{"errors":[{"message":"The floor has no such case."}]}'
STATEMENTS = {name: Statement(sql) for name, sql in READS.items()}
ASKED = {
    name: [each for each in statement.names if each in ("id", "root", "search", "location")]
    for name, statement in STATEMENTS.items()
}
"""Which variables a case has; without any, the body need not be looked at."""

IDS = ("id", "root")


class Floor:
    """Answers each case with one statement in a transaction of its own, where it only reads."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool[Any]
        # All that depends on the persona only is made before the first request.
        self._begin: dict[bytes, str] = {}
        self._facts: dict[bytes, Facts] = {}
        for key, persona in written_down().items():
            tenant = UUID(persona.tenant_id)
            self._begin[key.encode()] = f"SET LOCAL app.tenant_id = '{tenant}'"
            self._facts[key.encode()] = _facts(persona)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        name = scope["path"][1:]
        persona = next((value for key, value in scope["headers"] if key == b"x-persona"), b"")
        if persona not in self._begin or not (name in STATEMENTS or name in WRITES):
            await _send(send, 404, NOT_FOUND)
        elif name in STATEMENTS:
            await _send(send, 200, await self._read(name, persona, receive))
        else:
            await _send(send, 200, await self._write(name, persona, receive))

    async def _read(self, name: str, persona: bytes, receive: Receive) -> bytes:
        statement, facts = STATEMENTS[name], self._facts[persona]
        if ASKED[name]:
            given = await _variables(receive)
            facts = {**facts, **{each: _value(each, given[each]) for each in ASKED[name]}}
        async with self._pool.acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; {self._begin[persona]}")
            body = await statement.value(connection, facts)
            await connection.execute("COMMIT")
        return bytes(body)

    async def _write(self, name: str, persona: bytes, receive: Receive) -> bytes:
        given = await _variables(receive)
        async with self._pool.acquire() as connection:
            await connection.execute(f"BEGIN; {self._begin[persona]}")
            try:
                body = await WRITES[name](connection, self._facts[persona], given)
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")
        return body

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await read_pool(os.environ["TRELLIS_SERVING_URL"], least=POOL, most=POOL)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _facts(persona: Persona) -> Facts:
    return {
        "tenant": UUID(persona.tenant_id),
        "person": UUID(persona.person_id),
        "units": [UUID(each) for each in persona.organizations],
        "led": [UUID(each) for each in persona.teams_led],
        "today": datetime.now(UTC).date(),
    }


def _value(name: str, given: str) -> str | UUID:
    return UUID(given) if name in IDS else given


async def _variables(receive: Receive) -> Any:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return json.loads(body)["variables"]


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(Floor())
