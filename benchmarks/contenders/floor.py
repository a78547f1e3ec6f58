"""The floor: hand-written SQL behind a bare ASGI callable.

It has no GraphQL, no tokens and no limits, and knows the caller and the requests in advance.
"""

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from starlette.types import Receive, Scope, Send

from benchmarks.contenders import POOL_SIZE
from benchmarks.contenders.asgi_server import serve_app
from benchmarks.contenders.floor_sql import READ_STATEMENTS
from benchmarks.contenders.floor_writes import WRITE_HANDLERS
from benchmarks.contenders.statements import Parameters, Statement
from benchmarks.personas import Persona, read_personas
from persistence.kernel.pools import create_read_pool

NOT_FOUND = b'{"errors":[{"message":"The floor has no such case."}]}'
STATEMENTS = {name: Statement(sql) for name, sql in READ_STATEMENTS.items()}
CASE_VARIABLES = {
    name: [each for each in statement.names if each in ("id", "root", "search", "location")]
    for name, statement in STATEMENTS.items()
}
"""The variables of each case. Without any, the body is not parsed."""

ID_VARIABLES = ("id", "root")


class FloorApp:
    """Answers each case with one statement, in a transaction of its own if it only reads."""

    def __init__(self) -> None:
        self._pool: asyncpg.Pool[Any]
        # What depends only on the persona is computed before the first request.
        self._begin_sql: dict[bytes, str] = {}
        self._parameters: dict[bytes, Parameters] = {}
        for key, persona in read_personas().items():
            tenant = UUID(persona.tenant_id)
            self._begin_sql[key.encode()] = f"SET LOCAL app.tenant_id = '{tenant}'"
            self._parameters[key.encode()] = _build_parameters(persona)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI defines it."""
        if scope["type"] == "lifespan":
            await self._run_lifespan(receive, send)
            return
        name = scope["path"][1:]
        persona = next((value for key, value in scope["headers"] if key == b"x-persona"), b"")
        if persona not in self._begin_sql or not (name in STATEMENTS or name in WRITE_HANDLERS):
            await _send_response(send, 404, NOT_FOUND)
        elif name in STATEMENTS:
            await _send_response(send, 200, await self._execute_read(name, persona, receive))
        else:
            await _send_response(send, 200, await self._execute_write(name, persona, receive))

    async def _execute_read(self, name: str, persona: bytes, receive: Receive) -> bytes:
        statement, parameters = STATEMENTS[name], self._parameters[persona]
        if CASE_VARIABLES[name]:
            variables = await _read_variables(receive)
            parameters = {
                **parameters,
                **{each: _parse_variable(each, variables[each]) for each in CASE_VARIABLES[name]},
            }
        async with self._pool.acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; {self._begin_sql[persona]}")
            body = await statement.fetch_value(connection, parameters)
            await connection.execute("COMMIT")
        return bytes(body)

    async def _execute_write(self, name: str, persona: bytes, receive: Receive) -> bytes:
        variables = await _read_variables(receive)
        async with self._pool.acquire() as connection:
            await connection.execute(f"BEGIN; {self._begin_sql[persona]}")
            try:
                body = await WRITE_HANDLERS[name](connection, self._parameters[persona], variables)
            except BaseException:
                await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")
        return body

    async def _run_lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await create_read_pool(
            os.environ["TRELLIS_SERVING_URL"], min_size=POOL_SIZE, max_size=POOL_SIZE
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def _build_parameters(persona: Persona) -> Parameters:
    return {
        "tenant": UUID(persona.tenant_id),
        "person": UUID(persona.person_id),
        "units": [UUID(each) for each in persona.organizations],
        "led": [UUID(each) for each in persona.teams_led],
        "today": datetime.now(UTC).date(),
    }


def _parse_variable(name: str, text: str) -> str | UUID:
    return UUID(text) if name in ID_VARIABLES else text


async def _read_variables(receive: Receive) -> Any:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return json.loads(body)["variables"]


async def _send_response(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve_app(FloorApp())
