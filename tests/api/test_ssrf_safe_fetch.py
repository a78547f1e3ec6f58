"""Documents are fetched only from public addresses that prove their name."""

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.identity import ssrf_safe_fetch
from api.identity.ssrf_safe_fetch import FetchError, SsrfSafeFetcher, is_public_address
from tests.factories.key_server import a_certificate, a_key_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


BODY = b'{"keys": [{"kid": "1"}]}'

PUBLIC = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14")
NOT_PUBLIC = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1",
)  # fmt: skip


def test_which_addresses_are_public() -> None:
    assert [address for address in PUBLIC + NOT_PUBLIC if is_public_address(address)] == list(
        PUBLIC
    )


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_nothing_is_fetched_from_an_address_that_is_not_public(address: str) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ("93.184.215.14", address)

    with pytest.raises(FetchError, match="not public"):
        await SsrfSafeFetcher(resolve=resolve)("https://sign-in.example/keys")


@pytest.mark.parametrize(
    "address",
    [
        "http://sign-in.example/keys",
        "HTTP://sign-in.example/keys",
        "file:///etc/passwd",
        "ftp://sign-in.example/",
        "//sign-in.example/keys",
        "https:///keys",
        "https://me:secret@sign-in.example/",
        "https://sign-in.example@127.0.0.1/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost/",
        "https://localhost:99999/",
        "https://127.0.0.1#@sign-in.example/",
        "",
    ],
)
async def test_an_address_that_leads_elsewhere_is_not_fetched(address: str) -> None:
    with pytest.raises(FetchError):
        await SsrfSafeFetcher()(address)


async def test_the_checked_address_is_the_one_that_is_asked() -> None:
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",)

    async with a_key_server(BODY.decode()) as server:
        fetch = SsrfSafeFetcher(is_unrestricted=True, resolve=resolve)
        body = await fetch(f"http://sign-in.invalid:{server.port}/keys?v=1")

        assert body == BODY
        assert asked == ["sign-in.invalid"]
        assert server.requests[0].startswith("GET /keys?v=1 HTTP/1.1\r\n")
        assert f"host: sign-in.invalid:{server.port}\r\n" in server.requests[0].lower()


@pytest.mark.parametrize(
    ("name", "outcome"), [("sign-in.example", BODY), ("evil.example", "ConnectError")]
)
async def test_the_asked_address_must_prove_the_name(
    name: str, outcome: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return ("127.0.0.1",)

    certificate = a_certificate(name, tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssrf_safe_fetch, "create_ssl_context", lambda: trusting)
    async with a_key_server(BODY.decode(), certificate) as server:
        fetch = SsrfSafeFetcher(is_unrestricted=True, resolve=resolve)
        try:
            answer: object = await fetch(f"https://sign-in.example:{server.port}/keys")
        except FetchError as refused:
            answer = str(refused)

    assert answer == outcome


async def test_a_redirect_is_not_followed() -> None:
    async with a_key_server(BODY.decode()) as elsewhere, a_key_server() as server:
        server.publish_error("302 Found", f"Location: {elsewhere.address}\r\n")

        with pytest.raises(FetchError, match="302"):
            await SsrfSafeFetcher(is_unrestricted=True)(server.address)
        assert elsewhere.requests == []


async def test_an_address_with_credentials_is_not_fetched() -> None:
    with pytest.raises(FetchError, match="credentials"):
        await SsrfSafeFetcher()("https://me:secret@sign-in.example/")


async def test_a_document_that_is_too_large_is_not_read() -> None:
    async with a_key_server("x" * 300_000) as server:
        with pytest.raises(FetchError, match="too large"):
            await SsrfSafeFetcher(is_unrestricted=True)(server.address)


async def test_a_name_server_that_keeps_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(5)
        return ()

    monkeypatch.setattr(ssrf_safe_fetch, "TIMEOUT", 0.05)

    with pytest.raises(FetchError, match="TimeoutError"):
        await SsrfSafeFetcher(resolve=resolve)("https://sign-in.example/")


async def test_a_compressed_answer_is_not_unpacked() -> None:
    async with a_key_server(BODY.decode()) as server:
        server.publish_error("200 OK", "Content-Encoding: gzip\r\n")

        with pytest.raises(FetchError, match="compressed"):
            await SsrfSafeFetcher(is_unrestricted=True)(server.address)
