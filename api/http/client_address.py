"""The address of the client, behind any number of trusted proxies."""

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address

from starlette.types import Scope

from domain.service_clients import Address, Network

FORWARDED_FOR = b"x-forwarded-for"
MAX_HOPS = 20


def find_client_address(scope: Scope, trusted_proxies: Collection[Network]) -> Address | None:
    """Return the client's address, or None where it is not known.

    Each trusted proxy adds the address from which it got the request to the end of
    `X-Forwarded-For`. What others wrote there proves nothing, so the last address that is not of a
    trusted proxy counts.
    """
    peer = scope.get("client")
    address = _parse(peer[0]) if peer else None
    if address is None or not _is_in(address, trusted_proxies):
        return address
    values = [value for name, value in scope["headers"] if name == FORWARDED_FOR]
    hops = b",".join(values).decode("latin-1").split(",") if values else []
    for each in reversed(hops[-MAX_HOPS:]):
        address = _parse(each.strip())
        if address is None or not _is_in(address, trusted_proxies):
            return address
    return address


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address, networks: Collection[Network]) -> bool:
    return any(address in each for each in networks)
