"""The transport below the conversations: Engine.IO over plain WebSockets with a bound on everything.

Out of the box python-engineio compresses each connection (111 kB of memory apiece), queues without end for a
client that does not read, waits for ever for a CONNECT, and keeps halves of binary messages. Here a
connection that does any of this is closed. Private names of the libraries used here have a test each.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import engineio
import socketio
from aiohttp import WSCloseCode, WSMsgType, web
from engineio import async_socket

from signaling.protocol import MESSAGE_LIMIT_BYTES
from signaling.tasks import end

PING_SECONDS = 15
PONG_SECONDS = 10
SEND_SECONDS = 10.0
CLOSE_SECONDS = 1.0
QUEUE_LIMIT = 200
RESERVED = frozenset({"connect", "connect_error", "disconnect"})
TEXT_PACKETS = ("1", "3", "4")
"""What a client may send: close, pong, message (Engine.IO 4)."""
BINARY_PACKETS = ("45", "46")
"""Messages that announce binary attachments (Socket.IO 5)."""
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

quiet = logging.getLogger("signaling.transport")
quiet.setLevel(logging.CRITICAL)  # the libraries log what clients send, tickets included


class PlainWebSocket:
    """The connection as Engine.IO drives it: uncompressed text, and nobody is waited for too long."""

    def __init__(self, handler: Callable[[PlainWebSocket], Awaitable[None]], server: Any) -> None:
        self._handler = handler
        self._socket = web.WebSocketResponse(
            max_msg_size=server.max_http_buffer_size, compress=False, timeout=CLOSE_SECONDS
        )
        self._transport: asyncio.BaseTransport | None = None

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Take the connection over until it ends."""
        request: web.Request = environ["aiohttp.request"]
        self._transport = request.transport
        await self._socket.prepare(request)
        await self._handler(self)
        return self._socket

    async def wait(self) -> str:
        """Return the next packet; `OSError` ends the connection."""
        message = await self._socket.receive()
        if message.type is WSMsgType.TEXT and _is_acceptable(message.data):
            return str(message.data)
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await self._socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"text messages only")
        raise OSError("the connection has ended")

    async def send(self, packet: str) -> None:
        """Send a packet; a client that does not read is dropped."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.send_str(packet)
        except TimeoutError:
            self._abort()
            raise OSError("the client does not read") from None

    async def close(self) -> None:
        """Close the connection, politely for a second."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._socket.close()
        except TimeoutError:
            self._abort()

    def _abort(self) -> None:
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.abort()


class Connection(async_socket.AsyncSocket):  # type: ignore[misc]  # engineio has no types
    """A connection whose silence is measured by the monotonic clock.

    The library goes by the machine's clock: all who are about to answer a ping when that is set forward
    would be dropped.
    """

    @property
    def last_ping(self) -> float | None:
        """When the ping was sent that is not answered yet, as the machine's clock would say it now."""
        return None if self._pinged_at is None else time.time() - (time.monotonic() - self._pinged_at)

    @last_ping.setter
    def last_ping(self, at: float | None) -> None:
        self._pinged_at = None if at is None else time.monotonic()


async_socket.AsyncSocket = Connection  # engineio has no other way to name it


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # engineio has no types
    """Engine.IO with bounded queues and tasks that end with it."""

    def __init__(self, **options: Any) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        super().__init__(**options)
        driver: dict[str, Any] = self.__dict__["_async"]
        self._async = {**driver, "websocket": PlainWebSocket}

    def start_background_task(self, target: Any, *args: Any, **kwargs: Any) -> asyncio.Task[Any]:
        """Start a task that `close` will end."""
        task: asyncio.Task[Any] = asyncio.ensure_future(target(*args, **kwargs))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def send_packet(self, sid: str, pkt: Any) -> None:
        """Queue a packet; a client with too many unread ones loses it, and the connection."""
        socket = self.sockets.get(sid)
        if socket is None:
            return
        if socket.queue.qsize() < QUEUE_LIMIT:
            await socket.send(pkt)
        elif not socket.closing:
            await socket.close(wait=False, abort=True, reason=self.reason.TRANSPORT_ERROR)

    async def disconnect(self, sid: str | None = None) -> None:
        """Close the connection of a client, whether or not it answers; of all clients without `sid`."""
        sockets = [socket for key, socket in self.sockets.items() if sid in (None, key)]
        await super().disconnect(sid)
        await _end_writers(sockets)

    async def close(self) -> None:
        """Say goodbye to all clients, and end all tasks."""
        sockets = list(self.sockets.values())
        closing = (socket.close(wait=False, reason=self.reason.SERVER_DISCONNECT) for socket in sockets)
        await asyncio.gather(*closing, return_exceptions=True)
        await _end_writers(sockets)
        tasks = {task for task in self._tasks if task is not asyncio.current_task()}
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await end(*tasks)


class Server(socketio.AsyncServer):  # type: ignore[misc]  # socketio has no types
    """Socket.IO that handles the events of a client one after the other and drops odd clients."""

    def __init__(self, bus: Any, is_allowed_origin: Callable[[str | None, dict[str, Any]], bool]) -> None:
        super().__init__(
            client_manager=bus, async_mode="aiohttp", async_handlers=False, transports=["websocket"],
            namespaces=[], json=json, logger=quiet, engineio_logger=quiet, http_compression=False,
            cors_allowed_origins=is_allowed_origin, cors_credentials=False, allow_upgrades=False,
            max_http_buffer_size=MESSAGE_LIMIT_BYTES, ping_interval=PING_SECONDS, ping_timeout=PONG_SECONDS,
        )
        self._understand = self.eio.handlers["message"]
        self.eio.on("message", self._take)
        self._silent: dict[str, float] = {}

    async def drop_silent(self, now: float, seconds: float) -> None:
        """Close connections that belong to no namespace for longer than `seconds`."""
        talking = {
            eio_sid
            for namespace in list(self.manager.get_namespaces())
            for _, eio_sid in self.manager.get_participants(namespace, None)
        }
        silent = [sid for sid in self.eio.sockets if sid not in talking]
        self._silent = {sid: self._silent.get(sid, now) for sid in silent}
        for sid, since in list(self._silent.items()):
            if now - since >= seconds:
                await self.eio.disconnect(sid)

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def _take(self, eio_sid: str, data: Any) -> None:
        """Handle one message; whoever sends what is not Socket.IO is dropped."""
        try:
            await self._understand(eio_sid, data)
        except MALFORMED:
            await self.eio.disconnect(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str, id: Any, data: Any) -> None:  # noqa: A002
        """Refuse events that only the server itself may raise."""
        if not isinstance(data[0], str) or data[0] in RESERVED:
            raise ValueError("not an event")
        await super()._handle_event(eio_sid, namespace, id, data)


async def _end_writers(sockets: list[Any]) -> None:
    """Let what is queued be written, and then the connections be closed."""
    for socket in sockets:
        await socket.queue.put(None)


def _is_acceptable(packet: str) -> bool:
    return packet.startswith(TEXT_PACKETS) and not packet.startswith(BINARY_PACKETS)
