"""Sending of webhooks: to the judged address, and only to a receiver that proves its name."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from api.webhook_delivery import sending
from api.webhook_delivery.sending import Sender, parse_retry_after
from domain.service_clients import parse_networks
from domain.webhooks import WebhookDeliveryOutcome
from tests.factories.key_server import a_certificate, a_key_server

pytestmark = pytest.mark.anyio

ALLOWED = parse_networks(["127.0.0.0/8"])


async def resolve(_host: str, _port: int) -> Sequence[str]:
    """Resolve each name to this machine."""
    return ("127.0.0.1",)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("receiver.example", WebhookDeliveryOutcome.DELIVERED),
        ("evil.example", WebhookDeliveryOutcome.UNREACHABLE),
    ],
)
async def test_a_receiver_must_prove_its_name(
    name: str,
    outcome: WebhookDeliveryOutcome,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    certificate = a_certificate(name, tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(sending, "create_ssl_context", lambda: trusting)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with a_key_server("ok", certificate) as server:
        url = f"https://receiver.example:{server.port}/x"
        async with Sender(ALLOWED, resolve).open(url) as line:
            answer = await line.send(b"{}", {"webhook-id": "msg_1"})
        assert answer.outcome is outcome
        if outcome is WebhookDeliveryOutcome.DELIVERED:
            assert server.requests[0].startswith("POST /x HTTP/1.1\r\n")
            assert f"host: receiver.example:{server.port}\r\n" in server.requests[0].lower()
        else:
            assert server.requests == []


async def test_a_name_with_one_private_address_gets_nothing() -> None:
    async def resolve_both(_host: str, _port: int) -> Sequence[str]:
        return ("93.184.216.34", "127.0.0.1")

    async with Sender((), resolve_both).open("https://receiver.example/") as line:
        answer = await line.send(b"{}", {})
    assert answer.outcome is WebhookDeliveryOutcome.ADDRESS_REFUSED


async def test_name_servers_that_never_answer_stop_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As many look-ups as there are default threads, or more, leave those to others."""
    is_over = Event()

    def wait(*_: object, **__: object) -> list[object]:
        is_over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    looks = [asyncio.ensure_future(Sender().resolve("slow.example", 443)) for _ in range(40)]
    await asyncio.sleep(0.1)
    try:
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(int, "1") == 1
    finally:
        is_over.set()
        await asyncio.gather(*looks)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("Mon, 15 Jun 2026 09:31:00 GMT", 60),
        ("Mon, 15 Jun 2026 09:29:00 GMT", -60),
        ("soon", None),
        ("-5", None),
        ("9" * 400, 10**6),
        ("²", None),
        (None, None),
    ],
)
def test_the_wish_of_a_receiver_is_seconds_or_a_date(text: str | None, seconds: int | None) -> None:
    now = datetime.fromisoformat("2026-06-15T09:30:00+00:00")
    assert parse_retry_after(text, now) == (None if seconds is None else timedelta(seconds=seconds))
