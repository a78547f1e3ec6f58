"""The protocol graphql-transport-ws, over real sockets to a small graph."""

from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from api import uvicorn_server
from api.streaming import websocket
from tests.api.running_server import RunningServer, run_server
from tests.api.small_graph import StubEngine, a_wire
from tests.api.ws_client import WebSocketClient, a_socket, wait_until


@pytest.fixture(scope="module")
def served() -> Iterator[RunningServer]:
    with run_server(a_wire(port=0)) as served:
        yield served


def get_engine(served: RunningServer) -> StubEngine:
    engine: Any = served.server.context.engine
    assert isinstance(engine, StubEngine)
    return engine


def test_a_query_is_answered_and_completed(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "{ hello }")

        assert socket.receive() == {
            "type": "next",
            "id": "1",
            "payload": {"data": {"hello": "world"}},
        }
        assert socket.receive() == {"type": "complete", "id": "1"}


def test_a_mutation_is_answered(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "mutation { touch }")

        assert socket.receive()["payload"] == {"data": {"touch": "touched"}}


def test_a_subscription_sends_its_events_and_completes(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("s", "subscription { count }")

        events = [socket.receive() for _ in range(4)]

    assert [event["type"] for event in events] == ["next", "next", "next", "complete"]
    assert [event["payload"]["data"]["count"] for event in events[:3]] == [1, 2, 3]


def test_an_id_may_be_used_again_once_it_is_complete(served: RunningServer) -> None:
    with a_socket(served) as socket:
        for _ in range(30):
            socket.subscribe("1", "{ hello }")
            assert socket.receive()["type"] == "next"
            assert socket.receive()["type"] == "complete"


@pytest.mark.parametrize(
    "payload", [{"Authorization": "Bearer good"}, {"headers": {"authorization": "Bearer good"}}]
)
def test_the_token_may_stand_where_clients_put_it(
    served: RunningServer, payload: dict[str, Any]
) -> None:
    with a_socket(served, token=None) as socket:
        socket.send("connection_init", payload=payload)

        assert socket.receive() == {"type": "connection_ack"}


def test_a_document_that_does_not_fit_is_an_error(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "{ nothing }")
        socket.subscribe("2", "subscription { nothing }")

        for _ in range(2):
            error = socket.receive()
            assert error["type"] == "error"
            assert error["payload"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_an_internal_error_reveals_nothing_and_leaves_the_socket_open(
    served: RunningServer,
) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "{ broken }")
        error = socket.receive()
        socket.subscribe("2", "{ hello }")

        assert error["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert "canary" not in str(error)
        assert socket.receive()["type"] == "next"


def test_a_ping_is_answered(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.send("ping", payload={"a": 1})
        assert socket.receive()["type"] == "pong"
        socket.send("pong")
        socket.subscribe("1", "{ hello }")
        assert socket.receive()["type"] == "next"


@pytest.mark.parametrize("protocol", ["graphql-ws", "soap"])
def test_other_protocols_are_not_spoken(served: RunningServer, protocol: str) -> None:
    with connect(f"ws://{served.host}/graphql") as connection:
        assert WebSocketClient(connection).receive_close_code() == 4406
    # A client of another protocol ends the handshake itself, or reads the code.
    with pytest.raises(Exception, match=r"subprotocol|4406"):  # noqa: SIM117
        with a_socket(served, token=None, protocol=protocol) as socket:
            raise AssertionError(f"subprotocol {socket.receive_close_code()}")


def test_who_says_nothing_is_not_waited_for(
    served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "CONNECTION_INIT_TIMEOUT", 0.1)
    with a_socket(served, token=None) as socket:
        assert socket.receive_close_code() == 4408


@pytest.mark.parametrize("payload", [None, {}, [], {"authorization": 1}, {"headers": None}])
def test_without_a_token_the_socket_closes(served: RunningServer, payload: Any) -> None:
    with a_socket(served, token=None) as socket:
        socket.send("connection_init", payload=payload)
        assert socket.receive_close_code() == 4401


def test_with_a_wrong_token_the_socket_closes(served: RunningServer) -> None:
    with a_socket(served, token=None) as socket:
        socket.send("connection_init", payload={"authorization": "Bearer bad"})
        assert socket.receive_close_code() == 4403


def test_nothing_may_be_asked_before_the_token_is_known(served: RunningServer) -> None:
    with a_socket(served, token=None) as socket:
        socket.subscribe("1", "{ hello }")
        assert socket.receive_close_code() == 4401


def test_a_socket_is_initialised_once(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.send("connection_init", payload={"authorization": "Bearer good"})
        assert socket.receive_close_code() == 4429


def test_two_operations_cannot_have_one_id(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "subscription { never }")
        socket.subscribe("1", "{ hello }")
        assert socket.receive_close_code() == 4409


@pytest.mark.parametrize(
    "message",
    [
        "not JSON",
        "[]",
        "null",
        "{}",
        '{"type": "nonsense"}',
        '{"type": 1}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "query": "{b}"}}',
        '{"type": "complete"}',
        b"binary",
    ],
)
def test_a_message_outside_the_protocol_closes_the_socket(
    served: RunningServer, message: str | bytes
) -> None:
    with a_socket(served) as socket:
        socket.connection.send(message)
        assert socket.receive_close_code() == 4400


def test_a_message_has_a_largest_size(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "{ hello }" + " " * 100_000)
        assert socket.receive_close_code() == 1009


def test_a_socket_runs_so_many_operations_at_once(served: RunningServer) -> None:
    with a_socket(served) as socket:
        for number in range(21):
            socket.subscribe(str(number), "subscription { never }")
        said = [socket.receive() for _ in range(61)]

        (error,) = [message for message in said if message["type"] == "error"]
        assert error["id"] == "20"
        assert error["payload"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"
        assert get_engine(served).open_subscription_count == 20
    wait_until(lambda: get_engine(served).open_subscription_count == 0)


def test_what_the_client_ends_is_ended(served: RunningServer) -> None:
    with a_socket(served) as socket:
        socket.subscribe("1", "subscription { never }")
        for _ in range(3):
            socket.receive()
        assert get_engine(served).open_subscription_count == 1

        socket.send("complete", id="1")

        wait_until(lambda: get_engine(served).open_subscription_count == 0)
        socket.send("complete", id="unknown")
        socket.subscribe("1", "{ hello }")
        assert socket.receive()["type"] == "next"


def test_a_query_is_cancelled_with_its_socket(served: RunningServer) -> None:
    before = get_engine(served).cancelled_count
    with a_socket(served) as socket:
        socket.subscribe("1", "{ slow }")
        wait_until(lambda: served.server.context.active == 1)
    wait_until(lambda: get_engine(served).cancelled_count == before + 1)
    assert served.server.context.active == 0


def test_a_client_that_does_not_read_is_let_go(
    served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "SEND_TIMEOUT", 0.3)
    engine = get_engine(served)

    async def flood(*_: Any, **__: Any) -> Any:
        async def events() -> Any:
            engine.open_subscription_count += 1
            try:
                while True:
                    yield b'"' + b"x" * 60_000 + b'"'
            finally:
                engine.open_subscription_count -= 1

        return events()

    monkeypatch.setattr(engine, "subscribe", flood)
    with a_socket(served, max_queue=1, close_timeout=0.1) as socket:
        socket.subscribe("1", "subscription { count }")
        wait_until(lambda: engine.open_subscription_count == 1)
        wait_until(lambda: engine.open_subscription_count == 0)


def test_in_production_other_origins_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn_server, "DRAIN_NOTICE_DELAY", 0.0)
    wire = a_wire(
        port=0,
        production=True,
        database_url="postgresql://nowhere/x",
        secret="x" * 32,
        allowed_origins="https://app.example",
    )
    with run_server(wire) as served:
        for origin in ("https://app.example", f"http://{served.host}", None):
            with a_socket(served, origin=origin) as socket:
                socket.subscribe("1", "{ hello }")
                assert socket.receive()["type"] == "next"
        with pytest.raises(InvalidStatus, match="403"):  # noqa: SIM117
            with a_socket(served, origin="https://evil.example"):
                pass


def test_other_origins_are_refused_outside_production_too() -> None:
    with run_server(a_wire(port=0)) as served:
        with a_socket(served, origin="http://localhost:5173") as socket:
            socket.subscribe("1", "{ hello }")
            assert socket.receive()["type"] == "next"
        with pytest.raises(InvalidStatus, match="403"):  # noqa: SIM117
            with a_socket(served, origin="https://evil.example"):
                pass


def test_sockets_are_told_when_the_server_leaves() -> None:
    with run_server(a_wire(port=0)) as served, a_socket(served) as socket:
        socket.subscribe("1", "subscription { never }")
        for _ in range(3):
            socket.receive()
        served.stop()
        assert socket.receive_close_code() == 1001
        served.thread.join(5)
        assert not served.thread.is_alive()
