"""The bus: what is told to sockets reaches those on other nodes through Redis, at most once.

python-socketio's own listener may stay deaf for a minute after Redis has come back, and does not notice a
Redis that hangs. This one tries again within a second, asks after a silence, and says when it was deaf, so
that the clients can be given a fresh snapshot of what they missed. What is told waits in a queue: nobody here
waits for Redis, however slow it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from socketio.async_pubsub_manager import AsyncPubSubManager

from config.errors import Busy

log = logging.getLogger(__name__)

CHANNEL = "sockets"
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 1.0
SILENCE_SECONDS = 2.0
WAITING_LIMIT = 5000
"""Messages that may wait for Redis; beyond it the oldest are lost to the other nodes."""
BATCH = 100
LOST = (RedisError, OSError, TimeoutError, Busy)


class Watch:
    """Whether anything was told to a client for as long as one looked."""

    def __init__(self, socket: str, namespace: str) -> None:
        self.was_told = False
        self.socket = socket
        self.namespace = namespace


class Bus(AsyncPubSubManager):  # type: ignore[misc]  # socketio has no types
    """Publishes to and hears from the other nodes; calls `on_return` after each time it was deaf."""

    def __init__(self, redis: Redis, on_return: Callable[[], None]) -> None:
        super().__init__(channel=CHANNEL)
        self._redis = redis
        self._on_return = on_return
        self._waiting: deque[str] = deque(maxlen=WAITING_LIMIT)
        self._has_news = asyncio.Event()
        self._telling = asyncio.Lock()
        self._watches: set[Watch] = set()

    @contextmanager
    def watch(self, socket: str, namespace: str) -> Iterator[Watch]:
        """Look whether anything is told to this client meanwhile."""
        watch = Watch(socket, namespace)
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    async def emit(self, event: str, data: Any, namespace: str, room: Any = None, **more: Any) -> None:
        """Tell clients of this node; those of others too, unless `ignore_queue` is set."""
        if more.get("ignore_queue"):
            self._note(namespace, more.get("to") or room)
        await super().emit(event, data, namespace=namespace, room=room, **more)

    def initialize(self) -> None:
        """Begin to listen and to tell; the server ends both."""
        super().initialize()
        self.server.start_background_task(self._tell)

    async def flush(self) -> None:
        """Tell the other nodes what waits, in order; while Redis is away they hear nothing, and get a
        snapshot later.
        """
        async with self._telling:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                try:
                    await self._send(batch)
                except LOST as error:
                    log.warning("other nodes were not told", extra={"reason": str(error), "of": len(batch)})

    async def _handle_emit(self, message: dict[str, Any]) -> None:
        self._note(message["namespace"], message["room"])
        await super()._handle_emit(message)

    def _note(self, namespace: str, room: str | None) -> None:
        inside = self.rooms.get(namespace, {}).get(room, ())
        for watch in self._watches:
            watch.was_told |= watch.namespace == namespace and watch.socket in inside

    async def _publish(self, data: dict[str, Any]) -> None:
        self._waiting.append(self.json.dumps(data))
        self._has_news.set()

    async def _tell(self) -> None:
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            await self.flush()

    async def _send(self, batch: list[str]) -> None:
        async with self._redis.pipeline(transaction=False) as together:
            for message in batch:
                together.publish(CHANNEL, message)
            await together.execute()

    async def _listen(self) -> AsyncIterator[str]:
        wait, was_deaf = FIRST_WAIT_SECONDS, False
        while True:
            pubsub: Any = self._redis.pubsub()  # its `aclose` has no types
            try:
                await pubsub.subscribe(CHANNEL)
                async for message in _messages(pubsub):
                    if message["type"] == "message":
                        yield message["data"]
                    elif message["type"] == "subscribe":
                        # Only now: a store that hangs, or a proxy before a dead one, takes the question too.
                        if was_deaf:
                            log.info("the bus is back")
                            self._on_return()
                        wait, was_deaf = FIRST_WAIT_SECONDS, True
            except LOST as error:
                log.warning("the bus is lost", extra={"reason": str(error), "again_in_seconds": wait})
            finally:
                with suppress(*LOST):
                    await pubsub.aclose()
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)


async def _messages(pubsub: PubSub) -> AsyncIterator[dict[str, Any]]:
    """Yield messages; a server that says nothing is asked whether it is there, and given up on no answer."""
    was_asked = False
    while True:
        message = await pubsub.get_message(timeout=SILENCE_SECONDS)
        if message is None and was_asked:
            raise TimeoutError("the store does not answer")
        was_asked = message is None
        if message is None:
            await pubsub.ping()
        else:
            yield message
