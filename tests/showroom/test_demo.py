"""The demo fair: furnished, on the air by itself, and open again in seconds."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from showroom.demo.catalogue import ON_AIR, load_catalogue
from showroom.demo.clip import make_clip, path_of
from tests.showroom.processes import children, gone
from tests.showroom.server import running_server

EXHIBITORS, HALLS, SHOWS = 24, 6, 3
ON_AIR_SECONDS = 60.0
SECOND_START_SECONDS = 20.0


async def live_rooms(client: aiohttp.ClientSession, base_url: str) -> list[Any]:
    """Wait until three rooms are on the air and return them."""
    async with asyncio.timeout(ON_AIR_SECONDS):
        while True:
            async with client.get(f"{base_url}/api/hall") as answer:
                if answer.status == 503:  # the clips are being encoded on all cores: come back later
                    await asyncio.sleep(float(answer.headers["Retry-After"]))
                    continue
                rooms = (await answer.json())["rooms"]
            if len([room for room in rooms if room["state"] == "live"]) >= SHOWS:
                return list(rooms)
            await asyncio.sleep(0.2)


def film(folder: Path) -> None:
    """Make a clip as the broadcaster does, and show it in all three rooms: the others are made alike."""
    folder.mkdir(parents=True)
    first, *others = (path_of(folder, room) for room in ON_AIR)
    make_clip(load_catalogue().exhibitor(ON_AIR[0]), first, 0)
    for path in others:
        shutil.copyfile(first, path)


@pytest.mark.long
async def test_demo_opens_with_a_whole_fair_and_three_shows(tmp_path: Path) -> None:
    """24 rooms, three really on the air with a picture in the hall; nobody stays behind."""
    await asyncio.to_thread(film, tmp_path / "data" / "clips")
    async with running_server(tmp_path, "demo") as server, aiohttp.ClientSession() as client:
        rooms = await live_rooms(client, server.base_url)
        pages = [await _text(client, f"{server.base_url}/?page={page}") for page in (1, 2)]
        found = {room for page in pages for room in re.findall(r'data-room="([a-z0-9-]+)"', page)}
        assert len(found) == EXHIBITORS
        assert await _has_thumbnail(client, f"{server.base_url}/thumbnails/{rooms[0]['room']}.jpg")
        offspring = children(server.pid)
        assert any("broadcast" in command for command in offspring.values())
    assert await gone(server.pid, *offspring)
    await _opens_quickly_again(tmp_path)


async def test_demo_prints_who_can_sign_in(tmp_path: Path) -> None:
    """Address, accounts and password stand on the terminal."""
    async with running_server(tmp_path, "demo", "--no-shows", "--small") as server:
        staff = server.staff(0)
    said = server.log.read_text()
    assert server.base_url in said
    assert staff.email in said
    assert staff.password in said


async def test_killed_demo_leaves_no_broadcaster(tmp_path: Path) -> None:
    """The shows end with the server, however it ends."""
    async with running_server(tmp_path, "demo", "--small") as server:
        offspring = children(server.pid)
        server.process.kill()
        assert await gone(server.pid, *offspring)


async def _opens_quickly_again(folder: Path) -> None:
    began = time.monotonic()
    async with running_server(folder, "demo", "--no-shows"):
        assert time.monotonic() - began < SECOND_START_SECONDS


async def _text(client: aiohttp.ClientSession, url: str) -> str:
    async with client.get(url) as answer:
        answer.raise_for_status()
        return await answer.text()


async def _has_thumbnail(client: aiohttp.ClientSession, url: str) -> bool:
    async with asyncio.timeout(20):
        while True:
            async with client.get(url) as answer:
                if answer.status == 200:
                    return (await answer.read()).startswith(b"\xff\xd8")
            await asyncio.sleep(0.2)
