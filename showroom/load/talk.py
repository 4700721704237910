"""A light socket in one conversation: Engine.IO and Socket.IO by hand, for thousands in one process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import aiohttp

from showroom.load.door import Refused

OPEN_SECONDS = 30.0
ANSWER_SECONDS = 30.0
PING, PONG = "2", "3"
CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "40", "41", "42", "43", "44"
VERSION = 1

Hear = Callable[[str, Any, float], None]
"""Gets an event, its message, and when it came in (`time.perf_counter`)."""


class Talk:
    """Asks in one namespace and hands on to `hear` what is told there; `close` leaves."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, namespace: str, hear: Hear) -> None:
        self._ws = ws
        self._namespace = namespace
        self._hear = hear
        self._numbers = count(1)
        self._open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def begin(
        cls, http: aiohttp.ClientSession, base_url: str, namespace: str, ticket: str, hear: Hear
    ) -> Talk:
        """Open a socket at the fair with `ticket`; raises `Refused` when it does not let us in."""
        ws = await http.ws_connect(f"{base_url}/socket.io/?EIO=4&transport=websocket", max_msg_size=0)
        talk = cls(ws, namespace, hear)
        await ws.send_str(f"{CONNECT}{namespace},{json.dumps({'v': VERSION, 'ticket': ticket})}")
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await talk._open
        except (Refused, TimeoutError):
            await talk.close()
            raise
        return talk

    async def ask(self, event: str, message: Any) -> dict[str, Any]:
        """Ask and return the answer; raises `ConnectionError` when the connection ends instead."""
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_str(f"{EVENT}{self._namespace},{number}{json.dumps([event, message])}")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found: dict[str, Any] = await answer
                return found
        finally:
            del self._asked[number]

    async def close(self) -> None:
        """Leave, whether or not the server is still there."""
        await self._ws.close()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def _read(self) -> None:
        async for frame in self._ws:
            at = time.perf_counter()
            if frame.type is not aiohttp.WSMsgType.TEXT:
                break
            if frame.data == PING:
                await self._ws.send_str(PONG)
            else:
                self._take(frame.data, at)
        self._lose(ConnectionError("the connection has ended"))

    def _take(self, packet: str, at: float) -> None:
        kind, body = packet[:2], packet[2:].removeprefix(self._namespace).removeprefix(",")
        if kind == EVENT:
            event, message = json.loads(body)
            self._hear(event, message, at)
        elif kind == ACK:
            number, bracket, answer = body.partition("[")
            asked = self._asked.get(int(number))
            if asked is not None and not asked.done():
                asked.set_result(json.loads(bracket + answer)[0])
        elif kind == CONNECT and not self._open.done():
            self._open.set_result(None)
        elif kind == CONNECT_ERROR:
            self._lose(Refused(body))
        elif kind == DISCONNECT:
            self._lose(ConnectionError("the conversation has ended"))

    def _lose(self, error: Exception) -> None:
        waiting: list[asyncio.Future[Any]] = [self._open, *self._asked.values()]
        for answer in waiting:
            if not answer.done():
                answer.set_exception(error)
        self._open.exception()  # seen: nobody need wait for it
