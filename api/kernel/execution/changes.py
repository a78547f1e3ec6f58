"""Changes of other protocols: a use case in a unit of work, charged like a mutation."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.documents.limits import Limits
from api.kernel.execution.errors import clear_tracebacks, to_request_error
from api.kernel.execution.rate_limits import RateLimiter, RequestCharge
from api.kernel.execution.request_context import Stores
from domain.kernel.errors import ConcurrentChange, Refusal
from domain.kernel.unit_of_work import Work
from persistence.access.actor_resolver import ActorResolver
from persistence.kernel.loop_turns import begin_turn
from persistence.kernel.usage import run_in_turns
from persistence.unit_of_work.prefetch import Named
from persistence.unit_of_work.work import work_with_resolver

MAX_ATTEMPTS = 4
"""How often a change is begun while other requests change the same object."""

Change = Callable[[Work], Awaitable[Any]]


class ChangeRunner(Protocol):
    """What runs a change for a caller."""

    async def __call__(
        self, caller: Caller, change: Change, *, request_id: str, named: Named = (), points: int = 0
    ) -> Any:
        """Run the change and return its result. Raises Refusal and RequestError."""
        ...


async def refuse_change(
    caller: Caller,  # noqa: ARG001 - as in `ChangeRunner`
    change: Change,  # noqa: ARG001 - as in `ChangeRunner`
    *,
    request_id: str,  # noqa: ARG001 - as in `ChangeRunner`
    named: Named = (),  # noqa: ARG001 - as in `ChangeRunner`
    points: int = 0,  # noqa: ARG001 - as in `ChangeRunner`
) -> Any:
    """Refuse a change, in a process without a database."""
    raise RequestError("UNAVAILABLE", "This process changes nothing.", 503)


class Changes:
    """The runner of one process, with the stores, budgets and prices of its engine."""

    def __init__(self, stores: Stores, limits: Limits, rate_limiter: RateLimiter) -> None:
        self._stores = stores
        self._limits = limits
        self._rate_limiter = rate_limiter

    async def run(
        self, caller: Caller, change: Change, *, request_id: str, named: Named = (), points: int = 0
    ) -> Any:
        """Run a change with the rights of the caller, and charge for it.

        It is begun again if another request changes the same object meanwhile. Raises Refusal, and
        RequestError for all other errors.
        """
        charge = RequestCharge(self._rate_limiter, self._limits.time_prices, caller)
        charge.requested = self._limits.mutation_cost + points
        charge.reserve()
        try:
            operation = self._attempt_all(caller, change, request_id, named)
            return await run_in_turns(operation, charge.usage, begin_turn(caller.tenant_id))
        except Refusal:
            raise
        except Exception as error:  # noqa: BLE001 - internal errors are logged and hidden
            raise to_request_error(error, request_id) from None
        finally:
            charge.settle()

    async def _attempt_all(
        self, caller: Caller, change: Change, request_id: str, named: Named
    ) -> Any:
        for _ in range(1, MAX_ATTEMPTS):
            try:
                return await self._attempt(caller, change, request_id, named)
            except ConcurrentChange as conflict:
                clear_tracebacks(conflict)
        return await self._attempt(caller, change, request_id, named)

    async def _attempt(self, caller: Caller, change: Change, request_id: str, named: Named) -> Any:
        stores, now = self._stores, self._stores.clock()
        resolver = ActorResolver(
            stores.actor_cache, caller.tenant_id, caller.subject, now, caller.issuer
        )
        async with work_with_resolver(
            stores.write_pool, resolver, named, now=now, request_id=request_id
        ) as work:
            return await change(work)
