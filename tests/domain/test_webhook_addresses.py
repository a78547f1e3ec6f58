"""Addresses of webhooks: what leads to machines that are not public is refused, in any disguise."""

import socket
from ipaddress import ip_network

import pytest

from domain.kernel.errors import Invalid
from domain.kernel.public_addresses import is_public_address
from domain.webhooks import may_connect, parse_target
from domain.webhooks.addresses import validate_url

FORMS = """
ftp://receiver.example/  file:///etc/passwd  gopher://receiver.example/  javascript:alert(1)
//receiver.example/  receiver.example  https:/receiver.example  https:receiver.example  https://
https:///path  https://user@receiver.example/  https://user:word@receiver.example/
https://receiver.example@169.254.169.254/  https://receiver.example#@169.254.169.254/
https://receiver.example\\@169.254.169.254/  https://receiver.example./  https://.example/
https://receiver..example/  https://receiver.example:0/  https://receiver.example:99999/
https://receiver.example:x/  https://[::1/  https://[fe80::1%25eth0]/  https://[v1.x]/
https://receiver.example/#part
https://-receiver.example/  https://receiver.example-/  https://rec%65iver.example/
"""
OTHER_LETTERS = [
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://receiver\u3002example/",
    "https://rec\xe9iver.example/",
    "https://receiver.example/\u2028x",
    "https://receiver.example/\x00",
    "https://receiver.example/a b",
]

RESOLVED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3
169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1
192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 168.63.129.16 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b:1::a9fe:a9fe 100::1 2001::1 2001:20::1 2001:db8::1
2002:7f00:1:: 2002:a9fe:a9fe:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0
fec0::1 ff02::1 4000::1 0:0:0:0:0:ffff:7f00:1 example localhost
"""

DISGUISED = ["127.1", "0177.0.0.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "0"]


@pytest.mark.parametrize("url", [*FORMS.split(), *OTHER_LETTERS])
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        validate_url("The address", url, "url")
    assert refused.value.field == ("url",)


@pytest.mark.parametrize("address", RESOLVED.split())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    target = parse_target("https://receiver.example/")
    assert target is not None
    assert not is_public_address(address)
    assert not may_connect(target, [address], [])
    assert not may_connect(target, ["93.184.216.34", address], [])


@pytest.mark.parametrize("host", DISGUISED)
def test_a_disguised_number_is_judged_as_what_it_resolves_to(host: str) -> None:
    target = parse_target(f"https://{host}/")
    assert target is not None
    found = socket.getaddrinfo(target.host, 443, type=socket.SOCK_STREAM)
    assert not may_connect(target, [str(each[4][0]) for each in found], [])


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"]
)
def test_public_addresses_get_https_at_the_usual_port_only(address: str) -> None:
    for url, is_allowed in (
        ("https://receiver.example/", True),
        ("https://receiver.example:443/", True),
        ("http://receiver.example/", False),
        ("https://receiver.example:8443/", False),
    ):
        target = parse_target(url)
        assert target is not None
        assert may_connect(target, [address], []) is is_allowed
        assert not may_connect(target, [], [])


def test_an_allowed_network_needs_no_https_and_opens_no_other() -> None:
    target, allowed = parse_target("http://inside.example:8080/x?y=1"), [ip_network("10.1.0.0/16")]
    assert target is not None
    assert (target.host_header, target.path) == ("inside.example:8080", "/x?y=1")
    assert may_connect(target, ["10.1.2.3", "::ffff:10.1.2.4"], allowed)
    for other in ("10.2.0.1", "1.1.1.1", "127.0.0.1", "fe80::1%eth0", "example"):
        assert not may_connect(target, ["10.1.2.3", other], allowed)


def test_the_form_of_an_address_is_kept() -> None:
    assert validate_url("The address", "  https://[2606:4700::1]/A?b=%20c ") == (
        "https://[2606:4700::1]/A?b=%20c"
    )
    target = parse_target("https://[2606:4700::1]:8443")
    assert target is not None
    assert (target.host, target.host_header, target.path) == (
        *("2606:4700::1", "[2606:4700::1]:8443"),
        "/",
    )
