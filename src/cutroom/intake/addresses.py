"""Which IP addresses are public: the only ones that a URL of a caller may lead us to."""

import ipaddress
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IP = IPv4Address | IPv6Address

# Added to what `ipaddress` knows, whose table depends on the version of Python.
_REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers and by clouds' own services
        "168.63.129.16/32",  # Azure's host, from inside a virtual machine
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service at 192.0.0.192
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks of networks
        "240.0.0.0/4",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = {0x0000_5EFE, 0x0200_5EFE}


def public(ip: IP) -> bool:
    """Whether anybody on the internet may be at this address, and nobody closer.

    An IPv6 address that carries an IPv4 one (mapped, translated, NAT64, 6to4, Teredo, ISATAP) is
    only as public as that. A local NAT64 prefix (RFC 8215) leads into a network of one's own.
    """
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and not any(ip in net for net in _REFUSED_V4)
    if not all(public(inner) for inner in _carried(ip)):
        return False
    if ip in _MAPPED or ip in _NAT64:
        return True
    return (
        ip in _GLOBAL_UNICAST
        and ip.is_global
        and not ip.is_multicast
        and not any(ip in net for net in _REFUSED_V6)
    )


def _carried(ip: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses inside an IPv6 one."""
    if any(ip in network for network in (_MAPPED, _NAT64, _TRANSLATED, _COMPATIBLE)):
        yield IPv4Address(int(ip) & 0xFFFF_FFFF)
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if (int(ip) >> 32) & 0xFFFF_FFFF in _ISATAP:
        yield IPv4Address(int(ip) & 0xFFFF_FFFF)


def parse(text: str) -> IP:
    """The address of a resolver's answer, less its scope (`fe80::1%eth0`). Raises ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])
