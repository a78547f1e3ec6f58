"""Processes stop and start under load, and every accepted request is answered."""

import asyncio
import json
from contextlib import suppress
from itertools import count
from pathlib import Path

import httpx
import pytest
import websockets

from api.commands.database_url import Database
from api.settings import Settings
from persistence.embedded import DatabaseUrls
from tests.resilience.harness import READ_VIEWER, Client, a_client
from tests.resilience.scale import print_result, select_scale
from tests.resilience.server_process import ServerProcess

pytestmark = pytest.mark.anyio

CLIENTS = 6
SHUTDOWN_TIMEOUT = 10.0


class LoadBalancer(httpx.AsyncBaseTransport):
    """A round-robin over processes, without those that are stopping."""

    def __init__(self, processes: list[ServerProcess]) -> None:
        self.processes = list(processes)
        self.response_count = 0
        self._counter = count()
        self._http = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        process = self.processes[next(self._counter) % len(self.processes)]
        request.url = request.url.copy_with(host="127.0.0.1", port=process.port)
        request.headers["connection"] = "close"
        response = await self._http.handle_async_request(request)
        await response.aread()
        self.response_count += 1
        return response


async def test_rolling_restarts_lose_no_request_and_wait_for_no_stream(
    addresses: DatabaseUrls, tmp_path: Path
) -> None:
    restarts = select_scale(2, 50)
    processes = [ServerProcess(addresses, tmp_path), ServerProcess(addresses, tmp_path)]
    balancer = LoadBalancer(processes)
    seconds: list[float] = []

    async def roll(client: Client) -> None:
        for number in range(restarts):
            leaving = processes[number % 2]
            async with OpenSubscription(leaving, client) as closed:
                await asyncio.sleep(0.3)
                balancer.processes.remove(leaving)
                seconds.append(await leaving.stop_gracefully())
                await closed.wait_closed()
                assert closed.close_code == 1001
            await leaving.start()
            balancer.processes.append(leaving)

    try:
        for each in processes:
            await each.start()
        async with httpx.AsyncClient(transport=balancer, base_url="http://trellis") as http:
            database = Database(addresses.serving, addresses.owner)
            client = await a_client(database, Settings(directory=tmp_path), http)
            rolling = asyncio.ensure_future(roll(client))
            await asyncio.gather(*(send_requests(client, rolling, each) for each in range(CLIENTS)))
            await rolling
            titles = await client.list_titles()
    finally:
        for each in processes:
            each.kill()
    print_result(
        f"{restarts} restarts, {balancer.response_count} requests, none lost;"
        f" gone after {max(seconds):.1f} s at most."
    )
    assert max(seconds) < SHUTDOWN_TIMEOUT
    assert len(titles) == len(set(titles))


async def send_requests(client: Client, until: "asyncio.Future[None]", me: int) -> None:
    for number in count():
        if until.done():
            return
        read = await client.execute(READ_VIEWER)
        made = await client.create_goal(f"{me}.{number}")
        assert (read.status, made.status) == (200, 200), (read, made)
        assert made.is_acknowledged, made


class OpenSubscription:
    """A subscriber that stays connected."""

    def __init__(self, process: ServerProcess, client: Client) -> None:
        self._url = f"ws://127.0.0.1:{process.port}/graphql"
        self._client = client

    async def __aenter__(self) -> websockets.ClientConnection:
        socket = await websockets.connect(
            self._url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]
        )
        authorization = {"authorization": f"Bearer {self._client.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": authorization}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        query = {"query": "subscription { goalChanged { goal { title } } }"}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": query}))
        self._socket = socket
        self._reader_task = asyncio.ensure_future(self._read_messages())
        return socket

    async def _read_messages(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for _ in self._socket:
                pass

    async def __aexit__(self, *_: object) -> None:
        await self._reader_task
        await self._socket.close()
