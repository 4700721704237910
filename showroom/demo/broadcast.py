"""The built-in broadcaster: keeps rooms of the demo fair on the air through the public WHIP door.

Run as `python -m showroom.demo.broadcast BASE_URL CLIPS_FOLDER`. Its standard input names the rooms and
their stream keys, one "room key" a line, so that no process list shows a key. A clip that the folder lacks
is filmed first. SIGTERM takes all shows off the air.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

import aiohttp
import uvloop

from media.dtls import Certificate
from showroom.demo.catalogue import load_catalogue
from showroom.demo.clip import make_clips
from showroom.load.clip_file import read_clip
from showroom.load.door import Refused
from showroom.load.publisher import Lost, Publisher
from showroom.load.sdp import AnswerError

log = logging.getLogger(__name__)

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 8.0
STEADY_SECONDS = 30.0
"""After so long on the air a broken session is tried again at once."""


class Broadcaster:
    """Keeps one room on the air with one clip; whatever ends a session, another is opened."""

    def __init__(self, base_url: str, room: str, clip: Path, bearer: str) -> None:
        self._url = f"{base_url.rstrip('/')}/whip/{room}"
        self._room = room
        self._path = clip
        self._bearer = bearer
        self._certificate = Certificate.generate()

    async def run(self) -> None:
        """Publish until cancelled; then the session is ended with a DELETE."""
        clip, loop = await asyncio.to_thread(read_clip, self._path), asyncio.get_running_loop()
        wait = FIRST_WAIT_SECONDS
        async with aiohttp.ClientSession() as http:
            while True:
                began = loop.time()
                publisher = Publisher(http, self._url, clip, self._bearer, self._certificate)
                try:
                    await publisher.open()
                    await publisher.play()
                except (Refused, Lost, AnswerError, OSError) as error:
                    log.warning("off the air", extra={"room": self._room, "reason": str(error)})
                finally:
                    await publisher.close()
                steady = loop.time() - began > STEADY_SECONDS
                wait = FIRST_WAIT_SECONDS if steady else min(2 * wait, LONGEST_WAIT_SECONDS)
                await asyncio.sleep(wait)


async def broadcast(base_url: str, folder: Path, keys: dict[str, str]) -> None:
    """Broadcast each room of `keys` from its clip until cancelled."""
    clips = make_clips(load_catalogue(), folder)
    async with asyncio.TaskGroup() as group:
        for room, key in keys.items():
            group.create_task(_once_filmed(base_url, room, clips[room], key))


async def _once_filmed(base_url: str, room: str, clip: Future[Path], key: str) -> None:
    await Broadcaster(base_url, room, await asyncio.wrap_future(clip), key).run()


def main(argv: Sequence[str] | None = None) -> int:
    """Broadcast as the command line and standard input say, and return the exit code."""
    parser = argparse.ArgumentParser(prog="showroom.demo.broadcast", description=__doc__)
    parser.add_argument("base_url")
    parser.add_argument("clips", type=Path)
    found = parser.parse_args(argv)
    keys = dict(line.split() for line in sys.stdin if line.strip())
    logging.basicConfig(format="%(name)s: %(message)s")
    uvloop.run(_until_told(broadcast(found.base_url, found.clips, keys)))
    return 0


async def _until_told(work: Coroutine[None, None, None]) -> None:
    """Run until SIGTERM or SIGINT."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    sys.exit(main())
