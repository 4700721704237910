"""How long a request takes to ring: `python -m showroom.load.ringing [--people 500] [--requests 100]`.

The whole fair is a process on one core; on the other are people with real sockets in one room, and four of
its staff on duty. One buyer after the other asks for a call. Timed is from asking until the first and the
last console has heard the ring, and until the buyer has the answer. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import secrets
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import aiohttp
import uvloop

from config.ids import AccountId
from rooms.fair.policy import Actor, Role
from showroom.load import proc
from showroom.load.delay import percentile
from showroom.load.fair_server import ROOM
from showroom.load.host import Host, hosting
from showroom.load.talk import Talk
from signaling.tickets import Purpose, Tickets

PEOPLE, REQUESTS, STAFF = 500, 100, 4
AT_ONCE = 16
SETTLE_SECONDS = 3.0
PAUSE_SECONDS = 0.1
"""Between two requests, so that each meets the room at rest."""
RING_SECONDS = 10.0


@dataclass
class Console:
    """A member of staff, and when each call rang."""

    actor: Actor
    rung: dict[str, float] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: str, message: Any, at: float) -> None:
        """Note a ring."""
        if event == "ring":
            self.rung.setdefault(message["call"]["id"], at)
            self.news.set()

    async def rings(self, call: str) -> float:
        """Return when it rang; `TimeoutError` when it does not."""
        async with asyncio.timeout(RING_SECONDS):
            while call not in self.rung:
                self.news.clear()
                await self.news.wait()
        return self.rung[call]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each request until the first and the last console rang, and until it was answered."""

    first: list[float]
    last: list[float]
    answered: list[float]


class Room:
    """Everybody in it; the sockets are closed with `stack`."""

    def __init__(self, base_url: str, key: str, http: aiohttp.ClientSession, stack: AsyncExitStack) -> None:
        self._base_url = base_url
        self._tickets = Tickets(key, time.time)
        self._http = http
        self._stack = stack
        self.consoles = [(_member(number), Console(_member(number))) for number in range(STAFF)]
        self.staff: list[Talk] = []
        self.buyers: list[Talk] = []

    async def fill(self, people: int) -> None:
        """Let the staff in, and then as many buyers."""
        for actor, console in self.consoles:
            self.staff.append(await self._enter("/booth", Purpose.BOOTH, actor, console.hear))
        limit = asyncio.Semaphore(AT_ONCE)

        async def come(number: int) -> Talk:
            async with limit:
                return await self._enter("/hall", Purpose.HALL, _buyer(number), _ignore)

        self.buyers = list(await asyncio.gather(*(come(number) for number in range(people))))

    async def request(self, number: int, times: Times) -> None:
        """Ask for a call, time it, and have it declined."""
        began = time.perf_counter()
        wish = {"show_second": None, "product_id": None, "request_key": f"request-{number}"}
        asked = await self.buyers[number % len(self.buyers)].ask("request_call", wish)
        times.answered.append(time.perf_counter() - began)
        call = asked["call"]["id"]
        rung = [await console.rings(call) - began for _, console in self.consoles]
        times.first.append(min(rung))
        times.last.append(max(rung))
        await self.staff[number % STAFF].ask("decline_call", {"call": call})

    async def _enter(self, namespace: str, purpose: Purpose, actor: Actor, hear: Any) -> Talk:
        ticket = self._tickets.mint(actor, purpose, room=ROOM)
        talk = await Talk.begin(self._http, self._base_url, namespace, ticket, hear)
        self._stack.push_async_callback(talk.close)
        return talk


async def measure(people: int, requests: int) -> dict[str, object]:
    """Fill a room and ask; return the figures."""
    key = os.environ["SHOWROOM_SECRETS_KEY"] = secrets.token_urlsafe(48)
    proc.pin(os.getpid(), 1)
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(hosting("fair", 0))
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        room = Room(host.whip.partition("/whip/")[0], key, http, stack)
        empty_kb = proc.memory_kb(host.pid)
        began = time.perf_counter()
        await room.fill(people)
        joins = people / (time.perf_counter() - began)
        await asyncio.sleep(SETTLE_SECONDS)
        line = _line(people, await _ask(room, requests, host), (empty_kb, proc.memory_kb(host.pid)))
        return line | {"joins_per_second": round(joins, 1)}


async def _ask(room: Room, requests: int, host: Host) -> tuple[Times, float]:
    times, before, began = Times([], [], []), proc.cpu_time(host.pid), time.perf_counter()
    for number in range(requests):
        await room.request(number, times)
        await asyncio.sleep(PAUSE_SECONDS)
    share = proc.cpu_time(host.pid).since(before).total / (time.perf_counter() - began)
    return times, share


def _line(people: int, found: tuple[Times, float], memory_kb: tuple[int, int]) -> dict[str, object]:
    times, share = found
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "people": people, "staff": STAFF,
        "requests": len(times.last), **_shares("first_ring", times.first), **_shares("last_ring", times.last),
        **_shares("answer", times.answered), "server_core_share": round(share, 3),
        "server_kb_per_person": round((memory_kb[1] - memory_kb[0]) / people, 1),
        "load_1_min": round(os.getloadavg()[0], 1), "cores": os.cpu_count(),
        "kernel": platform.release(), "python": platform.python_version(),
        **{package: version(package) for package in ("showroom", "python-socketio", "aiohttp", "uvloop")},
    }


def _shares(name: str, seconds: list[float]) -> dict[str, float]:
    return {
        f"{name}_ms_p{round(share * 100)}": round(percentile(seconds, share) * 1000, 1)
        for share in (0.5, 0.95, 0.99)
    }


def _member(number: int) -> Actor:
    return Actor(AccountId(f"staff-{number}"), Role.STAFF, f"Staff {number}", "Bench", ROOM, "DK", "en")


def _buyer(number: int) -> Actor:
    return Actor(AccountId(f"buyer-{number}"), Role.BUYER, f"Buyer {number}", "Trade", None, "FI", "en")


def _ignore(_event: str, _message: Any, _at: float) -> None:
    """Hear what everybody in the room hears, and do nothing about it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure as the command line says and print the line."""
    parser = argparse.ArgumentParser(description="How long a request takes to ring in a room full of people.")
    parser.add_argument("--people", type=int, default=PEOPLE, help=f"buyers in the room ({PEOPLE})")
    parser.add_argument("--requests", type=int, default=REQUESTS, help=f"one after the other ({REQUESTS})")
    options = parser.parse_args(argv)
    sys.stdout.write(json.dumps(uvloop.run(measure(options.people, options.requests))) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
