"""Who is at the other end: only proxies that are trusted are believed."""

from __future__ import annotations

import ipaddress

import pytest
from starlette.requests import Request

from bot.web.client import address

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))


def seen(peer: str, forwarded: str) -> str:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return address(Request({"type": "http", "client": (peer, 1), "headers": headers}), TRUSTED)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger may claim what they like
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),  # the sender's own entry is not believed
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("testclient", "", "testclient"),
    ],
)
def test_the_last_trusted_proxy_is_believed_and_nobody_else(peer: str, forwarded: str, expected: str) -> None:
    assert seen(peer, forwarded) == expected
