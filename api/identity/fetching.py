"""Fetching from addresses that a tenant wrote down, without letting them reach into our network."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpx

TIMEOUT = 5.0
LARGEST = 262_144

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# Both carry an IPv4 address inside, which a gateway or a tunnel would reach.
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))


class Unfetchable(Exception):
    """The document could not be had; the message says why, for the log."""


class Fetch(Protocol):
    """Gets a small document. Raises Unfetchable, and nothing else."""

    async def __call__(self, address: str) -> bytes:
        """The document at this address."""
        ...


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the system resolves them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(address[0]) for *_, address in found)


class PublicFetch:
    """Fetches over https from public addresses; `anywhere` (development) lifts both.

    The name is resolved here, every address is checked, and the connection goes to the checked
    address while TLS still verifies the name: a name server that answers differently a second time
    gains nothing. Redirects are not followed, proxies of the environment are not used.
    """

    def __init__(self, *, anywhere: bool = False, resolve: Resolve = resolve) -> None:
        self._anywhere = anywhere
        self._resolve = resolve

    async def __call__(self, address: str) -> bytes:
        """The document at this address."""
        try:
            async with asyncio.timeout(TIMEOUT):
                url = self._checked(address)
                return await self._get(url, await self._host_addresses(url))
        except (TimeoutError, OSError, httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
            raise Unfetchable(type(failure).__name__) from failure

    def _checked(self, address: str) -> SplitResult:
        url = urlsplit(address)
        if url.scheme != "https" and not (self._anywhere and url.scheme == "http"):
            raise Unfetchable("Only https is fetched.")
        if not url.hostname or "@" in url.netloc:
            raise Unfetchable("The address names no host, or carries credentials.")
        return url

    async def _host_addresses(self, url: SplitResult) -> Sequence[str]:
        addresses = await self._resolve(url.hostname or "", _port(url))
        if not addresses:
            raise Unfetchable("The host has no address.")
        if not self._anywhere and not all(map(is_public, addresses)):
            raise Unfetchable("The host has an address that is not public.")
        return addresses

    async def _get(self, url: SplitResult, addresses: Sequence[str]) -> bytes:
        # A client of its own for every fetch: a connection kept for another name at the same
        # address would have been verified for that other name.
        verify = _trusted() if url.scheme == "https" else False
        async with httpx.AsyncClient(verify=verify, timeout=TIMEOUT, trust_env=False) as client:
            for address in addresses[:-1]:
                try:
                    return await self._get_from(client, url, address)
                except httpx.ConnectError:
                    continue
            return await self._get_from(client, url, addresses[-1])

    async def _get_from(self, client: httpx.AsyncClient, url: SplitResult, address: str) -> bytes:
        host = f"[{address}]" if ":" in address else address
        query = f"?{url.query}" if url.query else ""
        async with client.stream(
            "GET",
            f"{url.scheme}://{host}:{_port(url)}{url.path or '/'}{query}",
            headers={
                "Host": url.netloc,
                "Accept": "application/json",
                "Accept-Encoding": "identity",
            },
            extensions={"sni_hostname": url.hostname},
        ) as response:
            if response.status_code != httpx.codes.OK:
                raise Unfetchable(f"The answer was {response.status_code}.")
            if response.headers.get("content-encoding", "identity") != "identity":
                raise Unfetchable("The answer was compressed.")
            return await _whole(response)


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, looked at through every wrapping."""
    it = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(it, ipaddress.IPv6Address):
        if it.ipv4_mapped:
            return is_public(str(it.ipv4_mapped))
        if any(it in network for network in TRANSLATED):
            return False
    return it.is_global and not it.is_multicast


async def _whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > LARGEST:
            raise Unfetchable("The answer was too large.")
    return bytes(body)


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()
