"""Addresses: which networks a key may be used from, and where we may send to.

Not here: keys (``keys``), sending.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NetworkError(ValueError):
    """What was given is no network."""


def networks(written: Iterable[str]) -> tuple[Network, ...]:
    """Networks in CIDR notation; a single address is a network of one.

    Raises:
        NetworkError: one of them is none.
    """
    return tuple(_network(w) for w in written)


def _network(written: str) -> Network:
    try:
        return ipaddress.ip_network(written.strip())
    except ValueError as error:
        raise NetworkError(
            f"{written!r} is no network: write 203.0.113.0/24 or 203.0.113.7"
        ) from error


def within(address: str, allowed: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks; an unreadable one does not."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in allowed)


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet.

    Private, loopback, link-local, multicast and reserved ones do not, nor do IPv6
    addresses that carry such an IPv4 address inside (mapped, 6to4, NAT64).
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = [found, *_carried(found)]
    return all(a.is_global and not a.is_multicast for a in inner)


def _carried(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [a for a in (address.ipv4_mapped, address.sixtofour) if a is not None]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return found


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
