"""The whole fair as the server under test: its public doors, its stores, one company with one room.

Run as `python -m showroom.load.fair_server [FOLDER]`: prints one JSON line with its address, the room and its
stream key, keeps everything in FOLDER or in one that goes with it, and ends when its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile

import uvloop

from config.ids import CompanyId, RoomId
from config.settings import Settings, load_settings
from rooms.fair.companies import Company, Hall
from showroom.app import Fair, open_fair
from showroom.load.server import ROOMY
from web.app import Parts

ROOM = RoomId("bench")
COMPANY = Company(
    CompanyId(ROOM), ROOM, name="Bench", country="DK", city="Aarhus", hall=1, stand="1-A01",
    about="A company that is only measured.", languages=("en",), accent="#1f4fd8", portrait="bench.webp",
)


async def furnish(parts: Parts) -> None:
    """Add the one company, once."""
    if not await parts.companies.halls():
        await parts.companies.add_hall(Hall(1, "Bench"))
        await parts.companies.add(COMPANY)


async def serve() -> None:
    """Serve on free ports of this machine until standard input closes."""
    with tempfile.TemporaryDirectory() as passing:
        folder = sys.argv[1] if len(sys.argv) > 1 else passing
        async with open_fair(_settings(folder), furnish) as fair:
            sys.stdout.write(json.dumps(await _said(fair)) + "\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.read)


def _settings(folder: str) -> Settings:
    own = {"SHOWROOM_DATA_FOLDER": folder}
    return load_settings(environ={"SHOWROOM_HTTP_PORT": "0", **ROOMY, **os.environ, **own})


async def _said(fair: Fair) -> dict[str, object]:
    key = await fair.parts.stream_keys.rotate(ROOM, "bench")
    return {"url": fair.base_url, "ice_port": fair.ice_port, "room": ROOM, "key": key}


if __name__ == "__main__":
    uvloop.run(serve())
