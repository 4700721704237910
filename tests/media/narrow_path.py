"""Run inside a fresh network namespace, where datagrams of more than 1,280 bytes do not fit the path.

Prints how many packets of a show reach who watches it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress

from tests.media.peer import DELTA, VIDEO
from tests.media.world import streaming, world

PACKETS = 40
MTU = 1280


async def watch() -> int:
    """Return how many packets of 1,340 bytes come through, each picture of several."""
    async with world() as w:
        publisher, viewer = await streaming(w)
        for number in range(1, PACKETS):
            publisher.send(VIDEO, number, DELTA + bytes(1300), timestamp=3000 * (number // 8))
        with suppress(TimeoutError):  # the number says it
            await viewer.until(lambda: len(viewer.video()) == PACKETS, seconds=10)
        return len(viewer.video())


def main() -> None:
    """Make the path narrow, then watch."""
    subprocess.run(["ip", "link", "set", "lo", "mtu", str(MTU), "up"], check=True)
    sys.stdout.write(f"{asyncio.run(watch())}\n")


if __name__ == "__main__":
    main()
