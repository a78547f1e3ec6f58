"""Which IP addresses are public, so that a server may connect to one that a tenant names.

The list is explicit. `is_global` of the standard library allows addresses that embed others (NAT64,
6to4), multicast, and addresses at which clouds serve the credentials of a machine.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_REFUSED = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
            *("192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
            *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
            "168.63.129.16/32",  # a cloud's own services
        ),
    )
)
"""Networks for special purposes (RFC 6890), multicast and reserved ones."""

IPV6_ALLOWED = ip_network("2000::/3")
IPV6_REFUSED = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # among them Teredo, which embeds IPv4 addresses
            "2001:db8::/32",
            "2002::/16",  # 6to4, likewise
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)


def is_public_address(address: str) -> bool:
    """Return whether an IP address is public. A text that is no address is not."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if isinstance(ip, IPv4Address):
        return not any(ip in each for each in IPV4_REFUSED)
    if ip.scope_id is not None:
        return False
    return ip in IPV6_ALLOWED and not any(ip in each for each in IPV6_REFUSED)
