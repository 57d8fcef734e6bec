"""Who is at the other end: the address of a request, looking through proxies that the settings trust."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.requests import HTTPConnection

from bot.settings import Network


def address(request: HTTPConnection, trusted: Sequence[Network]) -> str:
    """Return the sender's address: the peer, or what the last trusted proxy says came to it."""
    peer = request.client.host if request.client else ""
    if not within(peer, trusted):
        return peer
    for hop in reversed(request.headers.get("x-forwarded-for", "").split(",")):
        hop = hop.strip()
        if not _is_address(hop):
            break
        peer = hop
        if not within(hop, trusted):
            break
    return peer


def within(host: str, networks: Sequence[Network]) -> bool:
    """Return whether ``host`` is an address inside one of the networks."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in networks)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
