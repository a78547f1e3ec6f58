"""A small graph behind the engine's contract, to test the HTTP layer alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    OperationType,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from api.http.routes import build_application
from api.http.server_context import ServerContext
from api.identity import Caller, Unauthenticated
from api.identity.errors import TokenMissing
from api.kernel.execution.engine import Request, Response
from api.settings import Settings
from domain.kernel.identity import TenantId, generate_id

TENANT = TenantId(generate_id())


async def _resolve_slowly(_: object, __: object) -> str:
    await asyncio.sleep(30)
    return "at last"


async def _raise_in_resolver(_: object, __: object) -> str:
    raise RuntimeError("canary: mara.okafor@meridian.example")


SCHEMA = GraphQLSchema(
    query=GraphQLObjectType(
        "Query",
        {
            "hello": GraphQLField(GraphQLString, resolve=lambda *_: "world"),
            "slow": GraphQLField(GraphQLString, resolve=_resolve_slowly),
            "broken": GraphQLField(GraphQLString, resolve=_raise_in_resolver),
        },
    ),
    mutation=GraphQLObjectType(
        "Mutation", {"touch": GraphQLField(GraphQLString, resolve=lambda *_: "touched")}
    ),
    subscription=GraphQLObjectType(
        "Subscription",
        {"count": GraphQLField(GraphQLNonNull(GraphQLInt)), "never": GraphQLField(GraphQLInt)},
    ),
)


class StubEngine:
    """The engine's interface over a schema of four fields."""

    def __init__(self) -> None:
        self.cancelled_count = 0
        self.executed_count = 0
        self.open_subscription_count = 0

    async def execute(
        self,
        request: Request,
        caller: Caller,  # noqa: ARG002 - part of the contract
        *,
        request_id: str,
        may_mutate: bool = True,
    ) -> Response:
        self.executed_count += 1
        try:
            document = parse(request.query)
        except GraphQLError as error:
            return _build_error_answer("GRAPHQL_PARSE_FAILED", error.message, request_id)
        for misfit in validate(SCHEMA, document):
            return _build_error_answer("GRAPHQL_VALIDATION_FAILED", misfit.message, request_id)
        operation = get_operation_ast(document, request.operation_name)
        if operation is None:
            return _build_error_answer("OPERATION_RESOLUTION_FAILURE", "Which one?", request_id)
        if operation.operation is OperationType.MUTATION and not may_mutate:
            return _build_error_answer(
                "BAD_REQUEST", "Use POST.", request_id, 405, {"allow": "POST"}
            )
        values = get_variable_values(
            SCHEMA, operation.variable_definitions or [], dict(request.variables or {})
        )
        if isinstance(values, list):
            return _build_error_answer("BAD_USER_INPUT", values[0].message, request_id)
        if "broken" in request.query:
            raise RuntimeError("canary: mara.okafor@meridian.example")
        try:
            result: Any = execute(
                SCHEMA,
                document,
                variable_values=dict(request.variables or {}),
                operation_name=request.operation_name,
            )
            if not hasattr(result, "data"):
                result = await result
        except asyncio.CancelledError:
            self.cancelled_count += 1
            raise
        return Response(
            body=orjson.dumps(result.formatted), is_executed=True, status=200, headers={}
        )

    async def subscribe(
        self,
        request: Request,
        caller: Caller,
        *,
        request_id: str,
    ) -> AsyncIterator[bytes] | Response:
        if not request.query.startswith("subscription"):
            return await self.execute(request, caller, request_id=request_id)
        document = parse(request.query)
        for misfit in validate(SCHEMA, document):
            return _build_error_answer("GRAPHQL_VALIDATION_FAILED", misfit.message, request_id)
        return self._stream_events(is_endless="never" in request.query)

    async def _stream_events(self, *, is_endless: bool) -> AsyncIterator[bytes]:
        self.open_subscription_count += 1
        try:
            for number in (1, 2, 3):
                yield b'{"data":\n{"count":%d}}' % number
            if is_endless:
                await asyncio.sleep(60)
        finally:
            self.open_subscription_count -= 1


CALLER = Caller(
    TENANT,
    "meridian",
    "urn:test",
    "mara.okafor@meridian.example",
    datetime.now(UTC) + timedelta(hours=1),
    "1",
)


class StubVerifier:
    """A verifier of the token `good`."""

    async def authenticate(self, authorization: str | None, _address: object = None) -> Caller:
        if authorization is None:
            raise TokenMissing("missing")
        if authorization != "Bearer good":
            raise Unauthenticated("unknown")
        return CALLER

    def find_cached_caller(self, authorization: str) -> Caller | None:
        return CALLER if authorization == "Bearer good" else None


def a_wire(**settings: Any) -> ServerContext:
    """Build a server context over the small graph; settings are given by name."""
    return ServerContext(StubEngine(), StubVerifier(), Settings(**settings))


def _build_error_answer(
    code: str,
    message: str,
    request_id: str,
    status: int = 400,
    headers: dict[str, str] | None = None,
) -> Response:
    extensions = {"code": code, "requestId": request_id}
    body = orjson.dumps({"errors": [{"message": message, "extensions": extensions}]})
    return Response(body=body, is_executed=False, status=status, headers=headers or {})


def build_client(wire: ServerContext) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=build_application(wire))
    return httpx.AsyncClient(transport=transport, base_url="http://trellis.test")


def read_error_code(response: httpx.Response) -> str:
    """Return the code of the only error, and check the form of the response."""
    document = response.json()
    assert set(document) == {"errors"}
    (error,) = document["errors"]
    assert error["message"].endswith(".")
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    return str(error["extensions"]["code"])


def get_engine(wire: ServerContext) -> StubEngine:
    engine: Any = wire.engine
    assert isinstance(engine, StubEngine)
    return engine
