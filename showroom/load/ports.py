"""Ports for servers that have to be told one."""

from __future__ import annotations

import asyncio
import socket

START_SECONDS = 10.0


def free_port(kind: socket.SocketKind) -> int:
    """Return a port of loopback that nobody has now."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def listening(port: int) -> None:
    """Wait until somebody listens on a TCP port of loopback; TimeoutError when nobody does."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
