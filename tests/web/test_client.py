"""Addresses and schemes are believed from trusted proxies only."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from config.errors import Invalid
from config.settings import load_settings
from web.client import Client

CASES = [
    # trusted proxies, peer, X-Forwarded-For, address that counts
    ("", "203.0.113.9", "", "203.0.113.9"),
    ("", "203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ("", "127.0.0.1", "198.51.100.1", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ("127.0.0.1", "127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "127.0.0.1", "1.1.1.1, 2.2.2.2, 198.51.100.1", "198.51.100.1"),
    ("127.0.0.1,10.0.0.0/8", "127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
    ("127.0.0.1,10.0.0.0/8", "10.9.9.9", "1.1.1.1, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
    ("127.0.0.1", "127.0.0.1", "rubbish", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "198.51.100.1, rubbish", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", ", ,", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "198.51.100.1:4711", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "2001:db8::1", "2001:db8::1"),
    ("::1", "::1", "2001:DB8:0::1", "2001:db8::1"),
    ("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"),
    ("127.0.0.1", "127.0.0.1", "1.1.1.1, 127.0.0.1, 127.0.0.1", "1.1.1.1"),
    ("127.0.0.1", "127.0.0.1", "9.9.9.9, " * 500 + "198.51.100.1", "198.51.100.1"),
    ("127.0.0.1", "127.0.0.1", "<script>", "127.0.0.1"),
]


NETWORKS = [
    ("203.0.113.9", "203.0.113.9"),
    ("::ffff:203.0.113.9", "203.0.113.9"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
    ("fe80::1%eth0", "fe80::/64"),
    ("unknown", "unknown"),
]


@pytest.mark.parametrize(("peer", "network"), NETWORKS)
def test_limits_go_by_what_one_customer_has(peer: str, network: str) -> None:
    """T13: of addresses of IPv6 that is a whole network."""
    assert client().network(request_from(peer)) == network


def request_from(peer: str, **headers: str) -> web.Request:
    named = {name.replace("_", "-"): value for name, value in headers.items() if value}
    return make_mocked_request("GET", "/", headers={"Host": "fair.example", **named}).clone(remote=peer)


def client(**environment: str) -> Client:
    return Client(
        load_settings(None, {f"SHOWROOM_HTTP_{key.upper()}": text for key, text in environment.items()})
    )


@pytest.mark.parametrize(("trusted", "peer", "forwarded", "address"), CASES)
def test_forwarded_addresses_count_only_behind_trusted_proxies(
    trusted: str, peer: str, forwarded: str, address: str
) -> None:
    asked = request_from(peer, X_Forwarded_For=forwarded)
    assert client(trusted_proxies=trusted).address(asked) == address


@pytest.mark.parametrize(
    ("trusted", "proto", "secure"),
    [("10.0.0.1", "https", True), ("10.0.0.1", "http", False), ("", "https", False)],
)
def test_scheme_is_believed_from_trusted_proxies(trusted: str, proto: str, secure: bool) -> None:
    asked = request_from("10.0.0.1", X_Forwarded_Proto=proto)
    assert client(trusted_proxies=trusted).is_secure(asked) is secure


def test_public_url_with_tls_is_secure() -> None:
    assert client(public_url="https://fair.example").is_secure(request_from("127.0.0.1"))


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("https://fair.example", True),
        ("http://fair.example", True),
        ("https://stand.example", True),
        ("https://FAIR.example", True),
        ("https://fair.example.evil.example", False),
        ("null", False),
        ("", False),
        ("https://evil.example", False),
        ("https://fair.example:444", False),
        ("http://stand.example", False),
        ("file://", False),
    ],
)
def test_only_origins_of_ours_are_ours(origin: str, own: bool) -> None:
    reader = client(public_url="https://fair.example", allowed_origins="https://stand.example")
    assert reader.is_own_origin(request_from("127.0.0.1"), origin) is own


def test_trusted_proxies_that_are_no_addresses_are_refused() -> None:
    with pytest.raises(Invalid, match="trusted_proxies"):
        client(trusted_proxies="proxy.internal")
