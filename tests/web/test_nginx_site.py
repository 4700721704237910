"""The whole site behind nginx as operators get it: TLS, the socket, large files, WHIP, HLS by its cache."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import ClientSession, CookieJar, TCPConnector

from rooms.fair.policy import Role
from rooms.negotiation.file_kinds import LIMIT_BYTES
from showroom.app import open_fair
from showroom.load.talk import Talk
from tests.media.recording.stream import Stream, clip_of
from tests.rooms.test_call_files import PDF
from tests.web.conftest import LUMEN, PEOPLE, OpenFair, furnish, settings_for
from tests.web.nginx import site
from tests.web.offers import offer
from tests.web.recorded import record
from tests.web.test_call_files import send, talking
from tests.web.visitor import Visitor


@dataclass
class Site:
    """A fair behind nginx, and a buyer who comes by it."""

    fair: OpenFair
    http: ClientSession
    buyer: Visitor


@pytest_asyncio.fixture
async def behind(tmp_path: Path, valkey_url: str) -> AsyncIterator[Site]:
    folder = tmp_path / "nginx"
    folder.mkdir()
    certificate, key = await _certificate(folder)
    settings = settings_for(tmp_path / "fair", valkey_url, HTTP_TRUSTED_PROXIES="127.0.0.1")
    async with open_fair(settings) as opened:
        fair = OpenFair(opened.base_url, opened.parts, await furnish(opened.parts))
        port = fair.parts.settings.http.port
        jar, plain = CookieJar(unsafe=True), TCPConnector(ssl=False)
        async with site(folder, port, certificate, key) as url, ClientSession(
            cookie_jar=jar, connector=plain
        ) as http:
            yield Site(fair, http, Visitor(url, http))


async def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine's own address, as nobody else has."""
    made = folder / "fullchain.pem", folder / "privkey.pem"
    openssl = shutil.which("openssl")
    assert openssl
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-out", str(made[0]), "-keyout", str(made[1])]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(openssl, *words, *files, stdout=quiet, stderr=quiet)
    assert await process.wait() == 0
    return made


async def test_people_sign_in_and_talk_over_the_socket(behind: Site) -> None:
    buyer = behind.buyer
    assert (await buyer.sign_in(PEOPLE[Role.BUYER])).status == 303
    assert {"__Host-session"} <= set(buyer.cookies)
    room = await buyer.get(f"/rooms/{LUMEN}", headers={"Accept-Encoding": "gzip"})
    assert (room.status, room.headers["Content-Encoding"]) == (200, "gzip")
    assert room.headers["Strict-Transport-Security"].startswith("max-age=")
    ticket = (await buyer.post_json("/api/tickets", {"purpose": "hall", "room": LUMEN})).json["ticket"]
    heard: list[Any] = []
    talk = await Talk.begin(behind.http, buyer.base_url, "/hall", ticket, lambda *it: heard.append(it))
    assert (await talk.ask("post", {"text": "Through nginx."}))["ok"]
    await talk.close()
    assert "snapshot" in str(heard)


async def test_the_largest_files_of_calls_pass(behind: Site) -> None:
    await behind.buyer.sign_in(PEOPLE[Role.BUYER])
    call = await talking(behind.fair, "through-nginx")
    whole = PDF + bytes(LIMIT_BYTES - len(PDF))
    assert (await send(behind.buyer, call, "plan.pdf", whole)).status == 201


async def test_publishers_come_in_and_operators_pages_stay_inside(behind: Site) -> None:
    headers = {"Authorization": f"Bearer {behind.fair.keys[LUMEN]}", "Content-Type": "application/sdp"}
    made = await behind.buyer.ask("POST", f"/whip/{LUMEN}", data=offer(), headers=headers)
    assert (made.status, made.headers["Location"].startswith(f"/whip/{LUMEN}/")) == (201, True)
    etag = {"If-Match": made.headers["ETag"]} | headers
    ended = await behind.buyer.ask("DELETE", made.headers["Location"], headers=etag)
    assert ended.status == 200
    inside = [(await behind.buyer.get(path)).status for path in ("/metrics", "/readyz", "/healthz")]
    assert inside == [404, 404, 200]


async def test_shows_come_out_of_the_cache(behind: Site, tmp_path: Path) -> None:
    show = await record(behind.fair.parts, LUMEN, Stream(clip_of(tmp_path)).packets(4))
    path = f"/hls/{show}/whole/index.m3u8"
    met = [await behind.buyer.get(path) for _ in range(2)]
    assert [(it.status, it.headers["X-Cache"]) for it in met] == [(200, "MISS"), (200, "HIT")]

