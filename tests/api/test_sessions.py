"""A stream ends when a new request with its token would be refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.http.server_context import ServerContext
from api.identity import TokenVerifier
from api.streaming.session import VERIFICATION_INTERVAL
from tests.api.manual_clock import ManualClock
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import StubEngine
from tests.api.ws_client import WebSocketClient, a_socket, wait_until
from tests.factories.tokens import (
    HARBOR,
    SIGN_IN,
    InMemoryIssuerRegistry,
    a_key_set,
    a_token,
    an_ed25519_signer,
    an_issuer,
    build_settings,
)

SIGNER, OTHER_SIGNER = an_ed25519_signer("ed"), an_ed25519_signer("other")
ISSUER = an_issuer(key_set=a_key_set(SIGNER.to_jwk()))
TOKEN = a_token(SIGNER)
TOKEN_LIFETIME = 600
ENDLESS = "subscription { never }"

CHANGES_OF_TRUST = {
    "the issuer is removed": None,
    "the key is removed": an_issuer(key_set=a_key_set(OTHER_SIGNER.to_jwk())),
    "the issuer belongs to another tenant": an_issuer(
        key_set=ISSUER.key_set, tenant_id=HARBOR, tenant_slug="harbor"
    ),
}


class BreakableRegistry(InMemoryIssuerRegistry):
    """A registry that can be unreachable."""

    is_reachable = True

    async def find_issuers(self, names: Any) -> Any:
        if not self.is_reachable:
            raise OSError("The registry does not answer.")
        return await super().find_issuers(names)

    def replace_issuer(self, issuer: Any) -> None:
        self.issuers_by_name = {SIGN_IN: issuer} if issuer else {}


@dataclass
class Served:
    """A server whose registry trusts one issuer, and its clock."""

    server: RunningServer
    engine: StubEngine
    registry: BreakableRegistry
    clock: ManualClock


@pytest.fixture
def served() -> Iterator[Served]:
    registry, clock, engine = BreakableRegistry({SIGN_IN: ISSUER}), ManualClock(), StubEngine()
    settings = build_settings(port=0)
    verifier = TokenVerifier(registry, settings, now=clock, clock=clock)
    context = ServerContext(engine, verifier, settings, now=clock.now, sleep=clock.sleep)
    with run_server(context) as server:
        yield Served(server, engine, registry, clock)


@contextmanager
def a_subscribed_socket(served: Served) -> Iterator[WebSocketClient]:
    """Open a socket with a subscription whose events have all arrived."""
    with a_socket(served.server, token=TOKEN) as socket:
        socket.subscribe("1", ENDLESS)
        assert [socket.receive()["type"] for _ in range(3)] == ["next"] * 3
        yield socket


@contextmanager
def an_event_stream(served: Served) -> Iterator[Iterator[str]]:
    """Open an event stream whose events have all arrived; yield its remaining lines."""
    headers = {"authorization": f"Bearer {TOKEN}", "accept": "text/event-stream"}
    with (
        httpx.Client(base_url=served.server.url, timeout=5) as client,
        client.stream(
            "POST", "/graphql/stream", json={"query": ENDLESS}, headers=headers
        ) as response,
    ):
        lines = response.iter_lines()
        while "3" not in next(lines):
            pass
        yield lines


@pytest.mark.parametrize("issuer", CHANGES_OF_TRUST.values(), ids=CHANGES_OF_TRUST)
def test_a_socket_closes_when(served: Served, issuer: Any) -> None:
    with a_subscribed_socket(served) as socket:
        served.registry.replace_issuer(issuer)
        served.clock.advance(VERIFICATION_INTERVAL)

        assert socket.receive_close_code() == 4403
    wait_until(lambda: served.engine.open_subscription_count == 0)


@pytest.mark.parametrize("issuer", CHANGES_OF_TRUST.values(), ids=CHANGES_OF_TRUST)
def test_an_event_stream_ends_when(served: Served, issuer: Any) -> None:
    with an_event_stream(served) as lines:
        served.registry.replace_issuer(issuer)
        served.clock.advance(VERIFICATION_INTERVAL)

        assert not any(line.startswith("event:") for line in lines)
    wait_until(lambda: served.engine.open_subscription_count == 0)


@pytest.mark.parametrize("issuer", CHANGES_OF_TRUST.values(), ids=CHANGES_OF_TRUST)
def test_an_open_socket_changes_nothing_after(served: Served, issuer: Any) -> None:
    with a_socket(served.server, token=TOKEN):
        pass  # caches the issuer
    served.clock.advance(2)
    with a_socket(served.server, token=TOKEN) as socket:
        served.registry.replace_issuer(issuer)
        served.clock.advance(4)  # the cached issuer has expired; the socket is not verified yet
        socket.subscribe("1", "mutation { touch }")

        assert socket.receive_close_code() == 4403
    assert served.engine.executed_count == 0


def test_streams_end_with_their_token(served: Served) -> None:
    with a_subscribed_socket(served) as socket, an_event_stream(served) as lines:
        served.clock.advance(TOKEN_LIFETIME, sleepers=2)

        assert socket.receive_close_code() == 4403
        assert not any(line.startswith("event:") for line in lines)


def test_streams_outlive_an_outage_of_the_registry(served: Served) -> None:
    with a_subscribed_socket(served) as socket:
        served.registry.is_reachable = False
        served.clock.advance(VERIFICATION_INTERVAL)
        socket.subscribe("2", "{ hello }")
        error = socket.receive()
        served.registry.is_reachable = True
        served.clock.advance(VERIFICATION_INTERVAL)
        socket.subscribe("3", "{ hello }")

        assert error["payload"][0]["extensions"]["code"] == "UNAVAILABLE"
        assert socket.receive()["payload"] == {"data": {"hello": "world"}}
    assert served.engine.executed_count == 1
