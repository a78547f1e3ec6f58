"""Under overload a bounded number of requests is served, and the rest is rejected at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from api.http.overload.accept_throttle import BATCH_SIZE, AcceptThrottle
from api.http.overload.concurrency_limiter import ConcurrencyLimiter
from api.http.server_context import ServerContext
from api.identity import Caller
from api.kernel.execution.engine import Request, Response
from api.settings import Settings
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import TENANT, StubVerifier
from tests.load.open_loop_client import OpenLoopClient, a_request

pytestmark = pytest.mark.anyio

CONCURRENCY_LIMIT = 4
QUERY = b'{"query": "{ hello }"}'


class SlowEngine:
    """An engine that takes 50 ms for each request, and records how many run at once."""

    def __init__(self) -> None:
        self.active = self.max_active = 0

    async def execute(
        self,
        request: Request,  # noqa: ARG002 - part of the contract
        caller: Caller,  # noqa: ARG002 - part of the contract
        *,
        request_id: str,  # noqa: ARG002 - part of the contract
        may_mutate: bool = True,  # noqa: ARG002 - part of the contract
    ) -> Response:
        self.active += 1
        self.max_active = max(self.max_active, self.active)
        await asyncio.sleep(0.05)
        self.active -= 1
        return Response(b'{"data":{}}')

    async def subscribe(
        self, request: Request, caller: Caller, *, request_id: str
    ) -> AsyncIterator[bytes] | Response:
        return await self.answer(request, caller, request_id=request_id)


@pytest.fixture
def engine() -> SlowEngine:
    return SlowEngine()


@pytest.fixture
def served(engine: SlowEngine) -> Iterator[RunningServer]:
    with run_server(
        ServerContext(engine, StubVerifier(), Settings(port=0, in_flight=CONCURRENCY_LIMIT))
    ) as served:
        yield served


async def test_overload_is_answered_as_far_as_there_are_slots(
    served: RunningServer, engine: SlowEngine
) -> None:
    host, port = served.host.split(":")
    storm = OpenLoopClient(host, int(port), [a_request("localhost", "good", QUERY)])

    weather = await storm.run_open_loop(rate=400, seconds=2)
    await storm.close()

    assert set(weather.statuses) == {200, 503}
    assert sum(weather.statuses.values()) == 800
    # One tenant gets three quarters of the places, each of which turns twenty times a second.
    assert engine.max_active == CONCURRENCY_LIMIT * 3 // 4
    assert weather.statuses[200] >= 40
    admission = served.server.context.limiter
    assert (admission.active, admission.queue_length, admission.admitted) == (0, 0, 0)
    assert admission.rejected == weather.statuses[503]


async def test_health_is_served_during_overload_and_service_is_back_after_it(
    served: RunningServer,
) -> None:
    host, port = served.host.split(":")
    storm = OpenLoopClient(host, int(port), [a_request("localhost", "good", QUERY)])
    raging = asyncio.create_task(storm.run_open_loop(rate=400, seconds=1))
    await asyncio.sleep(0.4)

    async with httpx.AsyncClient(base_url=served.url, timeout=5) as client:
        assert (await client.get("/livez")).status_code == 200
        assert "trellis_requests_waiting" in (await client.get("/metrics")).text
        await raging
        answers = [
            await client.post(
                "/graphql", json={"query": "{hello}"}, headers={"authorization": "Bearer good"}
            )
            for _ in range(5)
        ]

    await storm.close()
    assert [each.status_code for each in answers] == [200] * 5


async def test_while_all_slots_are_taken_only_a_few_are_accepted_in_each_loop_iteration() -> None:
    admission = ConcurrencyLimiter(1)
    throttle, came = AcceptThrottle(admission), []
    assert all(throttle.admits(b"POST /graphql") for _ in range(100))

    assert admission.slots.try_take(TENANT)
    passed = [throttle.admits(b"POST /graphql") for _ in range(BATCH_SIZE + 3)]
    for number in range(BATCH_SIZE + 3):
        throttle.enqueue(lambda number=number: came.append(number))  # type: ignore[misc]

    assert passed == [True] * BATCH_SIZE + [False] * 3
    assert throttle.admits(b"GET /livez HTTP/1.1")
    assert not throttle.admits(b"POST /graphql")
    await asyncio.sleep(0)
    assert came == list(range(BATCH_SIZE))
    await asyncio.sleep(0)
    assert came == list(range(BATCH_SIZE + 3))
