"""What one request carries: the caller, the operation, and the stores to read and write."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from api.identity.token_verifier import Caller
from api.kernel.execution.argument_templates import Variables
from api.kernel.execution.previews import Preview, refuse_preview
from api.kernel.execution.rate_limits import RequestCharge
from api.kernel.execution.selection_builder import Operation, PreparedOperation
from domain.kernel.access import Actor
from persistence.access.actor_cache import ActorCache
from persistence.access.actor_resolver import ActorResolver, StrangerResolver
from persistence.access.previewing import load_previewed_actor
from persistence.kernel.pools import PoolSource
from persistence.reading.previews import PREVIEW_PLANS
from persistence.reading.reader import Reader, Snapshot
from persistence.reading.selection import ReadRequest
from persistence.unit_of_work.prefetch import Named
from persistence.unit_of_work.work import Work, work_with_resolver


def _get_utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Stores:
    """The database to read and write, and what all requests share; `secret` seals cursors."""

    reader: Reader
    write_pool: PoolSource
    secret: str
    clock: Callable[[], datetime] = _get_utc_now
    actor_cache: ActorCache = field(default_factory=ActorCache)


@dataclass
class RequestContext:
    """One prepared request, and the time that counts as now for all of it.

    `variables` are coerced. `idempotency_key` is for the whole request. `has_many_values` tells
    that work on the variables would hold the event loop for long. `replayed_fields` collects the
    mutations that were executed before under their keys. `preview` says as whom it is answered.
    """

    stores: Stores
    charge: RequestCharge
    request_id: str
    operation: Operation
    prepared_operation: PreparedOperation
    variables: Variables
    request_time: datetime
    idempotency_key: str | None = None
    has_many_values: bool = False
    replayed_fields: list[str] = field(default_factory=list)
    skipped_rows: int = 0
    preview: Preview | None = None

    @property
    def caller(self) -> Caller:
        """Return who sends the request."""
        return self.charge.caller

    def build_read_request(self, actor: Actor, **bound_ids: Any) -> ReadRequest:
        """Return what a read needs to know of this request."""
        return ReadRequest(
            actor,
            self.request_time,
            self.stores.secret,
            self.variables,
            bound_ids,
            self.skipped_rows,
        )

    def create_actor_resolver(self, *, admits_strangers: bool = False) -> ActorResolver:
        """Return a resolver for the caller at the time of the request."""
        caller = self.caller
        return (StrangerResolver if admits_strangers else ActorResolver)(
            self.stores.actor_cache,
            caller.tenant_id,
            caller.subject,
            self.request_time,
            caller.issuer,
            caller.verified_email,
        )

    @asynccontextmanager
    async def open_snapshot(self, **bound_ids: Any) -> AsyncIterator[tuple[Snapshot, ReadRequest]]:
        """Open a snapshot of the tenant, with the rights that the caller has in it.

        Raises TenantNotActive, AccessDenied, and RequestError for a preview that has ended.
        """
        async with self.stores.reader.open_snapshot(self.caller.tenant_id) as snapshot:
            actor = await self.create_actor_resolver().resolve(snapshot.query_actor)
            request = self.build_read_request(actor, **bound_ids)
            if self.preview is None:
                yield snapshot, request
                return
            preview_request = await self._build_preview_request(self.preview, snapshot, request)
            yield replace(snapshot, plan_registry=PREVIEW_PLANS), preview_request

    async def _build_preview_request(
        self, preview: Preview, snapshot: Snapshot, request: ReadRequest
    ) -> ReadRequest:
        """Return the request as the previewed person sends it. Raises RequestError."""
        reader = request.actor
        preview.check_reader(reader)
        person = await load_previewed_actor(
            snapshot.connection, reader, preview.person_id, self.request_time
        )
        return replace(request, actor=person or refuse_preview(), reader=reader)

    def begin_work(
        self, named: Named = (), *, admits_strangers: bool = False
    ) -> AbstractAsyncContextManager[Work]:
        """Begin a unit of work for the caller, with what the input names loaded.

        Raises TenantNotActive or AccessDenied.
        """
        return work_with_resolver(
            self.stores.write_pool,
            self.create_actor_resolver(admits_strangers=admits_strangers),
            named,
            now=self.request_time,
            request_id=self.request_id,
        )
