"""Fetching of URLs that a tenant configured, protected against server-side request forgery."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx

from domain.kernel.public_addresses import is_public_address

TIMEOUT = 5.0
MAX_DOCUMENT_SIZE = 262_144

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class FetchError(Exception):
    """The document could not be fetched. The message is for the log."""


class Fetcher(Protocol):
    """A function that fetches a small document. Raises only FetchError."""

    async def __call__(self, address: str) -> bytes:
        """Fetch the document at this URL."""
        ...


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Resolve a host to its IP addresses with the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(address[0]) for *_, address in found)


class SsrfSafeFetcher:
    """A fetcher for https and public addresses only; `is_unrestricted` (development) lifts both.

    The host is resolved once, every address is checked, and the connection goes to a checked
    address while TLS verifies the name. So DNS rebinding has no effect. Redirects are not followed,
    and proxies of the environment are not used.
    """

    def __init__(self, *, is_unrestricted: bool = False, resolve: Resolver = resolve_host) -> None:
        self._is_unrestricted = is_unrestricted
        self._resolve = resolve

    async def __call__(self, address: str) -> bytes:
        """Fetch the document at this URL. Raises FetchError."""
        try:
            async with asyncio.timeout(TIMEOUT):
                url = self._validate_url(address)
                return await self._download(url, await self._resolve_addresses(url))
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise FetchError(type(error).__name__) from error

    def _validate_url(self, address: str) -> SplitResult:
        url = urlsplit(address)
        if url.scheme != "https" and not (self._is_unrestricted and url.scheme == "http"):
            raise FetchError("Only https URLs are fetched.")
        if not url.hostname or "@" in url.netloc:
            raise FetchError("The URL has no host, or contains credentials.")
        return url

    async def _resolve_addresses(self, url: SplitResult) -> Sequence[str]:
        addresses = await self._resolve(url.hostname or "", _get_port(url))
        if not addresses:
            raise FetchError("The host has no address.")
        if not self._is_unrestricted and not all(map(is_public_address, addresses)):
            raise FetchError("The host has an address that is not public.")
        return addresses

    async def _download(self, url: SplitResult, addresses: Sequence[str]) -> bytes:
        # One client per fetch: a pooled connection to the same address could have been verified for
        # another host name.
        verify = create_ssl_context() if url.scheme == "https" else False
        async with httpx.AsyncClient(verify=verify, timeout=TIMEOUT, trust_env=False) as client:
            for address in addresses[:-1]:
                try:
                    return await self._download_from(client, url, address)
                except httpx.ConnectError:
                    continue
            return await self._download_from(client, url, addresses[-1])

    async def _download_from(
        self, client: httpx.AsyncClient, url: SplitResult, address: str
    ) -> bytes:
        host = f"[{address}]" if ":" in address else address
        query = f"?{url.query}" if url.query else ""
        async with client.stream(
            "GET",
            f"{url.scheme}://{host}:{_get_port(url)}{url.path or '/'}{query}",
            headers={
                "Host": url.netloc,
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
            extensions={"sni_hostname": url.hostname},
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise FetchError(f"The response has status {response.status_code}.")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise FetchError("The response is compressed.")
            return await _read_body(response)


async def _read_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > MAX_DOCUMENT_SIZE:
            raise FetchError("The response is too large.")
    return bytes(body)


def _get_port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


@cache
def create_ssl_context() -> ssl.SSLContext:
    """Return the certificates that the process trusts; reading them takes a while."""
    return httpx.create_ssl_context()
