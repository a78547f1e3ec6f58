"""The rule of the networks from which a service client may send requests."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import Formatted
from domain.kernel.labels import UniqueTexts
from domain.kernel.text import single_line

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_NETWORK_LENGTH = 50


@dataclass(frozen=True)
class Networks(UniqueTexts):
    """At most `maximum` networks in CIDR notation, each once. A single address is one, too."""

    max_length: int = MAX_NETWORK_LENGTH

    @property
    def item(self) -> Formatted:
        """The rule of one network."""
        return Formatted("The network", _validate_network, self.max_length)


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks that were checked before."""
    return tuple(ip_network(each) for each in texts)


def is_address_allowed(networks: Collection[Network], address: Address | None) -> bool:
    """Return whether requests may come from an address. Without networks they may."""
    if not networks:
        return True
    return address is not None and any(address in each for each in networks)


def _validate_network(name: str, value: str, *path: str | int) -> str:
    """Return a network in its usual form. Raises Invalid."""
    text = single_line(name, value, *path, max_length=MAX_NETWORK_LENGTH)
    try:
        # A zone, as in fe80::1%eth0, has a meaning on one machine only.
        return str(ip_network(text.replace("%", "?")))
    except ValueError:
        message = (
            "This is no network. Write it as an address and a length whose other bits are zero,"
            " such as 192.0.2.0/24 or 2001:db8::/32."
        )
        raise Invalid(message, *path, code=Code.INVALID_FORMAT) from None
