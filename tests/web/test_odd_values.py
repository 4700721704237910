"""Values that JSON and headers can carry and nothing can keep: refused with words, never broken on."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from tests.web.conftest import OpenFair
from tests.web.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

HUGE = b"1" + b"0" * 400
"""A whole number that no float holds."""
HALF = rb"\ud800"
NUL = rb"\u0000"

BUYER_BODIES = [
    ("/api/rooms/lumen/appointments", b'{"starts_at": %b, "minutes": 30}' % HUGE),
    ("/api/rooms/lumen/appointments", b'{"starts_at": 1, "minutes": %b}' % HUGE),
    ("/api/rooms/lumen/appointments", b'{"starts_at": 1e400, "minutes": 30}'),
    ("/api/rooms/lumen/appointments", b'{"starts_at": 1798794000, "minutes": 30.5}'),
    ("/api/rooms/lumen/messages", b'{"subject": "a", "text": "b", "quantity": %b}' % HUGE),
    ("/api/rooms/lumen/messages", b'{"subject": "a", "text": "b", "product": "%b"}' % NUL),
    ("/api/rooms/lumen/messages", b'{"subject": "a", "text": "b", "product": "%b"}' % HALF),
    ("/api/tickets", b'{"purpose": "hall", "room": "%b"}' % HALF),
    ("/api/tickets", b'{"purpose": "meeting", "call": "%b"}' % HALF),
    ("/api/tickets", b'{"purpose": "meeting", "call": "%b"}' % NUL),
]
STAFF_BODIES = [
    ("/api/rooms/lumen/programme", b'{"title": "a", "starts_at": %b, "minutes": 30}' % HUGE),
    ("/api/rooms/lumen/programme", b'{"title": "a", "starts_at": 4e9, "minutes": 30.5, "language": "en"}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"0": [[1e400, 600]]}}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"0": [[%b, 600]]}}' % HUGE),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"0": [["540", "600"]]}}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"0": [[540.5, 600]]}}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"0": [[true, 600]]}}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"0": ["12"]}}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {" 0": [[540, 600]]}}'),
    ("/api/rooms/lumen/hours", b'{"zone": "UTC", "weekly": {"7": [[540, 600]]}}'),
    ("/api/rooms/lumen/roster", b'{"languages": ["%b"]}' % HALF),
    ("/api/rooms/lumen/roster", b'{"languages": [], "product_lines": ["%b"]}' % NUL),
    ("/api/rooms/lumen/roster", b'{"languages": [], "weekly": {"0": [[%b, 600]]}}' % HUGE),
    ("/api/rooms/lumen/blocks", b'{"account": "%b", "blocked": true}' % NUL),
    ("/api/rooms/lumen/loop", b'{"mode": "film", "film": "%b"}' % NUL),
]


async def send(somebody: Visitor, path: str, body: bytes) -> tuple[int, str]:
    token = (await somebody.get("/api/session")).json["csrf"]
    headers = {"X-CSRF-Token": token, "Content-Type": "application/json"}
    answer = await somebody.ask("POST", path, data=body, headers=headers)
    return answer.status, answer.json["code"]


@pytest.mark.parametrize(("path", "body"), BUYER_BODIES)
async def test_a_buyers_odd_values_are_malformed(buyer: Visitor, path: str, body: bytes) -> None:
    assert await send(buyer, path, body) == (400, "malformed")


@pytest.mark.parametrize(("path", "body"), STAFF_BODIES)
async def test_odd_values_of_staff_are_malformed(staff: Visitor, path: str, body: bytes) -> None:
    assert await send(staff, path, body) == (400, "malformed")


@pytest.mark.parametrize(
    "query",
    [
        "days=" + "9" * 5000, "days=0", "days=15", "days=%D9%A3", "minutes=20", "minutes=", "day=tomorrow",
        "day=10000-01-01", "day=",
    ],
)
async def test_a_query_for_times_that_makes_no_sense_is_refused(guest: Visitor, query: str) -> None:
    answer = await guest.get(f"/api/rooms/lumen/appointment-slots?{query}")
    assert (answer.status, answer.json["code"]) == (400, "malformed")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "nowhere", "%00", "..%2F..%2Fetc"])
async def test_the_ends_of_the_calendar_have_an_answer(guest: Visitor, zone: str) -> None:
    address = f"/api/rooms/lumen/appointment-slots?zone={zone}&days=14&day="
    assert (await guest.get(f"{address}0001-01-01")).status == 200
    answer = await guest.get(f"{address}9999-12-31")
    assert (answer.status, answer.json) == (200, {"slots": []})


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://a]b"])
async def test_an_origin_that_is_no_address_is_a_foreign_one(buyer: Visitor, origin: str) -> None:
    token = (await buyer.get("/api/session")).json["csrf"]
    headers = {"X-CSRF-Token": token, "Origin": origin}
    answer = await buyer.ask("POST", "/api/tickets", json={"purpose": "hall"}, headers=headers)
    assert (answer.status, answer.json["code"]) == (403, "foreign_origin")


@pytest.mark.parametrize(
    "header", [b"X-CSRF-Token: \xff\xfe", b"Cookie: session=\xff\xfe", b"Cookie: guest=\xff.\xfe"]
)
async def test_bytes_that_are_no_text_are_nobodys_token(fair: OpenFair, header: bytes) -> None:
    status, body = await raw(fair.base_url, header)
    assert (status, body["code"]) == (403, "csrf")


async def raw(base_url: str, header: bytes) -> tuple[int, dict[str, str]]:
    """Send a change with a header as it is, which no client library would; return status and document."""
    host = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    lines = [b"POST /api/calendar HTTP/1.1", b"Host: fair", b"Connection: close", header, b"", b""]
    writer.write(b"\r\n".join(lines))
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), json.loads(body)
