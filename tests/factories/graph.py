"""The engine over dictionaries, to test responses without a database."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson

from api.identity.token_verifier import Caller
from api.kernel.documents.limits import Limits
from api.kernel.execution.engine import Engine, Request, Response
from api.kernel.execution.request_context import Stores
from api.schema import get_schema
from domain.kernel.access import Actor
from domain.kernel.identity import TenantId, generate_id
from persistence.access.actor_cache import MAX_AGE, ActorCache, CachedActor, rights_number_sql
from persistence.kernel.transaction import SqlBuilder
from persistence.reading.reader import NonNullViolation, Reader, SpeculativeRead
from persistence.reading.selection import OPERATION_FIELD, Field, ReadRequest, Selection
from tests.factories.actors import NOW, TODAY

Json = dict[str, Any]
Roots = Mapping[str, Any]

RIGHTS_NUMBER = 1


def a_caller(tenant_id: TenantId, subject: str = "somebody") -> Caller:
    """Build a caller with a valid token."""
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    return Caller(tenant_id, "meridian", "https://issuer.example", subject, expires_at, "token-1")


class DictReader:
    """A reader over dictionaries; a callable value gets the field's arguments."""

    def __init__(self, roots: Roots) -> None:
        self.roots = roots
        self.reads: list[tuple[str, Mapping[str, Any]]] = []
        self.violates_non_null = False

    @asynccontextmanager
    async def open_snapshot(self, _: TenantId) -> AsyncIterator["DictReader"]:
        yield self

    connection: Any = None

    async def query_actor(self, build_sql: SqlBuilder, *_: Any) -> int | None:
        """Find every actor still valid; find none where the cache has none."""
        return RIGHTS_NUMBER if build_sql is rights_number_sql else None

    async def read_speculatively(self, field: Field, run: ReadRequest, *_: Any) -> SpeculativeRead:
        return SpeculativeRead(await self.read(field, run), RIGHTS_NUMBER)

    async def read(self, field: Field, run: ReadRequest, *, null_tolerant: bool = False) -> bytes:
        for each in (
            field.selection.fields_by_type["Query"] if field.name == OPERATION_FIELD else (field,)
        ):
            self.reads.append((each.name, each.arguments(run)))
        if self.violates_non_null and not null_tolerant:
            raise NonNullViolation
        root = {"__typename": "Query", **self.roots}
        return orjson.dumps(resolve_field({OPERATION_FIELD: root, **root}, field, run))


def resolve_field(source: Mapping[str, Any], field: Field, run: ReadRequest) -> Any:
    """Return the JSON value of a field of a dictionary."""
    found = source[field.name]
    if isinstance(found, Callable):  # type: ignore[arg-type]
        found = found(**field.arguments(run))
    if isinstance(found, list):
        return [_apply_selection(each, field.selection, run) for each in found]
    return _apply_selection(found, field.selection, run)


def _apply_selection(value: Any, selection: Selection | None, run: ReadRequest) -> Any:
    if selection is None or value is None:
        return value
    kind = value.get("__typename") or next(iter(selection.fields_by_type))
    return {
        each.response_key: resolve_field(value, each, run)
        for each in selection.fields_by_type[kind]
    }


class StaticActorCache(ActorCache):
    """A cache with one actor for every caller, or none."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self.actor: Actor | None = actor

    def get_unverified(self, *_: Any) -> CachedActor | None:
        if self.actor is None:
            return None
        key = self.actor.tenant_id, "somebody"
        return CachedActor(key, self.actor, RIGHTS_NUMBER, NOW, NOW, NOW + MAX_AGE)


class DictGraph:
    """An engine over dictionaries, and a caller."""

    def __init__(self, limits: Limits | None = None, **roots: Any) -> None:
        self.tenant_id = TenantId(generate_id())
        self.reader = DictReader(roots)
        self.actors = StaticActorCache(Actor(self.tenant_id, TODAY))
        stores = Stores(
            cast("Any", self.reader), cast("Any", None), "secret", lambda: NOW, self.actors
        )
        self.engine = Engine(get_schema(), stores, limits)

    async def execute(self, query: str, variables: Json | None = None, **more: Any) -> Response:
        """Execute a document; return the engine's response."""
        caller = a_caller(self.tenant_id)
        request = Request(query, variables, more.pop("operation_name", None))
        return await self.engine.execute(request, caller, request_id="request-1", **more)

    async def execute_json(self, query: str, variables: Json | None = None) -> Json:
        """Execute a document; return the whole response as JSON."""
        answer = await self.execute(query, variables)
        return cast("Json", orjson.loads(answer.body))

    async def get_error_code(self, query: str, variables: Json | None = None) -> str:
        """Execute a document; return the code of the first error."""
        found = await self.execute_json(query, variables)
        return str(found["errors"][0]["extensions"]["code"])


def a_page(*nodes: Json) -> Json:
    """Build a connection as a reader returns it."""
    return {
        "nodes": list(nodes),
        "edges": [{"node": each, "cursor": f"c{n}"} for n, each in enumerate(nodes)],
        "total_count": len(nodes),
        "page_info": {"has_next_page": False, "end_cursor": None},
    }


class DatabaseGraph:
    """The engine over the test database, as the serving role, for the members of one tenant."""

    def __init__(self, pool: Any, writing: Any, tenant_id: TenantId) -> None:
        self.tenant_id, self.now = tenant_id, NOW
        stores = Stores(Reader(pool), writing, "secret", clock=lambda: self.now)
        self.engine = Engine(get_schema(), stores)

    async def execute(self, who: str, query: str, **variables: Any) -> Response:
        """Execute a document as a member; return the engine's response."""
        caller = a_caller(self.tenant_id, who)
        return await self.engine.execute(Request(query, variables), caller, request_id="request-1")

    async def query(self, who: str, query: str, **variables: Any) -> Json:
        """Execute a document as a member; return the data of a response without errors."""
        found = orjson.loads((await self.execute(who, query, **variables)).body)
        assert "errors" not in found, found
        return cast("Json", found["data"])

    async def mutate(self, who: str, query: str, /, **input: Any) -> Json:
        """Execute a document with one mutation of `$input`; return its payload."""
        (payload,) = (await self.query(who, query, input=input)).values()
        return cast("Json", payload)

    async def subscribe(self, who: str, query: str, **variables: Any) -> Any:
        """Subscribe as a member; return the events, or the response that refuses it."""
        caller = a_caller(self.tenant_id, who)
        request = Request(query, variables)
        return await self.engine.subscribe(request, caller, request_id="request-1")
