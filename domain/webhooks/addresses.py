"""The address of a webhook, and whether a process may connect to it.

A name may stand for any address, and for another one each time. So the address is judged by its
form when it is entered, and all resolved addresses are judged before each connection.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from domain.kernel.errors import Code, Invalid
from domain.kernel.public_addresses import is_public_address
from domain.kernel.text import single_line

MAX_URL_LENGTH = 2_000
PORTS = {"https": 443, "http": 80}

HOST_PATTERN = re.compile(
    r"(?!.*\.\.)[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.ASCII | re.IGNORECASE
)
URL_PATTERN = re.compile(r"[!-~]+", re.ASCII)


@dataclass(frozen=True)
class Target:
    """What a request needs of an address. `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The host as a request names it: with its port, if that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(url: str) -> Target | None:
    """Return what an address means, or None where it is not plainly an address of a web server."""
    if not URL_PATTERN.fullmatch(url) or "\\" in url or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    authority = parts.netloc.removesuffix(f":{port}")
    if parts.scheme not in PORTS or not HOST_PATTERN.fullmatch(authority) or port == 0:
        return None
    query = f"?{parts.query}" if parts.query else ""
    host = (parts.hostname or "").lower()
    return Target(parts.scheme, host, port or PORTS[parts.scheme], (parts.path or "/") + query)


def validate_url(name: str, value: str, *path: str | int) -> str:
    """Return the address of a webhook. Raises Invalid."""
    text = single_line(name, value, *path, max_length=MAX_URL_LENGTH)
    if parse_target(text) is None:
        message = (
            "This is no usable address. Write it as https://, a host and a path, without a user, a"
            " password or a fragment."
        )
        raise Invalid(message, *path, code=Code.INVALID_FORMAT)
    return text


def may_connect(
    target: Target, addresses: Collection[str], allowed: Collection[IPv4Network | IPv6Network]
) -> bool:
    """Return whether a request may go to these resolved addresses of a target's host.

    Elsewhere than in networks that the operator allows, it goes by https to port 443 of public
    addresses. One unsuitable address is enough to refuse, because it could be the one that is used.
    """
    is_usual = (target.scheme, target.port) == ("https", 443)
    return bool(addresses) and all(
        _is_inside(each, allowed) or (is_usual and is_public_address(each)) for each in addresses
    )


def _is_inside(address: str, networks: Collection[IPv4Network | IPv6Network]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in each for each in networks)
